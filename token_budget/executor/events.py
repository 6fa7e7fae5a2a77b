"""What a phase tells whoever watches it, while it is carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ndjson import FileOperation
    from token_budget.attempts.facts import OpenRound
    from token_budget.context.selected import ContextSelection
    from token_budget.plan import BudgetPlan
    from token_budget.telemetry.records import RoundRecord


@dataclass(frozen=True, slots=True)
class Planned:
    """The phase begins: its room is held.

    Attributes:
        plan: What was planned.
        context: What of the workspace the model is shown; None: nothing was chosen in this call.
    """

    plan: BudgetPlan
    context: ContextSelection | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A request goes out."""

    round: OpenRound


@dataclass(frozen=True, slots=True)
class Arrived:
    """Text came.

    Attributes:
        text: This piece of it.
        operations: Whole operations that it completed.
    """

    text: str
    operations: tuple[FileOperation, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A round is in the books.

    Attributes:
        record: What became of it.
        micro_usd: What the attempt cost so far: millionths of a US dollar; None: not known.
    """

    record: RoundRecord
    micro_usd: int | None


Event = Planned | Sent | Arrived | Settled

Watch = Callable[[Event], None]


def nobody(_: Event) -> None:
    """Watches nothing."""
