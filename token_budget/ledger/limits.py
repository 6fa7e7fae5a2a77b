"""Limits of a scope, for good or for a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from token_budget.errors import LedgerValueError
from token_budget.ledger.amounts import KINDS
from token_budget.ledger.figures import whole

FIRST_MOMENT, LAST_MOMENT = 0.0, 1e12
"""What stands in the database for no start and no end, in seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a scope may use; None stands for no limit.

    A limit with a period counts the attempts whose reservation was made within it, whenever their
    rounds end. Times are UTC; a day is a day of UTC.

    Attributes:
        output_tokens: Tokens of answers, thinking included.
        total_tokens: Tokens of prompts and answers.
        micro_usd: Millionths of a US dollar.
        calls: Requests.
        starts: The first moment of the period, with a time zone; None: it has always begun.
        ends: The first moment after the period, with a time zone; None: it never ends.
    """

    output_tokens: int | None = None
    total_tokens: int | None = None
    micro_usd: int | None = None
    calls: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what is no limit or no period."""
        for kind in KINDS:
            if (value := getattr(self, kind)) is not None:
                whole(value, f"limit.{kind}")
        for name in ("starts", "ends"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise LedgerValueError(f"limit.{name}", moment, "a moment with a time zone")
        if self.period[0] >= self.period[1]:
            raise LedgerValueError("limit.ends", self.ends, f"a moment after {self.starts}")

    @classmethod
    def daily(cls, day: date, **limits: int) -> Limit:
        """The limits of one day of UTC."""
        starts = datetime.combine(day, time(), UTC)
        return cls(**limits, starts=starts, ends=starts + timedelta(days=1))

    @property
    def period(self) -> tuple[float, float]:
        """The first moment and the first one after, in seconds since 1970."""
        starts = FIRST_MOMENT if self.starts is None else self.starts.timestamp()
        ends = LAST_MOMENT if self.ends is None else self.ends.timestamp()
        return starts, ends

    @property
    def unlimited(self) -> bool:
        """Whether it limits nothing."""
        return all(getattr(self, kind) is None for kind in KINDS)

    def columns(self) -> dict[str, int | None]:
        """The limits as columns."""
        return {f"limit_{kind}": getattr(self, kind) for kind in KINDS}

    @classmethod
    def from_row(cls, row: Any) -> Limit:  # noqa: ANN401 - rows are typed at run time
        """The limit of an account's row."""
        limits = {kind: row._mapping[f"limit_{kind}"] for kind in KINDS}
        starts, ends = period_of(row)
        return cls(**limits, starts=starts, ends=ends)


def period_of(row: Any) -> tuple[datetime | None, datetime | None]:  # noqa: ANN401 - as above
    """Start and end of an account's period; None: there is none."""
    starts = None if row.starts <= FIRST_MOMENT else datetime.fromtimestamp(row.starts, UTC)
    ends = None if row.ends >= LAST_MOMENT else datetime.fromtimestamp(row.ends, UTC)
    return starts, ends
