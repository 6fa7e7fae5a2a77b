from __future__ import annotations

import io

import pytest
from rich.console import Console

from benchmarks import demo
from benchmarks.demo_answer import demo_run, expected_files, operations, write_workspace


def shown(folder, capsys):
    folder.mkdir()
    write_workspace(folder)
    output = io.StringIO()
    result, wrong = demo.demonstrated(folder, Console(file=output, width=120))
    return result, wrong, output.getvalue() + capsys.readouterr().out


def test_twelve_files_are_written_though_the_answer_is_cut_off_twice(tmp_path, capsys):
    result, wrong, _ = shown(tmp_path / "workspace", capsys)
    assert result.complete
    assert result.proven
    assert wrong == []
    assert len(result.files_changed) == len(operations()) == len(demo_run().phases[0].entries) == 12
    assert [one.stop_reason for one in result.rounds] == ["max_tokens", "max_tokens", "end_turn"]


def test_plan_rounds_files_spend_and_books_are_shown(tmp_path, capsys):
    _, _, output = shown(tmp_path / "workspace", capsys)
    for words in (
        "the plan",
        "2,300 contract",
        "round 3: continue",
        "continue shop/invoice.py",
        "shop/everything.py  delete",
        "the spend",
        "scope demo",
    ):
        assert words in output, words


def test_it_shows_the_same_at_every_call(tmp_path, capsys):
    first, second = (shown(tmp_path / name, capsys)[2] for name in ("one", "two"))
    assert first == second


def test_a_demonstration_that_fails_says_so(monkeypatch, capsys):
    monkeypatch.setattr(demo, "expected_files", lambda: {**expected_files(), "README.md": "other"})
    with pytest.raises(SystemExit, match=r"README\.md"):
        demo.main()
