"""What tokens cost: prices by genai-prices, or by the user's configuration.

A price in US dollars for a million tokens is, figure for figure, one in millionths of a dollar for
a token; so rates here are exact decimals of that unit, and a cost is a whole number of it.
An unknown price is unknown, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from token_budget.errors import ConfigError
from token_budget.models import bare_model_id

if TYPE_CHECKING:
    from token_budget.config import Provider

WRITE_5M_FACTOR = Decimal("1.25")
"""A cache write that lives five minutes, in prices of plain input (Anthropic's price list)."""

WRITE_1H_FACTOR = Decimal(2)
"""A cache write that lives an hour, in prices of plain input (Anthropic's price list)."""

_OWN_NAMES = (
    "input_mtok",
    "output_mtok",
    "cache_read_mtok",
    "cache_write_5m_mtok",
    "cache_write_1h_mtok",
)
"""What a user may set of a model, in the order of `PriceTier`; the first two must be given."""

_PRICE = "US dollars for a million tokens, 0 or more"


@dataclass(frozen=True, slots=True)
class PriceTier:
    """Prices that hold for prompts of more than ``start`` tokens.

    Attributes:
        start: Tokens of the prompt, cached or not.
        input: Prompt tokens that no cache is involved in; like all rates here, in US dollars for a
            million tokens, which is millionths of a dollar for one.
        output: Tokens of the answer, thinking included.
        cache_read: Prompt tokens read from the cache.
        cache_write_5m: Prompt tokens written to the cache for five minutes.
        cache_write_1h: Prompt tokens written to the cache for an hour.
    """

    start: int
    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal


@dataclass(frozen=True, slots=True)
class PriceSheet:
    """The prices of one model on one provider.

    Attributes:
        model: The model id as it was asked for.
        provider: Who serves it.
        source: Where the prices come from, with its version, or why there are none.
        tiers: By rising start, the first at 0; empty: the prices are unknown.
    """

    model: str
    provider: str
    source: str
    tiers: tuple[PriceTier, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there are prices."""
        return bool(self.tiers)

    @property
    def tier_starts(self) -> tuple[int, ...]:
        """Prompt tokens above which every token of a request costs something else."""
        return tuple(tier.start for tier in self.tiers[1:])

    def tier(self, prompt: int) -> PriceTier | None:
        """The tier of a prompt of so many tokens, cached or not; None: unknown."""
        reached = [tier for tier in self.tiers if prompt > tier.start]
        return reached[-1] if reached else next(iter(self.tiers), None)

    def cost(
        self,
        input_tokens: int,
        output_tokens: int,
        *,
        cache_read: int = 0,
        cache_write_5m: int = 0,
        cache_write_1h: int = 0,
    ) -> int | None:
        """What a request costs: millionths of a US dollar, rounded up once; None: unknown.

        Args:
            input_tokens: Prompt tokens beside those read from or written to the cache, as in the
                ``usage`` of the Messages API.
            output_tokens: Tokens of the answer, thinking included.
            cache_read: Prompt tokens read from the cache.
            cache_write_5m: Prompt tokens written to the cache for five minutes.
            cache_write_1h: Prompt tokens written to the cache for an hour.

        Raises:
            ValueError: A count is negative.
        """
        counts = (input_tokens, output_tokens, cache_read, cache_write_5m, cache_write_1h)
        if min(counts) < 0:
            raise ValueError(f"expected token counts of 0 or more, found {counts}")
        tier = self.tier(sum(counts) - output_tokens)
        if tier is None:
            return None
        rates = (tier.input, tier.output, tier.cache_read, tier.cache_write_5m, tier.cache_write_1h)
        return math.ceil(sum(rate * count for rate, count in zip(rates, counts, strict=True)))

    def input_rate(self, prompt: int) -> float | None:
        """One more token in a prompt of so many: millionths of a US dollar; None: unknown."""
        tier = self.tier(prompt)
        return None if tier is None else float(tier.input)

    def output_rate(self, prompt: int) -> float | None:
        """One more token in the answer to such a prompt: millionths of a US dollar."""
        tier = self.tier(prompt)
        return None if tier is None else float(tier.output)


class PriceBook:
    """The prices of every model: a user's own, and else those of genai-prices."""

    def __init__(
        self, settings: Mapping[str, Mapping[str, Any]] | None = None, place: str = "prices"
    ) -> None:
        """Check a user's own prices; genai-prices is not loaded yet.

        Args:
            settings: By model id: ``input_mtok`` and ``output_mtok``, and if they are known
                ``cache_read_mtok``, ``cache_write_5m_mtok``, ``cache_write_1h_mtok``, in US
                dollars for a million tokens. Without them a cache read costs what plain input
                does, and a write 1.25 or 2 times that.
            place: What to call the settings in a message.

        Raises:
            ConfigError: A price is missing or wrong; the message names it.
        """
        self._own = {
            bare_model_id(model): _own_tier(prices, f"{place}.{model}")
            for model, prices in (settings or {}).items()
        }

    def sheet(self, model: str, provider: Provider = "anthropic") -> PriceSheet:
        """The prices of a model today.

        Raises:
            ConfigError: The provider is none of ours.
        """
        own = self._own.get(bare_model_id(model))
        if own is not None:
            return PriceSheet(model, provider, "the configuration", (own,))
        from token_budget.listed_prices import listed_sheet

        return listed_sheet(model, provider, datetime.now(UTC).date())


def price_version() -> str:
    """The version of genai-prices, whose data is part of its release."""
    return version("genai-prices")


def _own_tier(prices: object, place: str) -> PriceTier:
    """A user's own prices, which have no tiers."""
    if not isinstance(prices, Mapping):
        raise ConfigError("wrong value", place=place, value=prices, expected="a table of prices")
    for name in prices:
        if name not in _OWN_NAMES:
            expected = "one of " + ", ".join(_OWN_NAMES)
            raise ConfigError(
                "unknown price", place=f"{place}.{name}", value=name, expected=expected
            )
    plain = _own_price(prices, "input_mtok", place)
    output = _own_price(prices, "output_mtok", place)
    stand_ins = (plain, plain * WRITE_5M_FACTOR, plain * WRITE_1H_FACTOR)
    cached = (
        _own_price(prices, name, place) if name in prices else stand_in
        for name, stand_in in zip(_OWN_NAMES[2:], stand_ins, strict=True)
    )
    return PriceTier(0, plain, output, *cached)


def _own_price(prices: Mapping[str, object], name: str, place: str) -> Decimal:
    price = prices.get(name)
    if isinstance(price, int | float | Decimal) and not isinstance(price, bool):
        exact = Decimal(str(price))
        if exact.is_finite() and exact >= 0:
            return exact
    raise ConfigError("wrong value", place=f"{place}.{name}", value=price, expected=_PRICE)
