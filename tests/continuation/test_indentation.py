from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from continuation.indentation import (
    Indentation,
    change_of_indentation,
    doubt_of_indentation,
)

BODY = [0, 1, 2, 1, 2, 3, 0, 1, 1, 2]
"""How deep the lines of a file are."""


def body(unit):
    return "".join(f"{unit * depth}x = {number}\n" for number, depth in enumerate(BODY))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("    ", "\t", "tabs after spaces"),
        ("\t", "    ", "spaces after tabs"),
        ("    ", "  ", "2 spaces a level after 4"),
        ("  ", "    ", "4 spaces a level after 2"),
        ("  ", " ", "1 spaces a level after 2"),
    ],
)
def test_a_change_of_indentation_is_named(before, after, said):
    assert change_of_indentation(body(before), body(after)) == said


@pytest.mark.parametrize("unit", ["    ", "  ", "\t", "   ", ""])
def test_the_same_indentation_is_no_change(unit):
    assert change_of_indentation(body(unit), body(unit)) is None


@given(st.text("x \t\n", max_size=60))
def test_a_part_that_is_not_indented_changes_nothing(before):
    assert change_of_indentation(before, "x\ny\n\nz\n") is None


@pytest.mark.parametrize("before", ["", "x\n", "    x\n    y\n", "    x\n\ty\n    z\n  w\n"])
def test_what_is_no_habit_is_not_changed(before):
    assert change_of_indentation(before, body("\t")) is None


def test_tabs_and_spaces_together_are_an_alignment():
    assert change_of_indentation(body("\t"), body("\t") + "   aligned\n" * 4) is None


def test_a_deeper_step_among_others_is_no_change():
    assert change_of_indentation(body("    "), "a(\n        b)\nc\n    d\n") is None


def test_blank_lines_have_no_indentation():
    assert Indentation.of("    \n\t\n\n") == Indentation(tabs=0, spaces=0, steps=())


def test_steps_are_how_much_deeper_a_line_is_than_the_one_before():
    assert Indentation.of(body("  ")).steps == (2, 2, 2, 2, 2, 2)
    assert Indentation.of(body("  ")).unit == 2
    assert Indentation.of("a\n  b\nc\n    d\ne\n  f\n").unit is None


def test_the_stars_of_a_comment_are_no_indentation():
    licence = "/*\n * Copyright\n * Licence\n * Warranty\n */\n\npackage main\n\n"
    rest = "func main() {\n\tfmt.Println()\n}\n"
    assert change_of_indentation(licence, rest) is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (body("  "), body("\t"), "tabs, of which there were none"),
        (body("\t"), "  x\n" + body("\t"), "spaces, of which there were none"),
        (body("    "), body("  "), "2 spaces a level after 4"),
        (body("  "), body("    "), "4 spaces a level after 2"),
        ("if a:\n    b\n", "c:\n  d\n", "2 spaces a level after 4"),
        ("if a:\n    b\n", "  c\nd\n", "too few indented lines to tell"),
        ("    a\n    b\n", body("    "), "too few indented lines to tell"),
    ],
)
def test_what_may_be_another_indentation_is_a_doubt(before, after, said):
    assert doubt_of_indentation(before, after, shown=False) == said


def test_lists_of_two_kinds_are_indented_alike():
    numbered, marked = "1. a\n   b\n2. c\n   d\n", "- e\n  f\n- g\n  h\n"
    assert doubt_of_indentation(numbered, marked, shown=False) is None
    assert doubt_of_indentation(numbered + marked, marked, shown=False) is None


def test_white_space_that_is_known_tells_where_little_else_does():
    assert doubt_of_indentation("if a:\n    b\n", "    c\n", shown=True) is None


@pytest.mark.parametrize("shown", [True, False])
def test_white_space_that_is_known_tells_nothing_of_brackets_that_become_flat(shown):
    before = "f(\n  a,\n  {\n    b,\n  },\n  g({\n"
    assert doubt_of_indentation(before, "  c,\n  d\n", shown=shown) == (
        "lines in brackets that are no deeper than these"
    )
    labels = "x() {\n  switch (a) {\n"
    assert doubt_of_indentation(labels, "  case 1:\n    f();\n", shown=True) is None


@pytest.mark.parametrize("unit", ["    ", "  ", "\t", "   ", ""])
def test_of_the_same_indentation_there_is_no_doubt(unit):
    assert doubt_of_indentation(body(unit), body(unit), shown=False) is None


@pytest.mark.parametrize(("before", "after"), [("", body("  ")), (body("  "), "x\n"), ("", "")])
def test_where_one_part_is_not_indented_there_is_nothing_to_doubt(before, after):
    assert doubt_of_indentation(before, after, shown=False) is None


@given(st.text("x {}*\t\n", max_size=60), st.text("x {}*\t\n", max_size=60), st.booleans())
def test_any_two_parts_can_be_compared(before, after, shown):
    doubt = doubt_of_indentation(before, after, shown=shown)
    assert doubt is None or doubt.strip()
