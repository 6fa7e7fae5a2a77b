from __future__ import annotations

from typing import get_args

import pytest
from anthropic.types import StopReason

from token_budget.telemetry.stop_reasons import CUT_OFF, ENDED, HANDED_ON, is_truncated


def test_every_stop_reason_of_the_sdk_is_known_once():
    assert set(get_args(StopReason)) == CUT_OFF | ENDED
    assert not CUT_OFF & ENDED
    assert HANDED_ON <= ENDED


@pytest.mark.parametrize("reason", sorted(CUT_OFF))
def test_an_answer_that_was_cut_off_is_truncated(reason):
    assert is_truncated(reason, 8_000) is True


@pytest.mark.parametrize("reason", sorted(ENDED))
def test_an_answer_that_ended_is_not(reason):
    assert is_truncated(reason, 8_000) is False


@pytest.mark.parametrize("reason", [None, "", "a new one"])
def test_what_no_stop_reason_says_is_not_known(reason):
    assert is_truncated(reason, 8_000) is None


def test_warming_the_cache_is_no_truncation():
    assert is_truncated("max_tokens", 0) is False
