from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndjson.errors import AmbiguousMatch, AnchorNotFound
from ndjson.matching import MOST_PLACES, find_once

TEXT = "def a():\n    return 1\n\n\ndef b():\n    return 2\n"


@pytest.mark.parametrize(
    "wanted", ["def a():", "return 2\n", TEXT, "\n\n\n", "1\n\n\ndef b", "2", "def a"]
)
def test_exact_text_is_found_where_it_stands(wanted: str) -> None:
    found = find_once(TEXT, wanted, "f")
    assert TEXT[found.start : found.end] == wanted
    assert found.rung == "exact"


def test_ambiguity_names_the_lines() -> None:
    with pytest.raises(AmbiguousMatch, match="2 times, on lines 2, 6") as caught:
        find_once(TEXT, "return", "f")
    assert caught.value.lines == (2, 6)


def test_overlapping_places_are_ambiguous() -> None:
    with pytest.raises(AmbiguousMatch):
        find_once("aaa", "aa", "f")


def test_very_many_places_are_counted_up_to_a_bound() -> None:
    with pytest.raises(AmbiguousMatch) as caught:
        find_once("a" * 100_000, "a", "f")
    assert len(caught.value.lines) == MOST_PLACES
    assert len(str(caught.value)) < 200


def test_missing_text_shows_the_closest() -> None:
    with pytest.raises(AnchorNotFound, match="lines 5 to 6") as caught:
        find_once(TEXT, "def b():\n    return 3\n", "f")
    assert '-"    return 3"\n+"    return 2"' in caught.value.closest


def test_other_line_ends_are_named_and_not_matched() -> None:
    with pytest.raises(AnchorNotFound, match=r"ends them with \\r\\n"):
        find_once("a\r\nb\r\n", "a\nb", "f")
    with pytest.raises(AnchorNotFound, match=r"ends them with \\n"):
        find_once("a\nb\n", "a\r\nb", "f")


@given(st.text("ab\n ", max_size=12), st.text("ab\n ", min_size=1, max_size=4))
def test_exact_match_is_the_only_place(text: str, wanted: str) -> None:
    places = [i for i in range(len(text)) if text.startswith(wanted, i)]
    if not places:
        with pytest.raises(AnchorNotFound):
            find_once(text, wanted, "f")
    elif len(places) == 1:
        assert find_once(text, wanted, "f").start == places[0]
    else:
        with pytest.raises(AmbiguousMatch) as caught:
            find_once(text, wanted, "f")
        assert list(caught.value.lines) == [text.count("\n", 0, i) + 1 for i in places]


def test_looser_rungs_are_off_by_default() -> None:
    with pytest.raises(AnchorNotFound):
        find_once("a  \nb\n", "a\nb\n", "f")


@pytest.mark.parametrize(
    ("text", "wanted", "span"),
    [
        ("x\na  \nb\t\ny\n", "a\nb\n", "a  \nb\t\n"),
        ("x\na\nb\ny\n", "a \nb", "a\nb"),
        ("a\r\nb\r\nc\r\n", "a\nb\n", "a\r\nb\r\n"),
        ("a\r\nb\r\nc\r\n", "a\nb", "a\r\nb"),
        ("x\na \nb", "a\nb\n", "a \nb"),
    ],
)
def test_trailing_white_space_can_be_ignored(text: str, wanted: str, span: str) -> None:
    found = find_once(text, wanted, "f", "trailing")
    assert found.rung == "trailing"
    assert text[found.start : found.end] == span


@pytest.mark.parametrize(
    ("text", "wanted", "shift"),
    [
        ("if x:\n    a\n      b\n", "a\n  b\n", ("", "    ")),
        ("a\n  b\n", "    a\n      b\n", ("    ", "")),
        ("\ta\n\n\t\tb\n", "a\n\n\tb\n", ("", "\t")),
    ],
)
def test_one_indentation_can_be_ignored(text: str, wanted: str, shift: tuple[str, str]) -> None:
    found = find_once(text, wanted, "f", "indentation")
    assert (found.removed, found.added) == shift
    assert found.rung == "indentation"


def test_indentation_that_varies_matches_nothing() -> None:
    with pytest.raises(AnchorNotFound):
        find_once("  a\n    b\n", "a\nb\n", "f", "indentation")


def test_a_stricter_match_wins_over_looser_ones() -> None:
    text = "a \nb\na\nb\n"
    found = find_once(text, "a\nb\n", "f", "indentation")
    assert (found.start, found.rung) == (5, "exact")


def test_ambiguity_on_a_looser_rung_fails() -> None:
    with pytest.raises(AmbiguousMatch):
        find_once("a \nb\na\t\nb\n", "a\nb\n", "f", "indentation")


def test_blank_lines_are_found_nowhere_by_looser_rungs() -> None:
    with pytest.raises(AnchorNotFound):
        find_once("a\nb\n", "  \n", "f", "indentation")
