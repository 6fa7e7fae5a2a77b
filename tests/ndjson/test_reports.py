from __future__ import annotations

import pytest

from ndjson.errors import LimitExceeded
from ndjson.operations import Delete, Done
from ndjson.partial import Parsed
from ndjson.reports import EXCERPT_CHARACTERS, Reports, excerpt


def test_objects_are_counted_up_to_their_limit():
    reports = Reports(1)
    reports.count_object()
    with pytest.raises(LimitExceeded):
        reports.count_object()


def test_an_excerpt_says_that_it_is_one():
    assert excerpt(b"short") == "short"
    assert excerpt(b"x" * EXCERPT_CHARACTERS) == "x" * EXCERPT_CHARACTERS
    assert excerpt(b"x" * 10_000) == "x" * EXCERPT_CHARACTERS + "…"


def test_usual_notes_count_their_lines():
    reports = Reports(1)
    for line in (2, 5, 9):
        reports.note_usual(line, "blank")
    (note,) = reports.partial().notes
    assert (note.line, note.kind, note.text) == (2, "blank", "3 lines")


def test_an_operation_after_a_closed_list_opens_the_answer_again():
    reports = Reports(9)
    reports.keep(Parsed(Delete(path="a"), 1, (0, 1)), b"", listed=True)
    reports.document_closed()
    assert reports.partial().cut_reasons == ()
    reports.keep(Parsed(Delete(path="b"), 2, (1, 2)), b"")
    assert reports.partial().cut_reasons == ("no done",)


def test_the_last_done_counts():
    reports = Reports(9)
    for operations in (1, 0):
        reports.keep(Parsed(Done(operations=operations), 1, (0, 1)), b"")
    assert reports.partial().done == Done(operations=0)


def test_what_is_held_back_counts_when_a_done_is_its_last():
    reports = Reports(9)
    reports.hold_back(1)
    reports.keep(Parsed(Delete(path="a"), 2, (0, 1)), b"{}")
    reports.keep(Parsed(Done(), 3, (1, 2)), b"{}")
    assert reports.parsed == []
    assert [one.path for one in reports.partial().operations] == ["a"]


def test_what_is_held_back_when_the_answer_is_cut_off_is_rejected():
    reports = Reports(9)
    reports.hold_back(1)
    reports.keep(Parsed(Delete(path="a"), 2, (0, 1)), b"begin")
    reports.keep(Parsed(Done(), 3, (1, 2)), b"")
    partial = reports.partial(stop_reason="max_tokens")
    assert (partial.parsed, partial.done, partial.rejected_count) == ((), None, 2)
    assert (partial.rejected[0].line, partial.rejected[0].excerpt) == (2, "begin")
