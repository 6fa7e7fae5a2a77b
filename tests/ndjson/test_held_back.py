from __future__ import annotations

from ndjson.held_back import HeldBack
from ndjson.operations import Delete, Done
from ndjson.partial import Parsed

DELETE = Parsed(Delete(path="a"), 2, (0, 1))
DONE = Parsed(Done(), 3, (1, 2))


def held(*found):
    back = HeldBack()
    back.since = 1
    for parsed in found:
        back.add(parsed, "begin")
    return back


def test_a_done_counts_when_it_is_the_last():
    assert held(DELETE, DONE).ends_with_done
    assert not held(DONE, DELETE).ends_with_done
    assert not held().ends_with_done


def test_what_is_rejected_says_which_line_it_may_belong_to():
    back = held(DELETE)
    (rejected,) = back.reject()
    assert (rejected.line, rejected.excerpt) == (2, "begin")
    assert rejected.reason == "it may be content of the object that line 1 leaves open"
    assert (back.reject(), back.release()) == ([], [])
    assert [warning for warning in back.warnings() if "rejected: 1" in warning]


def test_what_is_released_is_warned_of():
    back = held(DELETE, DONE)
    assert back.release() == [DELETE, DONE]
    (warning,) = back.warnings()
    assert warning.startswith("line 1 leaves its object open")


def test_what_follows_the_end_of_the_string_needs_no_warning():
    back = held()
    back.reject()
    back.add(DONE, "begin")
    assert back.release() == [DONE]
    assert list(back.warnings()) == []
