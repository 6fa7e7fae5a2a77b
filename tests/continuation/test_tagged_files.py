from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from continuation.whole_files import read_whole_files

LINES = [
    "x = 1",
    "",
    "    return",
    "<file>",
    "</file>",
    "  </file>",
    "<a href='b'>",
    "```",
    "{",
    "é",
]
CONTENTS = st.lists(st.lists(st.sampled_from(LINES), max_size=5), min_size=1, max_size=3)
NO_TAGS = st.lists(
    st.lists(st.sampled_from([one for one in LINES if "</file>" not in one]), max_size=5),
    min_size=1,
    max_size=3,
)


def answer(contents):
    parts = (
        f'<file path="src/f{number}.py">\n{text(lines)}</file>\n'
        for number, lines in enumerate(contents)
    )
    return "Here they are:\n\n" + "\n".join(parts)


def text(lines):
    return "".join(f"{line}\n" for line in lines)


def paths(found):
    return [one.path for one in found.operations]


@settings(max_examples=60, deadline=None)
@given(NO_TAGS)
def test_files_in_tags_are_read_as_they_are(contents):
    found = read_whole_files(answer(contents), cut=False)
    fenced = [number for number, lines in enumerate(contents) if lines[:1] == ["```"] == lines[-1:]]
    expected = [n for n in range(len(contents)) if n not in fenced]
    assert [one.path for one in found.operations] == [f"src/f{n}.py" for n in expected]
    assert [one.content for one in found.operations] == [text(contents[n]) for n in expected]
    assert len(found.rejected) == len(fenced)


@settings(max_examples=60, deadline=None)
@given(CONTENTS, st.data())
def test_cut_anywhere_nothing_that_is_kept_is_wrong(contents, data):
    whole = answer(contents)
    for _ in range(12):
        found = read_whole_files(whole[: data.draw(st.integers(0, len(whole)))], cut=True)
        for one in found.operations:
            assert text(contents[int(one.path[5])]) == one.content
        if found.unfinished:
            file = found.unfinished.operation
            assert text(contents[int(file.path[5])]).startswith(
                file.content + found.unfinished.fragment
            )


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (['<file path="b.py">', "x", "</file>"], "a file tag within it"),
        (["x", "</file>", "y"], "closed twice"),
        (["<![CDATA[", "x", "]]>"], "CDATA"),
        (["if a &lt; b:"], "entities"),
        (["```python", "x", "```"], "a fence"),
    ],
)
def test_what_is_unclear_is_rejected_with_its_reason(lines, reason):
    found = read_whole_files(answer([["fine"], lines]), cut=False)
    assert paths(found) == ["src/f0.py"]
    assert len(found.rejected) == 1
    assert reason in found.rejected[0]


def test_entities_beside_plain_angles_are_text():
    found = read_whole_files(answer([["<p>a &amp; b</p>"]]), cut=False)
    assert found.operations[0].content == "<p>a &amp; b</p>\n"


@pytest.mark.parametrize(
    "tag", ['<file path="a.py" mode="new">', "<file path='a.py'>x = 1", '<file path="a.py"/>']
)
def test_a_tag_that_is_written_otherwise_is_named(tag):
    found = read_whole_files(f'<file path="b.py">\ny\n</file>\n{tag}\nx\n</file>\n', cut=False)
    assert "a file tag that cannot be read" in found.rejected[0]


def test_a_path_that_is_none_is_rejected():
    found = read_whole_files('<file name="the first">\nx\n</file>\n', cut=False)
    assert found.rejected == ("line 1: the first: is no path",)


def test_a_file_is_whole_when_the_next_one_has_begun():
    first = '<file path="a.py">\nx\ny\n</file>\n'
    found = read_whole_files(first, cut=True)
    assert found.operations == ()
    assert (found.unfinished.operation.content, found.unfinished.fragment) == ("x\n", "y")
    assert paths(read_whole_files(f'{first}<file path="b.py">\n', cut=True)) == ["a.py"]


def test_tags_within_blocks_are_content():
    found = read_whole_files('```xml a.xml\n<file path="b.py">\n</file>\n```\n', cut=False)
    assert paths(found) == ["a.xml"]
