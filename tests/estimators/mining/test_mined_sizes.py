from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estimators.mining.mined_sizes import (
    create_tokens,
    delete_tokens,
    edit_tokens,
    lines_of,
    regions,
    starts_afresh,
    token_change,
)
from estimators.mining.patch import parse_patch
from token_budget.counting import TokenCounter

count = TokenCounter("tiktoken", cached_counts=0).count

USUAL = ["", " ", "\t", "    ", "x", "    return x", "}", "  } ", "x = 1;", "'s", "12345", "-- "]
UNUSUAL = [
    "\r",
    "x\r",
    "\u2028",
    "é",
    "\u3000x",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85x",
    "日本",
    "😀",
    "\xa0",
]
LINES = st.sampled_from(USUAL + UNUSUAL)
TEXTS = st.builds(
    lambda lines, end: "\n".join(lines) + end,
    st.lists(LINES, max_size=25),
    st.sampled_from(["", "\n"]),
)


@st.composite
def edited(draw):
    """A text, and the same text with some of its lines changed, added or removed."""
    old = lines_of(draw(TEXTS))
    new: list[str] = []
    for line in old:
        action = draw(st.sampled_from(["keep"] * 6 + ["drop", "change", "add"]))
        if action != "drop":
            new.append(draw(LINES) + "\n" if action == "change" else line)
        if action == "add":
            new.append(draw(LINES) + "\n")
    text = "".join(new)
    return "".join(old), text.removesuffix("\n") if draw(st.booleans()) else text


def diff(folder, old, new):
    for name, text in (("old", old), ("new", new)):
        (folder / name).write_bytes(text.encode())
    command = "git diff --no-index --no-indent-heuristic --no-color --text -U3 old new".split()
    found = subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout
    return parse_patch([line + b"\n" for line in found.split(b"\n")[:-1]])


def applied(hunks, old):
    """The new text, from the old one and the hunks alone."""
    lines, made, done = lines_of(old), [], 0
    for hunk in hunks:
        assert [line.encode() for line in lines[hunk.old_start :][: len(hunk.old_lines)]] == list(
            hunk.old_lines
        )
        made += lines[done : hunk.old_start]
        assert len(made) == hunk.new_start
        made += [line.decode() for line in hunk.new_lines]
        done = hunk.old_start + len(hunk.old_lines)
    return "".join(made + lines[done:])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("diffs")


@settings(max_examples=150, deadline=None)
@given(pair=edited())
def test_the_hunks_turn_the_old_file_into_the_new_one(folder, pair):
    old, new = pair
    assert applied(diff(folder, old, new).hunks, old) == new


@settings(max_examples=150, deadline=None)
@given(pair=edited())
def test_the_tokens_of_the_new_file_follow_from_the_changed_lines(folder, pair):
    old, new = pair
    hunks = diff(folder, old, new).hunks
    assert token_change(old, new, hunks, count) == count(new) - count(old)


@settings(max_examples=100, deadline=None)
@given(pair=edited())
def test_regions_are_apart_and_hold_every_difference(folder, pair):
    old, new = pair
    old_lines, new_lines = lines_of(old), lines_of(new)
    made, done = [], 0
    for region in regions(old_lines, new_lines, diff(folder, old, new).hunks):
        assert region.old_start >= done
        made += old_lines[done : region.old_start]
        assert len(made) == region.new_start
        made += new_lines[region.new_start : region.new_end]
        done = region.old_end
    assert made + old_lines[done:] == new_lines


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_tokens_add_up_at_every_line_that_starts_afresh(text):
    lines = lines_of(text)
    for number in range(len(lines) + 1):
        if starts_afresh(lines, number):
            assert count("".join(lines[:number])) + count("".join(lines[number:])) == count(text)


def test_a_blank_line_does_not_start_afresh():
    assert not starts_afresh(["x\n", "\n", "y\n"], 1)
    assert starts_afresh(["x\n", "\n", "    y\n"], 2)


@given(text=TEXTS)
def test_lines_put_together_are_the_text(text):
    assert "".join(lines_of(text)) == text
    assert all(line.count("\n") <= 1 for line in lines_of(text))


def test_an_edit_is_one_compact_replace_a_hunk(folder):
    hunks = diff(folder, "é\nb\n", "é\nc\n").hunks
    (written,) = texts_of(lambda note: edit_tokens("a.py", hunks, note))
    assert written == '{"op":"replace","path":"a.py","old":"é\\nb\\n","new":"é\\nc\\n"}'


def test_a_create_and_a_delete_are_compact_too():
    (created,) = texts_of(lambda note: create_tokens("a.py", 'x = "1"\n', note))
    assert json.loads(created) == {"op": "create", "path": "a.py", "content": 'x = "1"\n'}
    assert texts_of(lambda note: delete_tokens("a.py", note)) == ['{"op":"delete","path":"a.py"}']


def texts_of(work):
    """The texts whose tokens were counted."""
    texts = []
    work(lambda text: texts.append(text) or len(text))
    return texts
