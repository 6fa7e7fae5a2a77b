from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.file_text import lines_of
from token_budget.context.source_structure import structure_of

LANGUAGES = [
    "python",
    "javascript",
    "go",
    "rust",
    "c",
    "markdown",
    "restructuredtext",
    "yaml",
    "css",
    "unknown",
]


@given(st.sampled_from(LANGUAGES), st.text(alphabet="a{}()\n \t#=:\"'\r\f\u2028é-", max_size=200))
def test_every_text_has_a_structure_that_covers_it(language, text):
    lines = lines_of(text)
    found = structure_of("file", language, lines)
    covered = [n for one in found.chunks for n in range(one.first, one.last + 1)]
    assert covered == list(range(1, len(lines) + 1))


def test_python_that_does_not_parse_falls_back_and_says_so():
    lines = "def one():\n    print 1\n\n\ndef two():\n    pass\n".split("\n")
    found = structure_of("old.py", "python", lines)
    assert found.mode == "lines: does not parse: line 2"
    assert found.outline == "1: def one():\n5: def two():\n"
    assert found.chunks[0].name == "one, two"


@pytest.mark.parametrize(
    ("language", "mode"), [("python", "ast"), ("markdown", "headings"), ("yaml", "lines")]
)
def test_the_mode_says_how_the_structure_was_found(language, mode):
    assert structure_of("file", language, ["x: int"]).mode == mode


def test_the_same_text_has_the_same_structure():
    lines = ["class A:", "    x = 1", "", "def b(): ..."]
    assert structure_of("a.py", "python", lines) == structure_of("a.py", "python", lines)
