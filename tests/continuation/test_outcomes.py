from __future__ import annotations

from typing import get_args

import pytest
from anthropic.types import StopReason
from hypothesis import given
from hypothesis import strategies as st

from continuation.outcomes import Evidence, Outcome, evidence_of, outcome
from ndjson import parse

NOTHING = Evidence(text=False, closed=False)
OPEN = Evidence(text=True, closed=False)
CLOSED = Evidence(text=True, closed=True)
REQUEST = {"max_tokens": 1_000}

MEANING = {
    "end_turn": (Outcome.ASK_MISSING, Outcome.ASK_MISSING, Outcome.COMPLETE),
    "stop_sequence": (Outcome.ASK_MISSING, Outcome.ASK_MISSING, Outcome.COMPLETE),
    "max_tokens": (Outcome.ESCALATE, Outcome.CONTINUE, Outcome.COMPLETE),
    "model_context_window_exceeded": (Outcome.SHRINK, Outcome.SHRINK, Outcome.COMPLETE),
    "tool_use": (Outcome.TOOL_USE,) * 3,
    "pause_turn": (Outcome.RESEND,) * 3,
    "refusal": (Outcome.REFUSED,) * 3,
}
"""What each stop reason means where nothing came, where the answer is open, where it is closed."""

META = '{"type":"meta","summary":"s","operations":1}\n'
CREATE = '{"type":"create","path":"a.py","content":"x\\n"}\n'
DONE = '{"type":"done","operations":1}\n'


def test_the_map_knows_every_stop_reason_of_the_sdk():
    assert set(MEANING) == set(get_args(StopReason))


@pytest.mark.parametrize("stop_reason", get_args(StopReason))
def test_every_stop_reason_of_the_sdk_has_a_meaning(stop_reason):
    found = tuple(outcome(stop_reason, one, REQUEST) for one in (NOTHING, OPEN, CLOSED))
    assert found == MEANING[stop_reason]


@pytest.mark.parametrize("evidence", [NOTHING, OPEN, CLOSED])
@pytest.mark.parametrize("stop_reason", [None, "", "compaction", "END_TURN"])
def test_any_other_stop_reason_is_unknown_whatever_came(stop_reason, evidence):
    assert outcome(stop_reason, evidence, REQUEST) is Outcome.UNKNOWN


@given(st.one_of(st.none(), st.text(max_size=12)), st.booleans(), st.booleans())
def test_the_map_is_total(stop_reason, text, closed):
    evidence = Evidence(text=text, closed=closed)
    assert isinstance(outcome(stop_reason, evidence, REQUEST), Outcome)


def test_a_ceiling_of_zero_is_a_prewarming_and_no_truncation():
    assert outcome("max_tokens", NOTHING, {"max_tokens": 0}) is Outcome.PREWARMED
    assert outcome("max_tokens", OPEN, {"max_tokens": 0}) is Outcome.CONTINUE


@pytest.mark.parametrize("text", ["", "\n", " \n\n", "\ufeff", "\r\n"])
def test_an_answer_that_says_nothing_is_a_ceiling_that_went_to_thinking(text):
    assert outcome("max_tokens", parse(text, "max_tokens"), REQUEST) is Outcome.ESCALATE


@pytest.mark.parametrize("text", ["{", '{"type', META, CREATE, "I will write", META + CREATE])
def test_any_text_is_gone_on_with(text):
    assert outcome("max_tokens", parse(text, "max_tokens"), REQUEST) is Outcome.CONTINUE


def test_the_done_line_decides_whether_an_answer_is_whole():
    whole, without = parse(META + CREATE + DONE), parse(META + CREATE)
    assert outcome("end_turn", whole, REQUEST) is Outcome.COMPLETE
    assert outcome("end_turn", without, REQUEST) is Outcome.ASK_MISSING


def test_an_answer_whose_done_line_just_fitted_is_whole():
    assert outcome("max_tokens", parse(CREATE + DONE, "max_tokens"), REQUEST) is Outcome.COMPLETE


def test_a_cut_done_line_does_not_close_an_answer():
    assert not evidence_of(parse(CREATE + DONE[:-4], "max_tokens")).closed


def test_an_answer_of_prose_is_text_and_not_closed():
    assert evidence_of(parse("There is nothing to do.")) == OPEN
