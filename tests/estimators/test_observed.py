from __future__ import annotations

import gzip
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.errors import HistoryError
from estimators.observed import (
    ACTIONS,
    DELETION_TOKENS,
    LARGEST_TOKENS,
    ObservedFile,
    ObservedPhase,
    read_history,
)

FILE = {
    "path": "src/a.py",
    "action": "modify",
    "existing_tokens": 500,
    "final_tokens": 520,
    "ndjson_tokens": 300,
    "diff_tokens": 250,
}
ROW = {"repo": "r", "commit": "c0ffee", "time": 1_700_000_000, "title": "Work", "files": [FILE]}

TEXT = st.text(max_size=20)
TOKENS = st.integers(0, LARGEST_TOKENS)
LINES = st.integers(0, 10**6)
FILES = st.builds(
    ObservedFile, TEXT, st.sampled_from(ACTIONS), *[TOKENS] * 4, *[LINES] * 3
)  # fmt: skip
PHASES = st.builds(
    ObservedPhase,
    repo=TEXT,
    commit=TEXT,
    time=st.integers(0, 2**40),
    title=TEXT,
    files=st.lists(FILES, min_size=1, max_size=4).map(tuple),
    ai_written=st.booleans(),
    body_chars=LINES,
)


def row_of(**changes):
    return {**ROW, **changes}


def row_of_file(**changes):
    return row_of(files=[FILE, {**FILE, **changes}])


@pytest.fixture
def history(tmp_path):
    def write(*lines, name="history.jsonl"):
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write


@given(PHASES)
def test_a_phase_survives_its_row(phase):
    assert ObservedPhase.from_json(json.loads(json.dumps(phase.as_json()))) == phase


@given(st.recursive(st.none() | st.booleans() | st.floats() | TEXT, st.lists, max_leaves=5))
def test_no_value_but_a_row_is_a_phase(value):
    with pytest.raises(ValueError, match="expected the row to be an object"):
        ObservedPhase.from_json(value)


def test_what_a_file_takes_depends_on_the_format():
    one = ObservedPhase.from_json(ROW).files[0]
    assert [one.tokens(name) for name in ("ndjson", "whole_file", "diff")] == [300, 520, 250]
    assert replace(one, action="delete", final_tokens=0).tokens("whole_file") == DELETION_TOKENS


def test_a_deliverable_knows_nothing_of_the_outcome():
    one = ObservedPhase.from_json(ROW)
    file = one.files[0]
    hindsight = {"final_tokens": 9, "ndjson_tokens": 9, "diff_tokens": 9}
    lines = {"lines_added": 9, "lines_removed": 9, "hunks": 9}
    other = replace(one, files=(replace(file, **hindsight, **lines),), ai_written=True)
    assert other.deliverables() == one.deliverables()
    assert one.deliverables()[0].existing_tokens == 500


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (row_of(files=[]), r"files: expected a list of files, found \[\]"),
        (row_of(files="a.py"), "files: expected a list of files, found 'a.py'"),
        (row_of(files=[FILE, 3]), r"files\[1\]: expected the file to be an object, found 3"),
        (row_of(repo=None), "repo: expected a text, found None"),
        (row_of(title=7), "title: expected a text, found 7"),
        (row_of(time="now"), "time: expected a whole number, found 'now'"),
        (row_of(time=-1), "time: expected 0 or more, found -1"),
        (row_of(ai_written="false"), "ai_written: expected true or false, found 'false'"),
        (row_of(body_chars=1.5), r"body_chars: expected a whole number, found 1\.5"),
        (row_of_file(path=None), r"files\[1\]: path: expected a text, found None"),
        (row_of_file(action="touch"), r"files\[1\]: action: expected one of create, .* 'touch'"),
        (row_of_file(action=["create"]), r"files\[1\]: action: expected one of"),
        (row_of_file(existing_tokens=-1), r"existing_tokens: expected 0 or more, .* found -1"),
        (row_of_file(final_tokens=True), "final_tokens: expected a whole number, found True"),
        (row_of_file(ndjson_tokens=None), "ndjson_tokens: expected a whole number, found None"),
        (row_of_file(diff_tokens=10**9), "diff_tokens: expected 0 or more, at most 100000000"),
        (row_of_file(hunks=-3), "hunks: expected 0 or more, found -3"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(row, reason):
    with pytest.raises(ValueError, match=reason):
        ObservedPhase.from_json(row)


def test_what_may_be_missing_is_missing():
    one = ObservedPhase.from_json(ROW)
    assert (one.ai_written, one.body_chars, one.files[0].hunks) == (False, 0, 0)


def test_unknown_keys_are_passed_over():
    assert ObservedPhase.from_json(row_of(branch="main")) == ObservedPhase.from_json(ROW)


def test_broken_lines_are_collected_and_the_rest_is_used(history):
    lines = (json.dumps(ROW), "{", "", json.dumps(row_of(files=[])), json.dumps(row_of(commit="2")))
    path, broken = history(*lines), []
    assert [one.commit for one in read_history([path], broken)] == ["c0ffee", "2"]
    assert [(one.file, one.line) for one in broken] == [(str(path), 2), (str(path), 4)]
    assert "Expecting property name" in broken[0].reason
    assert broken[1].reason == "files: expected a list of files, found []"


def test_a_line_nested_too_deeply_is_broken_like_any_other(history):
    path, broken = history(json.dumps(ROW), "[" * 200_000), []
    assert len(list(read_history([path], broken))) == 1
    assert [one.line for one in broken] == [2]


def test_bytes_that_are_no_text_do_not_stop_the_other_lines(tmp_path):
    path, line = tmp_path / "history.jsonl", json.dumps(ROW).encode()
    path.write_bytes(b"\xff\xfe\n" + line + b"\n")
    broken = []
    assert len(list(read_history([path], broken))) == 1
    assert [one.line for one in broken] == [1]


def test_a_broken_line_raises_where_nobody_takes_it(history):
    path = history(json.dumps(ROW), "nonsense")
    with pytest.raises(HistoryError, match="line 2: Expecting value") as caught:
        list(read_history([path]))
    assert caught.value.source == str(path)


def test_files_are_read_in_their_order(history):
    files = [history(json.dumps(row_of(commit=name)), name=f"{name}.jsonl") for name in "ba"]
    assert [one.commit for one in read_history(files)] == ["b", "a"]


def test_a_compressed_file_is_read_like_a_plain_one(tmp_path):
    path = tmp_path / "history.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(ROW).encode()))
    assert list(read_history([path])) == [ObservedPhase.from_json(ROW)]


def damaged(data, kind):
    return {
        "truncated": data[: len(data) // 2],
        "no gzip": b"plain text",
        "damaged inside": data[:20] + bytes(40) + data[60:],
        "wrong sum": data[:-8] + bytes(8),
    }[kind]


@pytest.mark.parametrize("kind", ["truncated", "no gzip", "damaged inside", "wrong sum"])
def test_a_damaged_compressed_file_is_a_history_error(tmp_path, kind):
    rows = "".join(f"{json.dumps(row_of(commit=str(n)))}\n" for n in range(5_000))
    path = tmp_path / "history.jsonl.gz"
    path.write_bytes(damaged(gzip.compress(rows.encode()), kind))
    with pytest.raises(HistoryError, match="expected a readable history") as caught:
        list(read_history([path], []))
    assert caught.value.source == str(path)


@pytest.mark.parametrize("lines", [(), ("", "  "), ("{}", "[]")])
def test_a_file_without_a_phase_is_a_history_error(history, lines):
    with pytest.raises(HistoryError, match="expected at least one observed phase"):
        list(read_history([history(*lines)], []))


def test_a_missing_file_is_a_history_error(tmp_path):
    with pytest.raises(HistoryError, match="expected a readable history"):
        list(read_history([tmp_path / "none.jsonl"]))
