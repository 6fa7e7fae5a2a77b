"""What the books say, as values: rounds, and the statement of a scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from token_budget.ledger.amounts import NOTHING, Amount
from token_budget.ledger.scopes import key_of, scope_of, shown_scope
from token_budget.ledger.usage import COUNTS, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Row

    from token_budget.ledger.limits import Limit
    from token_budget.remaining import ScopePath

RoundState = Literal["sent", "unknown", "settled", "written off"]


@dataclass(frozen=True, slots=True)
class Round:
    """One request of an attempt.

    Attributes:
        scope: The attempt.
        round: Its number in the attempt.
        reservation: The id of the reservation that held for it.
        state: ``sent``: under a live lease; ``unknown``: sent, the lease ended, and nobody said
            what was used; ``settled``; ``written off``: nobody ever will.
        held: What was held for it when it was sent.
        spent: What was debited, within what was held or what was left.
        overrun: What was used beyond that; counted apart.
        usage: What was used; None: not known.
        model: Who answered.
        provider: Who served it.
        request_id: The API's name for the request.
        micro_usd: What it cost, in millionths of a US dollar; None: not settled, or no price is
            known, and then what was held of money was debited.
        price_source: Where the price comes from, with its version.
        estimated: The usage is no report of the API: the answer broke off.
        late: It was settled after the lease had ended.
        sent_at: In seconds since 1970; None: it was settled without having been announced.
        settled_at: In seconds since 1970; None: not settled and not written off.
        note: Why it was written off.
    """

    scope: ScopePath
    round: int
    reservation: str
    state: RoundState
    held: Amount = NOTHING
    spent: Amount = NOTHING
    overrun: Amount = NOTHING
    usage: Usage | None = None
    model: str | None = None
    provider: str | None = None
    request_id: str | None = None
    micro_usd: int | None = None
    price_source: str | None = None
    estimated: bool = False
    late: bool = False
    sent_at: float | None = None
    settled_at: float | None = None
    note: str | None = None

    @classmethod
    def from_row(cls, row: Row[Any]) -> Round:
        """The round of a row of the table."""
        figures = row._mapping
        usage = None if row.input is None else Usage(*(figures[name] for name in COUNTS))
        return cls(
            scope=scope_of(row.scope),
            round=row.round,
            reservation=row.reservation,
            state=row.state,
            held=Amount.from_row(row, "hold"),
            spent=Amount.from_row(row, "spent"),
            overrun=Amount.from_row(row, "overrun"),
            usage=usage,
            **{name: figures[name] for name in _SAME},
            estimated=bool(row.estimated),
            late=bool(row.late),
        )

    def columns(self) -> dict[str, Any]:
        """The columns of its row."""
        own = {name: getattr(self, name) for name in (*_SAME, *_PLAIN)}
        amounts = {
            **self.held.named("hold"),
            **self.spent.named("spent"),
            **self.overrun.named("overrun"),
        }
        usage = {} if self.usage is None else self.usage.counts()
        return {"scope": key_of(self.scope), **own, **amounts, **usage}

    @property
    def shown(self) -> str:
        """What a message calls it."""
        return shown_round(self.scope, self.round)


_SAME = ("model", "provider", "request_id", "micro_usd", "price_source", "sent_at", "settled_at",
         "note")  # fmt: skip
"""Fields that are columns of the same name and type."""


_PLAIN = ("round", "reservation", "state", "estimated", "late")


def shown_round(scope: ScopePath, number: int) -> str:
    """What a message calls a round."""
    return f"{shown_scope(scope)} round {number}"


@dataclass(frozen=True, slots=True)
class Statement:
    """All that happened in a scope and under it.

    Attributes:
        scope: The scope.
        spent: What was debited within what was held.
        held: What is held by live leases, and by ended ones that nobody has reclaimed yet.
        unknown: What is held for rounds that were sent and never settled.
        overrun: What was used beyond what was held; in no other figure here.
        limits: The limits of the scope itself, for good and for periods, each with its figures.
        by_model: Sums of each model: rounds, estimated, late, unpriced, the counts of `Usage`, and
            money in millionths of a US dollar.
        stopped: Why the scope refuses reservations; None: it does not.
    """

    scope: ScopePath
    spent: Amount = NOTHING
    held: Amount = NOTHING
    unknown: Amount = NOTHING
    overrun: Amount = NOTHING
    limits: tuple[LimitState, ...] = ()
    by_model: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    stopped: str | None = None

    @property
    def by_kind(self) -> Mapping[str, int]:
        """The sums over all models."""
        sums = list(self.by_model.values())
        return {name: sum(one[name] for one in sums) for name in (sums[0] if sums else {})}


@dataclass(frozen=True, slots=True)
class LimitState:
    """A limit of a scope, and what counts against it.

    Attributes:
        limit: The limit.
        spent: What was debited within what was held.
        held: What is held.
        unknown: What is held for rounds that were sent and never settled.
        overrun: What was used beyond what was held.
        stopped: Why nothing can be reserved; None: it can.
    """

    limit: Limit
    spent: Amount
    held: Amount
    unknown: Amount
    overrun: Amount
    stopped: str | None
