from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndjson.edits import Append
from ndjson.operations import Meta
from ndjson.salvage import salvage, summary_before_list
from tests.ndjson.strategies import creates, edits


@pytest.mark.parametrize(
    ("cut", "content"),
    [
        ("x", ""),
        ("x\\", ""),
        ("x\\n", "x\n"),
        ("x\\n\\", "x\n"),
        ("x\\n\\u", "x\n"),
        ("x\\u000", ""),
        ("x\\u000a", "x\n"),
        ("\\ud83d\\ude00\\n", "😀\n"),
        ("\\n\\ud83d\\ude0", "\n"),
        ("a\\r\\nb", "a\r\n"),
        ("a\\\\nb", ""),
    ],
)
def test_a_content_is_decoded_up_to_its_last_whole_line(cut, content):
    data = f'{{"type":"create","path":"a","content":"{cut}'.encode()
    assert salvage(data, 1, listed=False).content == content


@given(creates, st.booleans(), st.booleans(), st.integers(0))
def test_content_and_fragment_are_how_the_content_begins(create, ascii_only, as_lines, cut):
    fields = {"type": "create", "path": create.path, "content": create.content}
    if as_lines:
        fields["lines"] = fields.pop("content").split("\n")
    whole = create.content + "\n" * as_lines
    data = json.dumps(fields, ensure_ascii=ascii_only).encode()
    found = salvage(data[: cut % len(data)], 1, listed=False)
    assert whole.startswith(found.content + found.fragment)
    assert "\n" not in found.fragment


@pytest.mark.parametrize(
    ("cut", "content", "fragment"),
    [
        ('"content":"x\\ny', "x\n", "y"),
        ('"content":"x\\ny"', "x\n", "y"),
        ('"content":"x\\n', "x\n", ""),
        ('"content":"y\\', "", "y"),
        ('"content":"y\\ud83d', "", "y"),
        ('"content":', "", ""),
        ('"lines":["x","y', "x\n", "y"),
        ('"lines":["x","y"', "x\ny\n", ""),
        ('"lines":["y', "", "y"),
        ('"lines":["x",5,"y', "", ""),
        ('"edits":[{"type":"append","content":"x\\ny', "", ""),
    ],
)
def test_the_fragment_is_what_came_of_the_next_line(cut, content, fragment):
    found = salvage(f'{{"type":"create","path":"a",{cut}'.encode(), 1, listed=False)
    assert (found.content, found.fragment) == (content, fragment)


def test_the_last_line_has_no_line_end():
    data = b'{"type":"create","path":"a","content":"x\\r\\n'
    assert salvage(data, 1, listed=False).last_line == "x"


def test_what_is_broken_before_the_cut_is_raw_text_only():
    found = salvage(b'{"type":"create","content":"x\\n\\q', 3, listed=False)
    assert (found.kind, found.content, found.line) == (None, "", 3)
    assert found.raw.endswith("\\q")


def test_a_summary_before_a_list_is_kept_when_whole():
    assert summary_before_list(b'{"summary":"s","operations":[') == Meta(summary="s")
    assert summary_before_list(b'{"operations":[') is None


@given(st.lists(edits, min_size=1, max_size=4), st.booleans(), st.data())
def test_the_edits_of_a_modify_count_once_they_are_closed(found, ascii_only, data):
    values = [edit.model_dump() for edit in found]
    text = json.dumps({"type": "modify", "path": "a", "edits": values}, ensure_ascii=ascii_only)
    ends, end = [], text.index("[")
    for value in values:
        one = json.dumps(value, ensure_ascii=ascii_only)
        end = text.index(one, end) + len(one)
        ends.append(end)
    cut = data.draw(st.integers(text.index("["), len(text) - 1))
    left = salvage(text[:cut].encode(), 1, listed=False)
    assert left.edits == tuple(found[: sum(end <= cut for end in ends)])


@pytest.mark.parametrize(
    "cut",
    [
        '{"type":"modify","path":"a","edits":[{"type":"append","content":"x"',
        '{"type":"modify","path":"a","edits":[{"type":"append","content":"x"},{"type":"other"},',
        '{"type":"modify","path":"a","mood":1,"edits":[{"type":"append","content":"x"},',
        '{"type":"modify","path":"a","edits":[{"type":"append","content":"x"},"an edit",',
        '{"type":"create","path":"a","edits":[{"type":"append","content":"x"},',
        '{"path":"a","edits":[{"type":"append","content":"x"},',
    ],
)
def test_edits_that_no_modify_can_hold_are_not_kept(cut):
    assert salvage(cut.encode(), 1, listed=False).edits == ()


def test_an_edit_alone_that_was_cut_is_a_modify_of_which_nothing_is_kept():
    cut = salvage(b'{"type":"append","file_path":"a","content":"x\\ny', 1, listed=False)
    assert (cut.kind, cut.path, cut.content, cut.edits) == ("modify", "a", "", ())


def test_a_modify_may_say_its_mode_instead_of_its_type():
    cut = '{"path":"a","mode":"modify","edits":[{"op":"append","content":"x"},{"op":"app'
    left = salvage(cut.encode(), 1, listed=True)
    assert (left.kind, left.edits) == ("modify", (Append(content="x"),))
