"""Leases: how reservations hold, how they end, and what the clock has to do with it.

The rule of the clock: a lease ends ``ttl`` seconds after it was last renewed. If a clock was set
back, a lease can have been renewed in the future; nobody can tell how old such a lease is, so
whoever looks for expired ones dates it to now, once. It then ends ``ttl`` seconds later: not early,
and not never. Clocks of several machines may differ by `CLOCK_SLACK_SECONDS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.errors import LedgerValueError
from token_budget.ledger.amounts import NOTHING, Amount
from token_budget.ledger.dialects import first, run
from token_budget.ledger.movements import move
from token_budget.ledger.tables import OPEN, UNSETTLED, reservation, round_
from token_budget.storage_driver import committing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection, Row

CLOCK_SLACK_SECONDS = 5.0
"""A lease renewed at most this far in the future is one of a machine whose clock is fast."""

LONGEST_TTL_SECONDS = 7 * 86_400.0
"""A lease that nobody renews for a week is forgotten."""

LeaseKey = tuple[str, str]
"""What a reservation is found by: the key of its scope, and its id."""

_OWN = (reservation.c.scope == sa.bindparam("scope"), reservation.c.id == sa.bindparam("id"))

_JOINED = (
    sa.select(
        reservation,
        round_.c.reservation.label("round_reservation"),
        round_.c.state.label("round_state"),
        round_.c.sent_at,
        *(column for column in round_.c if column.name.startswith("hold_")),
    )
    .outerjoin(
        round_,
        sa.and_(round_.c.scope == reservation.c.scope, round_.c.round == sa.bindparam("number")),
    )
    .where(*_OWN)
    .with_for_update(of=reservation)
)

_RENEW = (
    sa.update(reservation)
    .where(*_OWN)
    .values(
        renewed_at=sa.bindparam("now"),
        last_change=sa.bindparam("change"),
        **{name: sa.bindparam(f"to_{name}") for name in NOTHING.named("held")},
    )
)


def check_ttl(ttl: float) -> None:
    """Refuse what is no length of a lease.

    Raises:
        LedgerValueError: It is not above 0, or longer than `LONGEST_TTL_SECONDS`.
    """
    if not 0 < ttl <= LONGEST_TTL_SECONDS:
        raise LedgerValueError("ttl", ttl, f"seconds above 0, at most {LONGEST_TTL_SECONDS:,.0f}")


def lease(connection: Connection, key: LeaseKey, number: int = -1) -> Any | None:  # noqa: ANN401
    """A reservation, locked, with its round of that number where there is one; None: unknown."""
    return first(connection, _JOINED, {**_named(key), "number": number})


def pool(connection: Connection, key: LeaseKey) -> Amount:
    """What a reservation holds and was not sent; nothing is locked."""
    row = connection.execute(sa.select(reservation).where(*_OWN), _named(key)).first()
    return NOTHING if row is None else Amount.from_row(row, "held")


def accounts_of(row: Row[Any]) -> list[int]:
    """The accounts that a reservation holds in."""
    return [int(one) for one in row.accounts.split(",")]


def renew(
    connection: Connection, row: Row[Any], held: Amount, now: float, change: str | None = None
) -> None:
    """Write what an open lease holds unsent, and that its owner is alive."""
    values = {f"to_{name}": value for name, value in held.named("held").items()}
    last = change or row.last_change
    own = _named((row.scope, row.id))
    run(connection, _RENEW, {**own, "now": now, "change": last, **values})


def _named(key: LeaseKey) -> dict[str, str]:
    return {"scope": key[0], "id": key[1]}


def end_lease(connection: Connection, row: Row[Any], how: str) -> None:
    """Give back what was held and not sent; what was sent and not settled becomes unknown.

    It commits.
    """
    mine = (round_.c.reservation == row.id, round_.c.state == "sent")
    own = (UNSETTLED, round_.c.scope == row.scope, *mine)
    sent = NOTHING
    for one in connection.execute(sa.select(round_).where(*own)):
        sent += Amount.from_row(one, "hold")
    free = sent + Amount.from_row(row, "held")
    if sent:
        connection.execute(sa.update(round_).where(*own).values(state="unknown"))
    ended = {"lease": how, **NOTHING.named("held")}
    lease_of_row = (reservation.c.scope == row.scope, reservation.c.id == row.id)
    connection.execute(sa.update(reservation).where(*lease_of_row).values(ended))
    with committing(connection):
        move(connection, accounts_of(row), free=free, unknown=sent)


def expired(now: float) -> sa.ColumnElement[bool]:
    """Whether a lease has ended and nobody has reclaimed it."""
    ended = reservation.c.renewed_at + reservation.c.ttl <= now
    return sa.and_(OPEN, ended)


def expired_keys(connection: Connection, now: float) -> Sequence[LeaseKey]:
    """The open leases that ended, or that seem to come from the future; nothing is locked."""
    future = reservation.c.renewed_at > now + CLOCK_SLACK_SECONDS
    due = sa.or_(expired(now), sa.and_(OPEN, future))
    query = sa.select(reservation.c.scope, reservation.c.id).where(due)
    found = connection.execute(query.order_by(reservation.c.renewed_at))
    return [(scope, key) for scope, key in found]


def reclaim_one(connection: Connection, key: LeaseKey, now: float) -> bool:
    """End a lease if it has expired; exactly one caller is told True."""
    row = lease(connection, key)
    if row is None or row.lease != "open":
        return False
    if row.renewed_at > now + CLOCK_SLACK_SECONDS:
        renew(connection, row, Amount.from_row(row, "held"), now)
        return False
    if row.renewed_at + row.ttl > now:
        return False
    end_lease(connection, row, "expired")
    return True
