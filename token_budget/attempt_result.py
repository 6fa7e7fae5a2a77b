"""What became of an attempt, as one value."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from token_budget.ledger.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ndjson import FileOperation
    from token_budget.telemetry.records import PhaseOutcome, RoundRecord


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What became of an attempt.

    Attributes:
        outcome: ``complete``; ``incomplete``: what came is kept and can be gone on with; or
            ``failed``: nothing of it is used.
        reason: Why, in a sentence.
        error: What ended it; None: it is complete.
        operations: The whole operations of an answer in NDJSON or whole files, to be applied only
            if the outcome is ``complete``.
        text: The answer in its format.
        proven: Whether every seam between its rounds was proved by the format.
        missing: What it lacks, in words.
        warnings: What a person should know.
        rounds: What was sent and came, in order.
        usage: Of all rounds together: tokens.
        micro_usd: What they cost: millionths of a US dollar; None: a price is not known.
    """

    outcome: PhaseOutcome
    reason: str
    error: BaseException | None
    operations: tuple[FileOperation, ...]
    text: str
    proven: bool
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    rounds: tuple[RoundRecord, ...]
    usage: Usage
    micro_usd: int | None


def total_usage(usages: Iterable[Usage]) -> Usage:
    """The sum of what rounds used."""
    listed = list(usages)
    names = [field.name for field in fields(Usage)]
    return Usage(**{name: sum(getattr(one, name) for one in listed) for name in names})


def total_cost(costs: Iterable[int | None]) -> int | None:
    """The sum of what rounds cost; None where one is not known."""
    listed = list(costs)
    known = [one for one in listed if one is not None]
    return sum(known) if len(known) == len(listed) else None
