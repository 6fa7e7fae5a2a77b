"""The one way to debit: a round is settled once, with what it really used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.errors import LedgerConflict, LedgerError
from token_budget.ledger.accounts import left_of, locked, move
from token_budget.ledger.amounts import KINDS, NOTHING, Amount
from token_budget.ledger.dialects import insert_or_add
from token_budget.ledger.leases import accounts_of, lease, renew
from token_budget.ledger.records import Round, shown_round
from token_budget.ledger.scopes import scope_of
from token_budget.ledger.sending import one_call
from token_budget.ledger.stopping import stop_overrun
from token_budget.ledger.tables import model_sum, round_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection, Row

    from token_budget.ledger.usage import Usage

_OWN = (round_.c.scope == sa.bindparam("key"), round_.c.round == sa.bindparam("number"))
_INSERT = sa.insert(round_)
_UPDATE = sa.update(round_).where(*_OWN)
_FIND = sa.select(round_).where(*_OWN)


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


def settle(connection: Connection, key: str, debit: Debit, now: float) -> tuple[Round, bool]:
    """Enter what a round used, in place of what was held for it.

    Returns:
        The round as it stands in the books, and whether it was entered now: not if it stood there.

    Raises:
        LedgerConflict: It was settled with other figures.
        LedgerError: Nobody made the reservation.
    """
    row = lease(connection, key, debit.number)
    if row is None:
        raise LedgerError(key, "there is no such reservation")
    if row.round_state == "settled":
        return _settled_before(connection, row, debit), False
    if row.round_reservation not in (None, key):
        return settle(connection, row.round_reservation, debit, now)
    entered = _enter(connection, row, debit, now)
    return entered, True


def find_round(connection: Connection, key: str, number: int) -> Round | None:
    """The round of a scope; None: it was never sent nor settled."""
    row = connection.execute(_FIND, {"key": key, "number": number}).first()
    return None if row is None else Round.from_row(row)


def _settled_before(connection: Connection, row: Row[Any], debit: Debit) -> Round:
    known = find_round(connection, row.scope, debit.number)
    if known is None or (known.usage, known.model) != (debit.usage, debit.model):
        place = shown_round(scope_of(row.scope), debit.number)
        found = None if known is None else f"{known.usage} of {known.model}"
        raise LedgerConflict(
            place, f"it was settled with other figures: {found}, not {debit.usage} of {debit.model}"
        )
    return known


def _enter(connection: Connection, row: Row[Any], debit: Debit, now: float) -> Round:
    rows = locked(connection, accounts_of(row))
    hold = _hold_of(row)
    micro_usd = hold.micro_usd if debit.micro_usd is None else debit.micro_usd
    spent, overrun = split(debit.usage.amount(micro_usd), hold, rows)
    unknown = row.round_state == "unknown"
    late = row.lease != "open"
    move(
        connection,
        [one.id for one in rows],
        free=NOTHING if unknown else hold,
        known=hold if unknown else NOTHING,
        spent=spent,
        overrun=overrun,
    )
    if overrun and not late:
        stop_overrun(connection, row.scope, [one.id for one in rows], debit.number)
    if row.round_state is None and hold:
        renew(connection, row, Amount.from_row(row, "held").less(hold), now)
    _count(connection, rows, debit, micro_usd, late=late)
    entered = Round(
        scope=scope_of(row.scope),
        round=debit.number,
        reservation=row.id,
        state="settled",
        held=hold,
        spent=spent,
        overrun=overrun,
        usage=debit.usage,
        **debit.attributes(),
        late=late,
        sent_at=row.sent_at,
        settled_at=now,
    )
    _write(connection, entered, known=row.round_state is not None)
    return entered


def _hold_of(row: Row[Any]) -> Amount:
    """What is held for a round; if it was not announced, all that its lease holds unsent."""
    if row.round_state in ("sent", "unknown"):
        return Amount.from_row(row, "hold")
    if row.round_state == "written off":
        return NOTHING
    pool = Amount.from_row(row, "held")
    return one_call(pool) if pool.calls else pool


def split(used: Amount, hold: Amount, rows: Sequence[Row[Any]]) -> tuple[Amount, Amount]:
    """What was used, as what is debited and what overran.

    Of what was held, no more than that is debited. Of what nothing was held of, because it was not
    limited or because the hold was given back, all is debited if there is room for it everywhere.

    Args:
        used: What was used.
        hold: What was held for it.
        rows: The accounts that it counts in, locked.
    """
    unheld = used.only(hold, where_zero=True)
    fitting = Amount(
        **{
            kind: value
            for kind in KINDS
            if (value := getattr(unheld, kind)) and all(_has_room(row, kind, value) for row in rows)
        }
    )
    spent = used.at_most(hold) + fitting
    return spent, used.less(spent)


def _has_room(row: Row[Any], kind: str, value: int) -> bool:
    left = left_of(row, kind)
    return left is None or value <= left


def _count(
    connection: Connection,
    rows: Sequence[Row[Any]],
    debit: Debit,
    micro_usd: int,
    *,
    late: bool,
) -> None:
    """Add the round to the sums of its model, in every account."""
    marks = {
        "rounds": 1,
        "estimated": int(debit.estimated),
        "late": int(late),
        "unpriced": int(debit.micro_usd is None),
    }
    sums = {"model": debit.model, **marks, **debit.usage.counts(), "micro_usd": micro_usd}
    upsert = insert_or_add(connection.dialect.name, model_sum)
    connection.execute(upsert, [{"account": row.id, **sums} for row in rows])


def _write(connection: Connection, entered: Round, *, known: bool) -> None:
    columns = entered.columns()
    if not known:
        connection.execute(_INSERT, columns)
        return
    own = {"key": columns.pop("scope"), "number": columns.pop("round")}
    connection.execute(_UPDATE, {**own, **columns})
