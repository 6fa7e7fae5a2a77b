from __future__ import annotations

import pytest

from token_budget.errors import LedgerValueError
from token_budget.telemetry.records import Estimated, PhaseRecord, RoundRecord, day_of


def test_truncated_is_read_from_the_stop_reason_and_cannot_be_given(make_round):
    assert make_round(stop_reason="max_tokens").truncated is True
    assert make_round().truncated is False
    assert make_round(stop_reason=None).truncated is None
    with pytest.raises(TypeError):
        make_round(truncated=False)


def test_only_a_continuation_has_continuation_tokens(make_round):
    assert make_round().continuation_tokens == 0
    assert make_round(continues=True).continuation_tokens == 1_500


@pytest.mark.parametrize(
    ("fields", "wasted"),
    [
        ({}, 0),
        ({"unused": 100}, 100),  # the thinking led to what was kept
        ({"unused": 1_100}, 1_500),  # nothing was kept, so the thinking is lost too
        ({"thinking": 1_500, "stop_reason": "max_tokens"}, 1_500),
        ({"thinking": 1_500, "stop_reason": "pause_turn"}, 0),
        ({"unused": 1_100, "stop_reason": "refusal"}, 1_500),
    ],
)
def test_what_was_paid_for_and_not_used(make_round, fields, wasted):
    assert make_round(**fields).wasted == wasted


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"output": -1}, "output"),
        ({"output": True}, "output"),
        ({"output": 6_000}, "output"),
        ({"thinking": 1_501}, "thinking"),
        ({"unused": 1_101}, "unused"),
        ({"ceiling": 1.5}, "ceiling"),
    ],
)
def test_figures_of_a_round_that_cannot_be_true_are_refused(make_round, fields, place):
    with pytest.raises(LedgerValueError, match=rf"round_record\.{place}: expected"):
        make_round(**fields)


def test_an_unknown_outcome_of_a_phase_is_refused(make_phase):
    with pytest.raises(LedgerValueError, match="complete, incomplete, failed"):
        make_phase(outcome="done")


def test_an_estimate_whose_quantiles_cross_is_refused():
    with pytest.raises(LedgerValueError, match="at least 10"):
        Estimated(10, 9, "")


@pytest.mark.parametrize(
    ("outcome", "visible", "within"),
    [
        ("complete", 1_000, True),
        ("complete", 1_001, False),
        ("incomplete", 1_000, None),  # it would have taken more, nobody knows how much
        ("incomplete", 1_001, False),
        ("failed", 1_001, None),
    ],
)
def test_whether_an_answer_was_within_a_quantile(make_phase, outcome, visible, within):
    assert make_phase(outcome=outcome, visible=visible).within(1_000) is within


@pytest.mark.parametrize("kind", [RoundRecord, PhaseRecord])
def test_no_record_has_room_for_contents(kind):
    fields = set(kind.__slots__)
    assert not fields & {"content", "text", "answer", "prompt", "description", "error", "note"}


def test_a_day_is_a_day_of_utc():
    assert day_of(1_799_971_199.9) == "2027-01-14"
    assert day_of(1_799_971_200) == "2027-01-15"
