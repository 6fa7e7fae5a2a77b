from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import ndjson_parsing
from benchmarks.edit_answers import operations
from benchmarks.ndjson_parsing import (
    BASELINE,
    DELTA_CHARACTERS,
    LONG_LINE_SHARES,
    blocks,
    by_deltas,
    check,
    chunks,
    long_line_rows,
    row,
    speed_rows,
    ways,
)
from ndjson import Create, Delete, Done, Limits, Meta, encode

WRITTEN = operations([("a.py", "é = 1\n" * 30)], 0.005)
TEXT = encode([Meta(), *WRITTEN, Done()])


def test_every_way_reads_what_was_written():
    rows = speed_rows(TEXT, WRITTEN, repeats=1)
    assert [one["way"] for one in rows] == [name for name, _ in ways(Limits())]
    assert {one["megabytes_per_second"] > 0 for one in rows} == {True}
    [baseline] = [one for one in rows if one["way"] == BASELINE]
    assert baseline["percent_of_pydantic"] == 100


def test_a_way_that_reads_something_else_stops_the_benchmark():
    with pytest.raises(SystemExit, match="orjson: read other operations"):
        check("orjson", [{}, {}], WRITTEN)
    with pytest.raises(SystemExit, match="Parser: read other operations"):
        check("Parser", [Meta(), *WRITTEN[1:], WRITTEN[0], Done()], WRITTEN)
    check("Parser", [Meta(), *WRITTEN, Done()], WRITTEN)


def test_deltas_and_chunks_are_the_whole_text(monkeypatch):
    monkeypatch.setattr(ndjson_parsing, "BLOCK_CHARACTERS", 100)
    deltas = [delta for block in blocks(TEXT) for delta in block]
    assert "".join(deltas) == TEXT
    assert {len(delta) for delta in deltas[:5]} == {DELTA_CHARACTERS}
    assert max(map(len, deltas)) == DELTA_CHARACTERS
    assert b"".join(chunks("", TEXT.encode())) == TEXT.encode()
    assert by_deltas(Limits(), TEXT, b"")[1][1:-1] == WRITTEN


def test_a_speed_stands_beside_its_baseline_and_its_aim():
    found = row("Parser, whole", 3_000_000, seconds=1.5, baseline=0.75)
    assert found["megabytes_per_second"] == 2
    assert found["percent_of_pydantic"] == 50
    assert "60 %" in found["aim"]


def test_ever_longer_lines_are_compared_with_the_shortest():
    rows = long_line_rows(0.01, repeats=1)
    assert len(rows) == len(LONG_LINE_SHARES)
    assert rows[0]["times_the_shortest"] == 1
    assert rows[-1]["megabytes"] >= 0.01 > rows[0]["megabytes"]


def test_a_long_line_that_is_read_wrong_stops_the_benchmark(monkeypatch):
    monkeypatch.setattr(ndjson_parsing, "by_deltas", lambda *_: (1.0, [Meta(), Delete(path="a")]))
    with pytest.raises(SystemExit, match="long line"):
        long_line_rows(0.001, repeats=1)


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_it_prints_tables_or_one_json_object(arguments):
    app = typer.Typer()
    app.command()(ndjson_parsing.main)
    tiny = ["--megabytes", "0.02", "--repeats", "1", "--long-line", "0.01"]
    result = CliRunner().invoke(app, [*tiny, *arguments])
    assert result.exit_code == 0
    if arguments:
        found = json.loads(result.stdout)
        assert found["megabytes"] >= 0.02
        assert len(found["long_lines"]) == len(LONG_LINE_SHARES)
    else:
        assert "aim: 60 % of pydantic" in result.stdout


def test_a_line_of_one_create_is_one_operation():
    assert by_deltas(Limits(), encode([Create(path="a", content="x" * 50)]), b"")[1] == [
        Create(path="a", content="x" * 50)
    ]
