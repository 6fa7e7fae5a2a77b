from __future__ import annotations

import math
import subprocess
import sys
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import pytest
from genai_prices import Usage, calc_price
from hypothesis import given
from hypothesis import strategies as st

import token_budget
from token_budget.errors import ConfigError
from token_budget.models import ModelCatalogue
from token_budget.price_sheet import PriceSheet, price_version
from token_budget.prices import PriceBook

BOOK = PriceBook()
NAMES = sorted(ModelCatalogue.shipped().models)
UNPRICED = {"claude-mythos-5", "claude-mythos-5-1", "claude-mythos-preview"}
GENAI_PROVIDERS = {"anthropic": "anthropic", "bedrock": "aws", "vertex": "google"}
COUNTS = st.integers(0, 300_000)


@given(
    st.sampled_from(["claude-haiku-5-5", "claude-opus-5-5", "claude-sonnet-5", "claude-opus-4-6"]),
    st.sampled_from(sorted(GENAI_PROVIDERS)),
    *[COUNTS] * 5,
    st.integers(0, 20),
)
def test_a_cost_is_what_genai_prices_says(
    model, provider, plain, output, read, five, hour, searches
):
    sheet = BOOK.sheet(model, provider)
    searches = 0 if sheet.web_search is None else searches
    cost = sheet.cost(
        plain,
        output,
        cache_read=read,
        cache_write_5m=five,
        cache_write_1h=hour,
        web_searches=searches,
    )
    usage = Usage(
        input_tokens=plain + read + five + hour,
        output_tokens=output,
        cache_read_tokens=read,
        cache_write_tokens=five + hour,
        cache_write_1h_tokens=hour,
        web_searches=searches,
    )
    told = calc_price(usage, model, provider_id=GENAI_PROVIDERS[provider]).total_price
    assert cost == math.ceil(told * 1_000_000)


@pytest.mark.parametrize(
    ("prompt", "micro_usd"),
    [(0, 0), (1, 1), (100_000, 10_000), (100_001, 50_001), (200_000, 100_000)],
)
def test_haiku_costs_five_times_as_much_above_its_tier(prompt, micro_usd):
    sheet = BOOK.sheet("claude-haiku-5-5")
    assert sheet.tier_starts == (100_000,)
    assert sheet.cost(prompt, 0) == micro_usd


def test_cached_tokens_reach_a_tier_as_well():
    sheet = BOOK.sheet("claude-haiku-5-5")
    assert sheet.cost(1, 1_000) == 501
    assert sheet.cost(1, 1_000, cache_read=100_000) == 1 + 2_500 + 5_000


def test_tiers_change_the_rates_of_input_and_output():
    sheet = BOOK.sheet("claude-haiku-5-5")
    assert (sheet.input_rate(100_000), sheet.output_rate(100_000)) == (0.1, 0.5)
    assert (sheet.input_rate(100_001), sheet.output_rate(100_001)) == (0.5, 2.5)


def test_a_cost_is_rounded_up_once():
    sheet = PriceBook({"m": {"input_mtok": 0.4, "output_mtok": 0.4}}).sheet("m")
    assert sheet.cost(1, 1) == 1
    assert sheet.cost(2, 1) == 2


def test_flat_prices_have_no_tiers():
    assert BOOK.sheet("claude-opus-5-5").tier_starts == ()


@pytest.mark.parametrize("provider", sorted(GENAI_PROVIDERS))
@pytest.mark.parametrize("model", NAMES)
def test_every_listed_model_has_a_price_or_a_reason(model, provider):
    sheet = BOOK.sheet(model, provider)
    assert sheet.known is (model not in UNPRICED)
    assert sheet.source.startswith(f"genai-prices {price_version()}")
    if sheet.known:
        assert sheet.cost(1, 0) > 0
        assert sheet.cost(0, 1) > 0


@pytest.mark.parametrize("model", ["claude-mythos-5-1", "claude-opus-9", "gpt-4o"])
def test_an_unknown_price_is_none_and_never_zero(model):
    sheet = BOOK.sheet(model)
    assert not sheet.known
    assert sheet.cost(1_000, 1_000) is None
    assert sheet.input_rate(0) is None
    assert sheet.output_rate(0) is None
    assert sheet.tier_starts == ()
    assert f"has no price for {model} on anthropic" in sheet.source


def test_regional_endpoints_of_bedrock_cost_more_than_global_ones():
    regional = BOOK.sheet("us.anthropic.claude-opus-5-5-v1:0", "bedrock").cost(1_000, 1_000)
    everywhere = BOOK.sheet("global.anthropic.claude-opus-5-5-v1:0", "bedrock").cost(1_000, 1_000)
    unsaid = BOOK.sheet("claude-opus-5-5", "bedrock").cost(1_000, 1_000)
    assert everywhere < regional == unsaid


@pytest.mark.parametrize(
    "model",
    [
        "claude-haiku-4-5@20251001",
        "claude-haiku-4-5",
        "publishers/anthropic/models/claude-haiku-4-5@20251001",
    ],
)
def test_vertex_ids_are_priced(model):
    assert BOOK.sheet(model, "vertex").cost(1_000_000, 0) == 1_000_000


def test_the_price_of_the_day_is_taken():
    from token_budget.listed_prices import listed_sheet

    before = listed_sheet("claude-opus-4-6", "anthropic", date(2026, 3, 12))
    after = listed_sheet("claude-opus-4-6", "anthropic", date(2026, 3, 13))
    assert before.tier_starts == (200_000,)
    assert after.tier_starts == ()


def test_an_own_price_goes_before_the_listed_one():
    book = PriceBook(
        {"claude-opus-5-5": {"input_mtok": 1, "output_mtok": 2, "cache_read_mtok": 0.5}}
    )
    sheet = book.sheet("us.anthropic.claude-opus-5-5-v1:0", "bedrock")
    assert sheet.source == "the configuration"
    assert sheet.cost(1_000, 1_000, cache_read=1_000) == 1_000 + 2_000 + 500
    assert book.sheet("claude-opus-5") == BOOK.sheet("claude-opus-5")


def test_own_prices_without_caching_never_come_out_too_low():
    tier = PriceBook({"m": {"input_mtok": 4, "output_mtok": 20}}).sheet("m").tier(1)
    assert (tier.cache_read, tier.cache_write_5m, tier.cache_write_1h) == (4, 5, 8)


def test_own_prices_are_exact():
    sheet = PriceBook({"m": {"input_mtok": 0.1, "output_mtok": Decimal("0.3")}}).sheet("m")
    assert sheet.cost(10, 0) == 1
    assert sheet.cost(0, 10) == 3


@pytest.mark.parametrize(
    ("prices", "place"),
    [
        ({"output_mtok": 1}, "prices.m.input_mtok"),
        ({"input_mtok": 1}, "prices.m.output_mtok"),
        ({"input_mtok": -1, "output_mtok": 1}, "prices.m.input_mtok"),
        ({"input_mtok": 1, "output_mtok": "5"}, "prices.m.output_mtok"),
        ({"input_mtok": True, "output_mtok": 5}, "prices.m.input_mtok"),
        ({"input_mtok": float("nan"), "output_mtok": 5}, "prices.m.input_mtok"),
        ({"input_mtok": float("inf"), "output_mtok": 5}, "prices.m.input_mtok"),
        ({"input_mtok": 1, "output_mtok": 5, "cache_read_mtok": None}, "prices.m.cache_read_mtok"),
        ({"input_mtok": 1, "output_mtok": 5, "input": 3}, "prices.m.input"),
        (3, "prices.m"),
    ],
)
def test_a_wrong_price_is_named_with_its_key(prices, place):
    with pytest.raises(ConfigError) as caught:
        PriceBook({"m": prices})
    assert caught.value.place == place
    assert place in str(caught.value)
    assert caught.value.expected


def test_an_unknown_provider_is_refused():
    with pytest.raises(ConfigError, match="one of anthropic, bedrock, vertex"):
        BOOK.sheet("claude-opus-5-5", "azure")


def test_a_search_costs_what_is_listed():
    sheet = BOOK.sheet("claude-opus-5-5")
    assert sheet.web_search == 10_000
    assert sheet.cost(0, 0, web_searches=3) == 30_000
    assert sheet.source_of(3) == sheet.source


def test_searches_without_a_price_make_the_whole_unknown_and_it_is_said():
    sheet = BOOK.sheet("claude-opus-5-5", "bedrock")
    assert sheet.cost(1_000, 0) is not None
    assert sheet.cost(1_000, 0, web_searches=1) is None
    assert sheet.source_of(0) == sheet.source
    assert sheet.source_of(1) == f"{sheet.source} has no price for web searches"


def test_a_users_own_price_of_searches():
    own = {"input_mtok": 1, "output_mtok": 5}
    sheet = PriceBook({"m": {**own, "web_searches_kcount": 2.5}}).sheet("m")
    assert sheet.cost(10, 0, web_searches=2) == 10 + 5_000
    assert PriceBook({"m": own}).sheet("m").cost(10, 0, web_searches=1) is None
    with pytest.raises(ConfigError, match="a thousand searches"):
        PriceBook({"m": {**own, "web_searches_kcount": -1}})


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="0 or more, found"):
        BOOK.sheet("claude-opus-5-5").cost(-1, 0)
    with pytest.raises(ValueError, match="0 or more, found"):
        BOOK.sheet("claude-opus-5-5").cost(1, 0, web_searches=-1)


def test_a_sheet_without_tiers_is_unknown():
    assert PriceSheet("m", "anthropic", "why").cost(0, 0) is None


def test_the_version_is_that_of_genai_prices():
    assert price_version() == version("genai-prices")


def test_genai_prices_is_loaded_with_the_first_listed_price_only():
    code = (
        "import sys; from token_budget.prices import PriceBook;"
        "PriceBook({'m': {'input_mtok': 1, 'output_mtok': 2}}).sheet('m').cost(1, 1);"
        "print('genai_prices' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(token_budget.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
