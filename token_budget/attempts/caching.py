"""Whether the prompt of a round is worth keeping in the provider's cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from continuation.caching import CachePrices, NextRound, breakpoint_life

if TYPE_CHECKING:
    from continuation.caching import Life
    from estimators.distribution import Distribution
    from token_budget.planning import Situation
    from token_budget.price_sheet import PriceTier

HALVINGS = 30
"""Steps of the search for a probability: to a billionth."""


@dataclass(frozen=True, slots=True)
class RoundOutlook:
    """What is known of a round when it is sent.

    Attributes:
        prompt: Tokens of its prompt.
        cached: How many of these an earlier round has put into the cache.
        written: Output tokens of the rounds before it.
        ceiling: What it is sent with.
    """

    prompt: int
    cached: int
    written: int
    ceiling: int


def cache_life(now: Situation, outlook: RoundOutlook) -> Life | None:
    """How long the prompt should live in the cache; None: that does not pay, or no price is known.

    Another round follows if the answer is longer than the ceilings so far, given that it is longer
    than what was written.
    """
    tier = now.prices.tier(outlook.prompt)
    if tier is None:
        return None
    total = now.estimate.total
    longer = exceeded(total, outlook.written + outlook.ceiling)
    chance = longer / max(exceeded(total, outlook.written), longer, 1e-9)
    following = NextRound(chance, outlook.ceiling)
    minimum = now.limits.minimum_cacheable
    return breakpoint_life(outlook.prompt, outlook.cached, following, _prices(tier), minimum)


def exceeded(distribution: Distribution, tokens: float) -> float:
    """The probability that more than so many tokens are taken, from its quantiles."""
    low, high = 0.05, 0.999
    if tokens < distribution.quantile(low):
        return 1.0
    if tokens >= distribution.quantile(high):
        return 1.0 - high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if distribution.quantile(middle) <= tokens:
            low = middle
        else:
            high = middle
    return 1.0 - low


def _prices(tier: PriceTier) -> CachePrices:
    return CachePrices(
        input=float(tier.input),
        read=float(tier.cache_read),
        write_5m=float(tier.cache_write_5m),
        write_1h=float(tier.cache_write_1h),
    )
