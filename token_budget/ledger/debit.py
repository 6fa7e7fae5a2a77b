"""What is to be entered for a round: what was used, of which model, and at which price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from token_budget.ledger.usage import Usage


@dataclass(frozen=True, slots=True)
class Debit:
    """What is to be entered for a round.

    Attributes:
        number: The round.
        usage: What was used.
        model: Who answered.
        provider: Who served it.
        micro_usd: What it cost; None: no price is known.
        price_source: Where the price comes from.
        request_id: The API's name for the request.
        estimated: Whether the usage is no report of the API.
    """

    number: int
    usage: Usage
    model: str
    provider: str
    micro_usd: int | None
    price_source: str
    request_id: str | None
    estimated: bool

    def attributes(self) -> dict[str, Any]:
        """Those that a round has by the same names."""
        return {name: getattr(self, name) for name in _OF_ROUND}


_OF_ROUND = ("model", "provider", "micro_usd", "price_source", "request_id", "estimated")
