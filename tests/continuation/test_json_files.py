from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from continuation.json_files import rewritten
from continuation.whole_files import read_whole_files

LINES = (
    ["x = 1", "", '    return {"a": "b"}', 'split(",")', 'endswith("}")', '"""Doc."""', "é😀",
     "\\n", 'f("}, {")', '{"path": "a.py", "content": "x"}', "\tif a:", '"},', '"}]}',
     "", "```", "]"]
)  # fmt: skip
"""Lines that look like the end of a string, an entry or the document, if it is not escaped."""


def contents_of(lines):
    content = st.lists(st.sampled_from(lines), max_size=5)
    return st.lists(
        content.map(lambda some: "".join(f"{one}\n" for one in some)), min_size=1, max_size=3
    )


CONTENTS = contents_of(LINES)
OTHERS = contents_of([one for one in LINES if '"path"' not in one])
"""A file that holds a list of files, its quotes not escaped, is one by the grammar too."""

SHAPES = {
    "list": lambda files: {"files": [{"path": p, "content": c} for p, c in files.items()]},
    "remarks": lambda files: {
        "summary": "a\nb",
        "files": [{"path": p, "mode": "create", "new_content": c} for p, c in files.items()],
        "notes": ["c\nd", {"e": 1.5}],
    },
    "mapping": lambda files: {"files": files},
    "paths": dict,
}


def with_raw_breaks(document):
    return re.sub(r"(?<!\\)((?:\\\\)*)\\n", r"\1\n", document)


def with_raw_quotes(document):
    """Whoever forgets to escape a line break may forget a quote.

    Of a quote that comes before any line break nobody could tell that it is no end.
    """
    return with_raw_breaks(document).replace('\\"', '"')


def check(found, files):
    """Whatever is kept is what was meant."""
    for one in found.operations:
        assert files[one.path] == one.content
    if found.unfinished:
        part = found.unfinished
        kept = part.operation.content
        assert files[part.operation.path].startswith(kept + part.fragment)
        assert not kept or kept.endswith("\n")


def named(contents):
    return {f"src/f{number}.py": content for number, content in enumerate(contents)}


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=30, deadline=None)
@given(CONTENTS, st.sampled_from([None, 2]), st.data())
def test_of_a_document_with_raw_line_breaks_cut_anywhere_nothing_is_wrong(
    shape, contents, indent, data
):
    files = named(contents)
    text = with_raw_breaks(json.dumps(SHAPES[shape](files), indent=indent, ensure_ascii=False))
    whole = read_whole_files(text, cut=False)
    assert {one.path: one.content for one in whole.operations} == files
    for _ in range(12):
        cut = data.draw(st.integers(0, len(text)))
        check(read_whole_files(text[:cut], cut=True), files)


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=40, deadline=None)
@given(OTHERS, st.data())
def test_quotes_that_are_not_escaped_end_a_string_too_soon_and_nothing_wrong_is_kept(
    shape, contents, data
):
    files = {path: f"first\n{content}" for path, content in named(contents).items()}
    text = with_raw_quotes(json.dumps(SHAPES[shape](files), ensure_ascii=False))
    for _ in range(12):
        cut = data.draw(st.integers(0, len(text)))
        check(read_whole_files(text[:cut], cut=True), files)


def test_one_file_alone():
    text = json.dumps({"path": "a.py", "content": "x\ny\n"})
    found = read_whole_files(text, cut=False)
    assert [(one.path, one.content) for one in found.operations] == [("a.py", "x\ny\n")]
    found = read_whole_files(text[:-4], cut=True)
    assert (found.unfinished.operation.path, found.unfinished.operation.content) == ("a.py", "x\n")


def test_a_file_with_raw_line_breaks_is_whole_when_the_next_one_has_begun():
    first = '{"files": [{"path": "a.py", "content": "x\ny\n"}, {"path"'
    assert read_whole_files(first, cut=True).operations == ()
    unfinished = read_whole_files(first, cut=True).unfinished
    assert (unfinished.operation.content, unfinished.fragment) == ("x\n", "y")
    assert [one.path for one in read_whole_files(f"{first}:", cut=True).operations] == ["a.py"]


@pytest.mark.parametrize(
    "text",
    [
        '{"files": [{"path": "a.py", "content": "say("hi")\n"}]}',
        '{"files": [{"path": "a.py", "content": "x\n", "owner": "me"}]}',
        '{"files": [{"path": "a.py", "content": "x\n", "content": "y\n"}]}',
        '{"files": {"a.py": {"content": "x"}}}',
        '{"files": {"not a path": "x"}}',
        '{"a.py": "x\n", "summary": "y"}',
        '{"name": "thing", "files": ["dist"]}',
        '{"files": [{"path": "a.py", "content": "x\n"}]}\n{"files": [{"path": "b.py"}]}',
        '```json package.json\n{"files": {"a.py": "x"}}\n```',
        '{"files": [{"path": "a.py", "content": "x\\q"}]}',
        "no document",
        "{}",
    ],
)
def test_what_cannot_be_read_with_certainty_is_not(text):
    assert rewritten(text, cut=False) is None


def test_a_file_with_unescaped_quotes_is_refused_with_its_reason():
    text = '{"files": [{"path": "a.py", "content": "say("hi")\n"}]}'
    found = read_whole_files(text, cut=False)
    assert found.operations == ()
    assert found.rejected


def test_blocks_within_the_strings_of_a_document_are_no_files():
    text = 'Here:\n\n{"files": [{"path": "a.md", "content": "# T\n\n```py b.py\nx\n```\n"}]}\n'
    found = read_whole_files(text, cut=False)
    assert [(one.path, one.content) for one in found.operations] == [
        ("a.md", "# T\n\n```py b.py\nx\n```\n")
    ]
