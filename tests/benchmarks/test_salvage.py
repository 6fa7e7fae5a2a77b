from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import salvage
from benchmarks.answer_shapes import SHAPES, written
from benchmarks.edit_answers import source_files
from benchmarks.salvage import (
    OURS,
    Salvaged,
    by_parser,
    common_start,
    judged,
    readers,
    repairing,
    salvage_rows,
)
from ndjson import Create, Delete

FIRST = Create(path="a.py", content="x = 1\ny = 2\n")
SECOND = Create(path="b.py", content="é = 1\nz = 2\n")
ANSWER = written([FIRST, SECOND], "ndjson")
WITHIN = ANSWER.data.index(b"z = 2") + 3


@pytest.fixture(autouse=True)
def own_sources(monkeypatch):
    """The same files on every machine, whatever is installed there."""
    folder = Path(salvage.__file__).parents[1] / "ndjson"
    monkeypatch.setattr(salvage, "source_files", lambda: source_files(folder))


def command(*arguments):
    app = typer.Typer()
    app.command()(salvage.main)
    return CliRunner().invoke(app, ["--answers", "1", "--step", "997", *arguments])


def test_every_reader_meets_every_shape():
    rows = list(salvage_rows(1, 3, 997))
    pairs = [(one["shape"], one["reader"]) for one in rows]
    assert pairs == [(shape, reader) for shape in SHAPES for reader in readers()]
    assert all(one["cuts"] > 0 for one in rows)


def test_ours_loses_nothing_and_makes_nothing_up(monkeypatch):
    monkeypatch.setattr(salvage, "readers", lambda: {OURS: readers()[OURS]})
    rows = list(salvage_rows(1, 4, 211))
    assert len(rows) == len(SHAPES)
    for one in rows:
        assert (one["lost"], one["given_as_whole"], one["wrong_bytes"]) == (0, 0, 0), one


def test_a_cut_is_judged_by_what_had_come():
    found = judged(ANSWER, WITHIN, by_parser(ANSWER.data[:WITHIN], "ndjson"))
    came = len("é = 1\nz =".encode())
    assert found == {
        "cuts": 1,
        "whole": 1,
        "lost": 0,
        "given_as_whole": 0,
        "came": came,
        "right": len("é = 1\n".encode()),
        "wrong": 0,
    }


def test_a_cut_operation_that_is_given_out_as_whole_is_counted():
    found = judged(ANSWER, WITHIN, Salvaged((FIRST, Create(path="b.py", content="é = 1\nz!"))))
    assert (found["given_as_whole"], found["lost"]) == (1, 0)
    assert (found["right"], found["wrong"]) == (len("é = 1\nz".encode()), 1)


def test_a_whole_operation_that_comes_out_otherwise_is_lost_and_its_bytes_are_wrong():
    changed = FIRST.model_copy(update={"content": "x = 1\ny"})
    assert judged(ANSWER, WITHIN, Salvaged((changed,)))["lost"] == 1
    wrong = FIRST.model_copy(update={"content": "x = 1n"})
    assert judged(ANSWER, WITHIN, Salvaged((wrong,)))["wrong"] == 1
    assert judged(ANSWER, WITHIN, Salvaged((None,)))["lost"] == 1
    assert judged(ANSWER, WITHIN, Salvaged(()))["lost"] == 1


def test_bytes_after_the_last_operation_are_nobodys():
    cut = len(ANSWER.data) - 1
    found = judged(ANSWER, cut, Salvaged((FIRST, SECOND, Delete(path="c"))))
    assert (found["whole"], found["lost"], found["came"]) == (2, 0, 0)
    assert found["given_as_whole"] == 1


def test_a_reader_that_raises_kept_nothing():
    def fails(text):
        raise RecursionError

    assert repairing(fails)(b'{"type":"delete","path":"a"}', "ndjson") == Salvaged(())


@pytest.mark.parametrize("shape", SHAPES)
def test_the_baselines_read_the_operations_of_a_whole_answer(shape):
    data = written([FIRST, SECOND], shape).data
    found = repairing(json.loads)(data, shape)
    by_itself = shape not in {"all on one line", "pretty-printed"}
    assert found.operations == ((FIRST, SECOND) if by_itself else ())


def test_the_common_start_of_two_texts():
    assert common_start("abc", "abd") == "ab"
    assert common_start("abc", "a") == common_start("a", "abc") == "a"
    assert common_start("abc", "x") == common_start("", "x") == ""


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_it_prints_a_table_or_one_json_object(arguments):
    result = command("--operations", "2", *arguments)
    assert result.exit_code == 0
    if arguments:
        assert json.loads(result.stdout)["rows"][0]["reader"] == OURS
    else:
        assert "json_repair" in result.stdout


def test_a_reader_of_ours_that_loses_something_fails_the_benchmark(monkeypatch):
    monkeypatch.setattr(salvage, "by_parser", lambda data, shape: Salvaged(()))
    assert command("--operations", "2").exit_code != 0


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "json_repair", None)
    with pytest.raises(
        SystemExit, match=r"'json_repair': run `pip install 'token-budget\[bench\]'"
    ):
        readers()
