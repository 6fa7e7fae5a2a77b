from __future__ import annotations

import json

import pytest

from estimators.errors import HistoryError
from token_budget.calibration_input import CalibrationInput

FILE = {"path": "a.py", "action": "create", "existing_tokens": 0, "final_tokens": 300}
SIZES = {"ndjson_tokens": 310, "diff_tokens": 305}


def row(time, repo="r", **changed):
    files = [{**FILE, **SIZES, **changed}]
    return {"repo": repo, "commit": f"c{time}", "time": time, "title": "Add", "files": files}


@pytest.fixture
def history(tmp_path):
    def write(*rows, name="phases.jsonl"):
        file = tmp_path / name
        lines = (one if isinstance(one, str) else json.dumps(one) for one in rows)
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return file

    return write


def gathered(*files):
    given = CalibrationInput()
    for file in files:
        given.read(file)
    return given


def test_phases_are_sorted_by_time_and_those_out_of_order_counted(history):
    given = gathered(history(row(5), row(3), row(4), row(9)))
    assert [one.time for one in given.by_time()] == [3, 4, 5, 9]
    assert given.out_of_order == 2


def test_another_repository_or_file_may_begin_earlier(history):
    first = history(row(5), row(6), row(1, "other"), row(2, "other"))
    assert gathered(first, history(row(3), name="b.jsonl")).out_of_order == 0


def test_a_phase_that_is_there_twice_counts_once(history):
    given = gathered(history(row(1), row(2)), history(row(2), row(3), name="b.jsonl"))
    assert len(given.phases) == 4
    assert [one.time for one in given.by_time()] == [1, 2, 3]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ndjson_tokens": -1}, "ndjson_tokens: expected 0 or more"),
        ({"final_tokens": 10**9}, "final_tokens: expected 0 or more, at most 100000000"),
        ({"diff_tokens": 1.5}, "diff_tokens: expected a whole number"),
        ({"action": "paint"}, "action: expected one of create"),
    ],
)
def test_a_line_with_an_absurd_figure_is_left_out_with_its_reason(history, changed, reason):
    given = gathered(history(row(1), row(2, **changed), "[]", row(3)))
    assert [one.time for one in given.by_time()] == [1, 3]
    assert [one.line for one in given.broken] == [2, 3]
    assert f"files[0]: {reason}" in given.broken[0].reason


def test_a_file_of_broken_lines_names_the_first(history):
    with pytest.raises(
        HistoryError, match=r"2 broken lines, the first is line 1: expected the row"
    ):
        gathered(history("[]", '{"wrong": "schema"}'))


def test_an_empty_file_is_refused(history):
    with pytest.raises(HistoryError, match=r"expected at least one observed phase$"):
        gathered(history())
