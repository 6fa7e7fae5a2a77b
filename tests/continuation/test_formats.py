from __future__ import annotations

import pytest

from continuation.answer import FORMATS, NOTHING_KEPT, Amount, Prefillable
from continuation.formats import empty_answer


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_starts_from_nothing(format_name):
    answer = empty_answer(format_name)
    assert answer.operations == ()
    assert answer.amount() == NOTHING_KEPT
    assert answer.missing(()) == ()
    assert (answer.rejected, answer.dropped, answer.notes) == ((), 0, ())
    assert not answer.evidence().text


def test_only_plain_text_can_be_given_back_as_a_prefill():
    assert [one for one in FORMATS if isinstance(empty_answer(one), Prefillable)] == ["text"]


def test_an_unknown_format_is_named():
    with pytest.raises(ValueError, match="found 'yaml'"):
        empty_answer("yaml")


@pytest.mark.parametrize(
    "more",
    [Amount(2, 0, closed=False), Amount(1, 4, closed=False), Amount(1, 3, closed=True)],
)
def test_an_operation_a_line_or_the_end_is_progress(more):
    assert more.beyond(Amount(1, 3, closed=False))


def test_the_same_or_less_is_no_progress():
    before = Amount(1, 3, closed=True)
    assert not before.beyond(before)
    assert not Amount(1, 2, closed=False).beyond(before)
