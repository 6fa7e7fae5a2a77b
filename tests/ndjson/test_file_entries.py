from __future__ import annotations

import pytest

from ndjson.errors import InvalidOperation
from ndjson.file_entries import MODES, operation_fields
from ndjson.operations import Create, Delete, Modify, Rename, decode_fields


def read(**entry):
    return decode_fields(operation_fields(entry))


@pytest.mark.parametrize(
    "mode", [mode for mode, meaning in MODES.items() if "overwrite" in meaning]
)
def test_a_whole_content_for_a_file_that_may_exist_overwrites(mode):
    assert read(path="a", mode=mode, new_content="x") == Create(
        path="a", content="x", overwrite=True
    )


@pytest.mark.parametrize("mode", ["create", "add", "new"])
def test_a_new_file_does_not_overwrite(mode):
    assert read(path="a", mode=mode, new_content="x") == Create(path="a", content="x")


def test_without_a_mode_nothing_is_overwritten():
    assert read(filename="a", content="x") == Create(path="a", content="x")


def test_an_action_is_a_mode():
    entry = {"path": "a", "content": "x"}
    assert read(**entry, action="update") == read(**entry, mode="update")


def test_edits_make_a_modify():
    edit = {"type": "append", "content": "x"}
    assert read(path="a", mode="modify", edits=[edit]) == Modify(path="a", edits=[edit])


@pytest.mark.parametrize("content", [{}, {"new_content": ""}, {"new_content": None}])
def test_a_delete_needs_no_content(content):
    assert read(path="a", mode="delete", **content) == Delete(path="a")


def test_a_rename_has_its_target():
    assert read(path="a", mode="rename", to="b") == Rename(path="a", to="b")


def test_an_entry_with_a_type_is_taken_as_it_is():
    assert read(op="delete", path="a") == Delete(path="a")


@pytest.mark.parametrize(
    "entry",
    [
        {"path": "a", "mode": "patch", "content": "x"},
        {"path": "a", "mode": 1, "content": "x"},
        {"path": "a", "mode": "delete", "content": "x"},
        {"path": "a", "mode": "create"},
        {"path": "a", "mode": "create", "edits": []},
        {"type": "delete", "path": "a", "mode": "delete"},
        {"content": "x"},
    ],
)
def test_what_has_no_one_meaning_is_refused(entry):
    with pytest.raises(InvalidOperation):
        read(**entry)
