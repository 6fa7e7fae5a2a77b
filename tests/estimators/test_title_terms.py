from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.title_terms import MOST_WORDS, title_terms


def test_words_and_habits_of_a_commit_are_told_apart():
    assert title_terms("feat(api): add `Client`, finally (#12)\n\nbody") == (
        "length 5",
        "prefix feat",
        "style code",
        "style comma",
        "style number",
        "style pull request",
        "style scope",
        "word add",
        "word api",
        "word client",
        "word feat",
        "word finally",
    )


@pytest.mark.parametrize(
    ("title", "term"),
    [
        ("Add a client", "style capital"),
        ("fix: a typo", "style prefix"),
        ("Release 2.11.", "style full stop"),
        ("Release 2.11", "style version"),
        ("Add a very long", "length 4"),
        ("Add a client and…", "style cut"),
        ("🐛 Fix it", "style pictogram"),
        ("a " * 40, f"length {MOST_WORDS}"),
    ],
)
def test_each_habit_has_a_term(title, term):
    assert term in title_terms(title)


@pytest.mark.parametrize("nothing", ["", "  ", "\n\n"])
def test_without_a_title_there_are_no_terms(nothing):
    assert title_terms(nothing) == ()


@given(st.text(max_size=300))
def test_terms_come_once_and_in_order(title):
    terms = title_terms(title)
    assert list(terms) == sorted(set(terms))
