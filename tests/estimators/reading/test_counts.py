from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.reading.counts import counts_in


@pytest.mark.parametrize(
    ("note", "counts"),
    [
        ("15 tests", (("tests", 15),)),
        ("15 tests covering all deliverable types", (("tests", 15),)),
        ("20 tests including truncation, 3 endpoints", (("tests", 20), ("endpoints", 3))),
        ("3 new API endpoints", (("endpoints", 3),)),
        ("4 status codes", (("codes", 4),)),
        ("15+ tests", (("tests", 15),)),
        ("~200 lines", (("lines", 200),)),
        ("(12 tests)", (("tests", 12),)),
        ("1,500 tests", (("tests", 1500),)),
        ("1 fixture", (("fixture", 1),)),
        ("15 Tests", (("tests", 15),)),
        ("Add 15 tests", (("tests", 15),)),
        ("done. Add 15 tests", (("tests", 15),)),
        ("covers 2 classes", (("classes", 2),)),
    ],
)
def test_a_number_with_a_plural_is_a_count(note, counts):
    assert counts_in(note) == counts


@pytest.mark.parametrize(
    "note",
    [
        "integrate estimator at line 160",
        "at line 160 tests fail",
        "at 3800 calls",
        "BUILD-129 tests",
        "v2.0 tests",
        "Python 3.11 tests",
        "Python 3 tests",
        "with Quarkus 3 services",
        "Phase 2 retries",
        "HTTP 404 errors",
        "95% of cases",
        "20 % savings",
        "30 ms",
        "5 seconds",
        "10 MB files",
        "10-15 tests",
        "issue #12 tests",
        "$5 credits",
        "1.5 tests",
        "001 users",
        "18k tokens",
        "12 of these",
        "3 JS",
        "use 3 with tests",
        "123456789012 tests",
        "two classes",
        "",
    ],
)
def test_other_numbers_are_no_counts(note):
    assert counts_in(note) == ()


@given(st.text())
def test_any_text_has_counts_of_words(note):
    for noun, number in counts_in(note):
        assert noun == noun.lower()
        assert number >= 0


@given(
    st.integers(2, 999), st.sampled_from(["tests", "endpoints", "cases", "files"]), st.text("ab ,")
)
def test_a_count_is_found_wherever_it_stands(number, noun, around):
    assert (noun, number) in counts_in(f"{around} ({number} {noun}) {around}")
