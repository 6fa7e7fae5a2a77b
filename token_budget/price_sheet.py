"""The prices of one model: tiers by the length of the prompt, and what a request costs.

A price in US dollars for a million tokens is, figure for figure, one in millionths of a dollar for
a token; so rates here are exact decimals of that unit, and a cost is a whole number of it.
An unknown price is unknown, never 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


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
        web_search: One search that the provider ran, in millionths of a US dollar; None: unknown.
    """

    model: str
    provider: str
    source: str
    tiers: tuple[PriceTier, ...] = ()
    web_search: Decimal | None = None

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

    def cost(  # noqa: PLR0913 - one count a kind
        self,
        input_tokens: int,
        output_tokens: int,
        *,
        cache_read: int = 0,
        cache_write_5m: int = 0,
        cache_write_1h: int = 0,
        web_searches: int = 0,
    ) -> int | None:
        """What a request costs: millionths of a US dollar, rounded up once; None: unknown.

        Pages that the provider fetched cost nothing but the tokens that they are.

        Args:
            input_tokens: Prompt tokens beside those read from or written to the cache, as in the
                ``usage`` of the Messages API.
            output_tokens: Tokens of the answer, thinking included.
            cache_read: Prompt tokens read from the cache.
            cache_write_5m: Prompt tokens written to the cache for five minutes.
            cache_write_1h: Prompt tokens written to the cache for an hour.
            web_searches: Searches that the provider ran; without a price for one, what they cost
                is unknown, and so is the whole.

        Raises:
            ValueError: A count is negative.
        """
        counts = (input_tokens, output_tokens, cache_read, cache_write_5m, cache_write_1h)
        if min(*counts, web_searches) < 0:
            found = (*counts, web_searches)
            raise ValueError(f"expected token counts of 0 or more, found {found}")
        tier = self.tier(sum(counts) - output_tokens)
        if tier is None or (web_searches and self.web_search is None):
            return None
        rates = (tier.input, tier.output, tier.cache_read, tier.cache_write_5m, tier.cache_write_1h)
        tokens = sum(rate * count for rate, count in zip(rates, counts, strict=True))
        return math.ceil(tokens + web_searches * (self.web_search or 0))

    def source_of(self, web_searches: int) -> str:
        """Where the price of a request comes from; or what of it has none."""
        if self.known and web_searches and self.web_search is None:
            return f"{self.source} has no price for web searches"
        return self.source

    def input_rate(self, prompt: int) -> float | None:
        """One more token in a prompt of so many: millionths of a US dollar; None: unknown."""
        tier = self.tier(prompt)
        return None if tier is None else float(tier.input)

    def output_rate(self, prompt: int) -> float | None:
        """One more token in the answer to such a prompt: millionths of a US dollar."""
        tier = self.tier(prompt)
        return None if tier is None else float(tier.output)


def price_version() -> str:
    """The version of genai-prices, whose data is part of its release."""
    return version("genai-prices")
