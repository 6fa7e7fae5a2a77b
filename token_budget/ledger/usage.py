"""What a round used, normalised once from what the Messages API reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from token_budget.errors import LedgerValueError
from token_budget.ledger.amounts import Amount
from token_budget.ledger.figures import whole

LARGEST_COUNT = 100_000_000
"""Tokens or requests of one kind in one round: a hundred times the largest context window. More is
taken for a damaged report, not for a usage."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a round used: tokens, and requests of server tools.

    Attributes:
        input: Prompt tokens that no cache is involved in.
        output: Tokens of the answer, thinking included.
        cache_write_5m: Prompt tokens written to the cache for five minutes.
        cache_write_1h: Prompt tokens written to the cache for an hour.
        cache_read: Prompt tokens read from the cache.
        thinking: Those tokens of the answer that were thinking, where they are reported.
        web_searches: Searches that the provider ran.
        web_fetches: Pages that the provider fetched.
    """

    input: int
    output: int
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    cache_read: int = 0
    thinking: int = 0
    web_searches: int = 0
    web_fetches: int = 0

    def __post_init__(self) -> None:
        """Refuse figures that cannot be true."""
        for name, value in self.counts().items():
            whole(value, f"usage.{name}", LARGEST_COUNT)
        if self.thinking > self.output:
            expected = f"at most the {self.output:,} tokens of the answer it is a part of"
            raise LedgerValueError("usage.thinking", self.thinking, expected)

    @property
    def total_input(self) -> int:
        """Tokens of the prompt, cached or not."""
        return self.input + self.cache_write_5m + self.cache_write_1h + self.cache_read

    @property
    def total(self) -> int:
        """Tokens of the prompt and the answer."""
        return self.total_input + self.output

    def counts(self) -> dict[str, int]:
        """Every figure by its name."""
        return dict(zip(COUNTS, _figures(self), strict=True))

    def amount(self, micro_usd: int) -> Amount:
        """What the round takes from limits, given what it cost."""
        return Amount(self.output, self.total, micro_usd, calls=1)

    @classmethod
    def of(cls, reported: object) -> Usage:
        """The usage in a response's ``usage``.

        Args:
            reported: The SDK's object, the same as a mapping, or a usage. Without the breakdown by
                time to live, cache writes count as the API's default of five minutes.

        Raises:
            LedgerValueError: A figure is missing, no count, or contradicts another; the message
                names it.
        """
        if isinstance(reported, Usage):
            return reported
        tools = _part(reported, "server_tool_use")
        short, long = _cache_writes(reported)
        return cls(
            input=_required(reported, "input_tokens"),
            output=_required(reported, "output_tokens"),
            cache_write_5m=short,
            cache_write_1h=long,
            cache_read=_count(reported, "cache_read_input_tokens"),
            thinking=_count(_part(reported, "output_tokens_details"), "thinking_tokens"),
            web_searches=_count(tools, "web_search_requests"),
            web_fetches=_count(tools, "web_fetch_requests"),
        )


COUNTS = tuple(Usage.__dataclass_fields__)
"""The figures of a usage, in their order."""

_figures = attrgetter(*COUNTS)


def _part(reported: object, name: str) -> Any:  # noqa: ANN401 - whatever the SDK or a caller has
    """A field of an object or a mapping; None if it is not there."""
    if isinstance(reported, Mapping):
        return reported.get(name)
    return getattr(reported, name, None)


def _count(reported: object, name: str) -> int:
    """A count that may be missing, which means 0."""
    value = _part(reported, name)
    return 0 if value is None else whole(value, f"usage.{name}", LARGEST_COUNT)


def _required(reported: object, name: str) -> int:
    value = _part(reported, name)
    if value is None:
        raise LedgerValueError(f"usage.{name}", reported, "a usage that has it")
    return whole(value, f"usage.{name}", LARGEST_COUNT)


def _cache_writes(reported: object) -> tuple[int, int]:
    """Cache writes for five minutes and for an hour, checked against their sum."""
    written = _count(reported, "cache_creation_input_tokens")
    parts = _part(reported, "cache_creation")
    if parts is None:
        return written, 0
    short = _count(parts, "ephemeral_5m_input_tokens")
    long = _count(parts, "ephemeral_1h_input_tokens")
    if _part(reported, "cache_creation_input_tokens") not in (None, short + long):
        place = "usage.cache_creation_input_tokens"
        raise LedgerValueError(place, written, f"{short + long:,}, the sum of its parts")
    return short, long
