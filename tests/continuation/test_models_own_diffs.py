"""Unified diffs as models write them, wrong counts and all, cut off anywhere."""

from __future__ import annotations

import re

import pytest

from continuation.machine import Continuation
from continuation.steps import Ask, Finished
from tests.continuation.authors import FakeModel, request_of, text_response

APP = "--- a/src/app.py\n+++ b/src/app.py\n"
DOCS = "--- a/docs/x.md\n+++ b/docs/x.md\n"
NEW = "--- /dev/null\n+++ b/src/new.py\n"
FIRST = "@@ -3,5 +3,6 @@ def f():\n line 3\n line 4\n-line 5\n+line five\n+more\n line 6\n line 7\n"
SECOND = "@@ -20,4 +21,5 @@\n line 20\n line 21\n+inserted\n line 22\n line 23\n"
TEXT = "@@ -1,5 +1,5 @@\n # X\n \n-old text\n+new text\n \n - a\n"
WHOLE = "@@ -0,0 +1,3 @@\n+import os\n+\n+LIMIT = 1\n"
FILES = [(APP, [FIRST, SECOND]), (DOCS, [TEXT]), (NEW, [WHOLE])]
PLAIN = "".join(header + "".join(hunks) for header, hunks in FILES)
GIT = re.sub(r"(?m)^(--- \S+\n\+\+\+ b/(\S+)\n)", r"diff --git a/\2 b/\2\n\1", PLAIN)
GIT = GIT.replace("--- /dev/null", "new file mode 100644\n--- /dev/null")
WRONG = {"-3,5 +3,6": "-3,8 +3,8", "-20,4": "-20,7", "-1,5 +1,5": "-1,4 +1,4", "+1,3": "+1,9"}


def miscounted(text):
    for right, wrong in WRONG.items():
        text = text.replace(right, wrong)
    return text


def without_prefixes(text):
    return re.sub(r"(?m)^(---|\+\+\+) [ab]/", r"\1 ", text)


def fenced(text):
    return f"Here is the patch:\n\n```diff\n{text}```\n\nIt adds a line.\n"


def file_by_file(text):
    return "".join(
        f"### `{number}`\n\n{fenced(one)}\n"
        for number, one in enumerate(re.split(r"(?m)^(?=--- )", text)[1:])
    )


SHAPES = {
    "plain": (PLAIN, str),
    "git's": (GIT, str),
    "with an index line": (GIT.replace("--- a", "index 12ab34c..56de78f 100644\n--- a"), str),
    "wrong counts": (miscounted(PLAIN), str),
    "git's with wrong counts": (miscounted(GIT), str),
    "no prefixes": (without_prefixes(PLAIN), without_prefixes),
    "blank context lines without their space": (GIT.replace("\n \n", "\n\n"), str),
    "in a fence with prose": (fenced(miscounted(GIT)), str),
    "a fence for each file": (file_by_file(PLAIN), str),
}


def rest(answer, *, git):
    """What is not kept, counted rightly."""
    text = ""
    for header, hunks in FILES:
        path = header.rstrip().rpartition("/")[2]
        kept = {
            one.lines
            for file in answer.diff.files
            if file.path.endswith(path)
            for one in file.hunks
        }
        left = [one for one in hunks if tuple(one.split("\n")[1:-1]) not in kept]
        text += (header + "".join(left)) if left else ""
    if git:
        text = re.sub(r"(?m)^(--- \S+\n\+\+\+ b/(\S+)\n)", r"diff --git a/\2 b/\2\n\1", text)
        text = text.replace("--- /dev/null", "new file mode 100644\n--- /dev/null")
    return text


def lines_of(text):
    """What a diff does, hunk by hunk, whatever its headers count."""
    return [line for line in text.split("\n") if line.startswith(("+", "-", " "))]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_hunk_of_a_whole_diff_is_found(shape):
    machine = Continuation(request_of(), "diff", FakeModel())
    step = machine.receive(text_response(SHAPES[shape][0]))
    assert isinstance(step, Finished)
    assert lines_of(step.answer.text) == lines_of(PLAIN)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_diff_is_finished_exactly_wherever_it_is_cut(shape):
    text, style = SHAPES[shape]
    for cut in range(1, len(text)):
        machine = Continuation(request_of(), "diff", FakeModel())
        step = machine.receive(text_response(text[:cut], "max_tokens"))
        while isinstance(step, Ask):
            said = rest(machine.answer, git="diff --git" in text)
            step = machine.receive(text_response(style(said)))
        assert isinstance(step, Finished), (cut, step)
        assert lines_of(step.answer.text) == lines_of(PLAIN), cut
