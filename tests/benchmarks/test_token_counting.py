from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import token_counting
from benchmarks.token_counting import engines, report, rule_of_thumb, source_texts, speed

MEGABYTES = 0.05


def test_sources_stop_at_the_size_that_was_asked_for(tmp_path):
    for number in range(5):
        (tmp_path / f"m{number}.py").write_text("x" * 30_000)
    (tmp_path / "m0_latin.py").write_bytes(b"# \xe9")
    (tmp_path / "note.txt").write_text("y" * 30_000)
    assert [len(text) for text in source_texts(tmp_path, MEGABYTES)] == [30_000, 30_000]


def test_a_speed_has_the_total_and_megabytes_of_utf8():
    found = speed("length", len, ["é" * 500_000, "a"])
    assert found.tokens == 500_001
    assert found.megabytes_per_second * found.seconds == pytest.approx(1.000001)


def test_every_engine_is_measured_alone_cold_and_cached():
    found = report(MEGABYTES)
    expected = {
        name
        for engine in engines()
        for name in (engine, f"TokenCounter, {engine}, cold", f"TokenCounter, {engine}, cached")
    }
    assert {one.name for one in found.speeds} == expected
    assert {one.tokens for one in found.speeds} == {found.tokens}
    assert found.tokens > 1_000


def test_counters_that_disagree_stop_the_benchmark(monkeypatch):
    monkeypatch.setattr(token_counting, "count_with", lambda engine, text: 1)
    with pytest.raises(SystemExit, match="the totals differ"):
        report(MEGABYTES)


def test_the_rule_of_thumb_is_judged_by_file_and_in_all():
    found = rule_of_thumb(["hello world " * 100, ""])
    assert found.total_percent == pytest.approx(100 * (300 / 201 - 1))
    assert found.median_file_percent == pytest.approx(found.total_percent)


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_it_prints_a_table_or_one_json_object(arguments):
    app = typer.Typer()
    app.command()(token_counting.main)
    result = CliRunner().invoke(app, ["--megabytes", str(MEGABYTES), *arguments])
    assert result.exit_code == 0
    if arguments:
        assert json.loads(result.stdout)["tokens"] > 1_000
    else:
        assert "tiktoken" in result.stdout
