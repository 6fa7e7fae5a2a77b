"""Prices as genai-prices lists them; imported when the first price is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING

from genai_prices import Usage, calc_price
from genai_prices.types import TieredPrices

from token_budget.errors import ConfigError
from token_budget.models import ModelCatalogue, bare_model_id
from token_budget.price_sheet import PriceSheet, PriceTier, price_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from genai_prices.types import ModelPrice, PriceCalculation

    from token_budget.config import Provider

PROVIDERS: Mapping[Provider, str] = {
    "anthropic": "anthropic",
    "bedrock": "aws",
    "vertex": "google",
}
"""What genai-prices calls the providers. It knows that regional endpoints of Bedrock cost ten per
cent more, and takes an id that does not say ``global.`` for a regional one."""

_KINDS = (
    ("output_tokens",),
    ("cache_read_tokens",),
    ("cache_write_tokens", "cache_write_5m_tokens"),
    ("cache_write_tokens", "cache_write_1h_tokens"),
)
"""What genai-prices calls one token of each kind, in the order of `PriceTier`."""


@lru_cache(maxsize=256)
def listed_sheet(model: str, provider: Provider, day: date) -> PriceSheet:
    """The prices of a model on a day, which is UTC; looked up once a day in a process.

    Raises:
        ConfigError: The provider is none of ours.
    """
    if provider not in PROVIDERS:
        expected = "one of " + ", ".join(PROVIDERS)
        raise ConfigError("wrong value", place="provider", value=provider, expected=expected)
    release = f"genai-prices {price_version()}"
    found = _found(model, PROVIDERS[provider], datetime.combine(day, time(), UTC))
    tiers = () if found is None else tuple(_tiers(found.model_price))
    if found is None or not all(tier.input and tier.output for tier in tiers):
        return PriceSheet(model, provider, f"{release} has no price for {model} on {provider}")
    source = f"{release}, {found.provider.id}: {found.model.id}"
    return PriceSheet(model, provider, source, tiers, _web_search(found.model_price))


def _found(model: str, provider_id: str, moment: datetime) -> PriceCalculation | None:
    for reference in _references(model):
        try:
            return calc_price(
                Usage(), reference, provider_id=provider_id, genai_request_timestamp=moment
            )
        except LookupError:
            continue
    return None


def _references(model: str) -> Iterator[str]:
    """Ways to name a model, the most telling first: a region can have a price of its own."""
    yield model.strip().rpartition("/")[2]
    bare = bare_model_id(model)
    yield bare
    snapshot = ModelCatalogue.shipped().snapshots.get(bare)
    if snapshot is not None:
        yield snapshot


def _tiers(price: ModelPrice) -> Iterator[PriceTier]:
    """A tier for each threshold, with rates found by asking for one token more of each kind.

    Asking leaves it to genai-prices what stands for a price that is not listed.
    """
    for start in _starts(price):
        prompt = start + 1
        plain = _micro_usd(price, Usage(input_tokens=prompt))
        rate = plain / prompt
        output, *cached = (
            _micro_usd(price, Usage(input_tokens=prompt, **dict.fromkeys(kinds, 1))) - plain
            for kinds in _KINDS
        )
        # Cached tokens are among the input tokens of genai-prices: one takes a plain one's place.
        yield PriceTier(start, rate, output, *(rate + more for more in cached))


def _web_search(price: ModelPrice) -> Decimal | None:
    """One search; asked for where it is not listed, it would cost nothing."""
    return None if price.web_searches_kcount is None else _micro_usd(price, Usage(web_searches=1))


def _starts(price: ModelPrice) -> list[int]:
    tiered = (value for value in vars(price).values() if isinstance(value, TieredPrices))
    return sorted({0, *(tier.start for prices in tiered for tier in prices.tiers)})


def _micro_usd(price: ModelPrice, usage: Usage) -> Decimal:
    return price.calc_price(usage)["total_price"] * 1_000_000
