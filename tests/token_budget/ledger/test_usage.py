from __future__ import annotations

from types import SimpleNamespace

import pytest
from anthropic.types import CacheCreation, OutputTokensDetails, ServerToolUsage
from anthropic.types import Usage as SdkUsage
from hypothesis import given
from hypothesis import strategies as st

from token_budget.errors import LedgerValueError
from token_budget.ledger.amounts import Amount
from token_budget.ledger.usage import LARGEST_COUNT, Usage

FULL = {
    "input_tokens": 10,
    "output_tokens": 50,
    "cache_creation_input_tokens": 7,
    "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 3},
    "cache_read_input_tokens": 100,
    "output_tokens_details": {"thinking_tokens": 20},
    "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1},
    "service_tier": "standard",
}
NORMALISED = Usage(
    input=10,
    output=50,
    cache_write_5m=4,
    cache_write_1h=3,
    cache_read=100,
    thinking=20,
    web_searches=2,
    web_fetches=1,
)


def test_a_mapping_is_normalised():
    assert Usage.of(FULL) == NORMALISED


def test_the_sdks_object_is_normalised():
    reported = SdkUsage(
        input_tokens=10,
        output_tokens=50,
        cache_creation_input_tokens=7,
        cache_creation=CacheCreation(ephemeral_5m_input_tokens=4, ephemeral_1h_input_tokens=3),
        cache_read_input_tokens=100,
        output_tokens_details=OutputTokensDetails(thinking_tokens=20),
        server_tool_use=ServerToolUsage(web_search_requests=2, web_fetch_requests=1),
    )
    assert Usage.of(reported) == NORMALISED


def test_a_usage_is_left_as_it_is():
    assert Usage.of(NORMALISED) is NORMALISED


def test_what_is_not_reported_is_nothing():
    bare = SimpleNamespace(input_tokens=3, output_tokens=4, cache_creation=None)
    assert Usage.of(bare) == Usage(3, 4)


def test_the_total_counts_every_token_of_the_prompt_once_and_thinking_within_the_answer():
    assert NORMALISED.total_input == 10 + 4 + 3 + 100
    assert NORMALISED.total == 117 + 50
    assert NORMALISED.amount(9) == Amount(50, 167, 9, 1)


def test_cache_writes_without_a_breakdown_live_five_minutes():
    found = Usage.of({"input_tokens": 1, "output_tokens": 1, "cache_creation_input_tokens": 9})
    assert (found.cache_write_5m, found.cache_write_1h) == (9, 0)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"input_tokens": -1}, "usage.input_tokens"),
        ({"input_tokens": None}, "usage.input_tokens"),
        ({"output_tokens": 2.5}, "usage.output_tokens"),
        ({"output_tokens": "50"}, "usage.output_tokens"),
        ({"output_tokens": True}, "usage.output_tokens"),
        ({"cache_read_input_tokens": LARGEST_COUNT + 1}, "usage.cache_read_input_tokens"),
        ({"cache_creation_input_tokens": 8}, "usage.cache_creation_input_tokens"),
        ({"output_tokens_details": {"thinking_tokens": 51}}, "usage.thinking"),
        ({"server_tool_use": {"web_search_requests": -2}}, "usage.web_search_requests"),
    ],
)
def test_a_figure_that_cannot_be_true_is_named(change, place):
    with pytest.raises(LedgerValueError) as error:
        Usage.of({**FULL, **change})
    assert error.value.place == place


@pytest.mark.parametrize("reported", [None, {}, 5, "usage"])
def test_what_is_no_usage_is_refused(reported):
    with pytest.raises(LedgerValueError, match="input_tokens"):
        Usage.of(reported)


COUNT = st.integers(0, 10**6)


@given(COUNT, COUNT, COUNT, COUNT, COUNT)
def test_nothing_is_lost_or_counted_twice(plain, short, long, read, output):
    found = Usage.of(
        {
            "input_tokens": plain,
            "output_tokens": output,
            "cache_read_input_tokens": read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": short,
                "ephemeral_1h_input_tokens": long,
            },
        }
    )
    assert found.total == plain + short + long + read + output
