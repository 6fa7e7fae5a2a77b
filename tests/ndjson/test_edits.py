from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from ndjson.edits import Append, DeleteText, Edit, InsertAfter, InsertBefore, Prepend, Replace
from ndjson.edits import ReplaceAll as All

ADAPTER = TypeAdapter(Edit)


@pytest.mark.parametrize(
    "edit",
    [
        Replace(old="a", new="b"),
        All(old="a", new="b"),
        InsertBefore(anchor="a", content="b"),
        InsertAfter(anchor="a", content="b"),
        Append(content="a"),
        Prepend(content="a"),
        DeleteText(old="a"),
    ],
)
def test_an_edit_is_told_by_its_type(edit):
    assert ADAPTER.validate_json(edit.model_dump_json()) == edit


def test_no_value_is_converted():
    with pytest.raises(ValidationError):
        Append(content=1)
