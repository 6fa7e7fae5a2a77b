from __future__ import annotations

import anthropic
import httpx2
import pytest

from continuation.response import Response
from token_budget.attempts.facts import (
    OpenRound,
    outcome_words,
    usage_of,
    usage_of_failure,
)
from token_budget.ceiling import smallest
from token_budget.ledger import Usage

SENT = OpenRound(1, smallest({"contract": 100}), 70, {"messages": []}, "first")
REPORTED = {"input_tokens": 50, "output_tokens": 1, "cache_read_input_tokens": 9}
CAME = Response(
    (
        {"type": "thinking", "thinking": "x" * 10, "signature": ""},
        {"type": "text", "text": "y" * 20},
    ),
    None,
    interrupted=True,
)


@pytest.mark.parametrize(
    ("strategy", "continues"), [("first", False), ("escalate", False), ("continue", True)]
)
def test_the_same_request_again_continues_nothing(strategy, continues):
    assert OpenRound(1, SENT.ceiling, 1, {}, strategy).continues is continues


def test_what_the_api_reports_is_no_estimate():
    whole = Response(CAME.blocks, "end_turn")
    found, estimated = usage_of({**REPORTED, "output_tokens": 30}, whole, SENT, len)
    assert (found.input, found.output, found.cache_read, estimated) == (50, 30, 9, False)


def test_an_answer_that_broke_off_is_counted_and_its_prompt_is_as_reported():
    found, estimated = usage_of(REPORTED, CAME, SENT, len)
    assert estimated
    assert found == Usage(50, 30, cache_read=9, thinking=10)


def test_without_a_report_the_prompt_is_what_was_held_for_it():
    assert usage_of(None, CAME, SENT, len) == (Usage(70, 30, thinking=10), True)


def test_what_is_counted_never_exceeds_the_ceiling():
    found, _ = usage_of(REPORTED, CAME, SENT, lambda text: 90 * bool(text))
    assert (found.output, found.thinking) == (100, 90)


def test_a_stream_that_broke_off_after_its_last_figure_is_not_estimated():
    found, estimated = usage_of({**REPORTED, "output_tokens": 30}, CAME, SENT, len, final=True)
    assert (found.output, estimated) == (30, False)


def test_a_request_that_was_refused_took_nothing():
    response = httpx2.Response(429, request=httpx2.Request("POST", "http://127.0.0.1"))
    refused = anthropic.RateLimitError("slow down", response=response, body=None)
    assert usage_of_failure(refused, SENT) == Usage(0, 0)


def test_of_a_request_without_an_answer_the_prompt_may_have_been_read():
    assert usage_of_failure(TimeoutError(), SENT) == Usage(70, 0)


def test_a_failed_send_has_a_word_of_its_own():
    assert outcome_words(None) == "failed"
