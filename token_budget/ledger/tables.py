"""The tables of the ledger.

An *account* is a scope, or a scope in a period: its limits, and the sums of all that happened in it
and under it, so that no question about a scope ever scans rounds. A *reservation* holds an amount
in every account above it; a *round* is one request of it. What a reservation holds for a request
that was sent moves from its row to the round's.

Every entry is on the disk before its caller goes on, and each tree that it changes is a page more
for the disk. So rows lie in the tree of their key, which begins with the scope, no index stands for
the scope alone, and that of times leaves out rounds that have none. Books that an earlier release
made have other indexes; they are asked in the same way.

In every account, and for each kind of figure: spent + held + unknown <= limit. What was used above
what was held stands apart, as overrun.
"""

from __future__ import annotations

import sqlalchemy as sa

from token_budget.ledger.amounts import KINDS
from token_budget.ledger.usage import COUNTS
from token_budget.storage_tables import metadata

_Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Keys of scopes compare byte by byte."""

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _figures(prefix: str, *, nullable: bool = False) -> list[sa.Column[int]]:
    """A column of every kind of figure."""
    default = None if nullable else sa.text("0")
    return [
        sa.Column(f"{prefix}_{kind}", sa.BigInteger, nullable=nullable, server_default=default)
        for kind in KINDS
    ]


identity = sa.Table(
    "ledger_identity",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True),
    sa.Column("identity", sa.Text, nullable=False),
)
"""Which ledger this is; one row as soon as one was opened."""

account = sa.Table(
    "ledger_account",
    metadata,
    sa.Column("id", _Id, primary_key=True, autoincrement=True),
    sa.Column("scope", _Key, nullable=False),
    sa.Column("starts", sa.Double, nullable=False),
    sa.Column("ends", sa.Double, nullable=False),
    sa.Column("stopped", sa.Text),
    *_figures("limit", nullable=True),
    *_figures("spent"),
    *_figures("held"),
    *_figures("unknown"),
    *_figures("overrun"),
    sa.UniqueConstraint("scope", "starts", "ends"),
    *(sa.CheckConstraint(f"spent_{k} + held_{k} + unknown_{k} <= limit_{k}") for k in KINDS),
    *(sa.CheckConstraint(f"held_{k} >= 0 AND unknown_{k} >= 0") for k in KINDS),
)
"""The database itself refuses what would overspend."""

reservation = sa.Table(
    "ledger_reservation",
    metadata,
    sa.Column("scope", _Key, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("accounts", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("made_at", sa.Double, nullable=False),
    sa.Column("renewed_at", sa.Double, nullable=False),
    sa.Column("ttl", sa.Double, nullable=False),
    sa.Column("lease", sa.Text, nullable=False),
    sa.Column("last_change", sa.Text),
    *_figures("held"),
    sqlite_with_rowid=False,
)
"""``lease`` is open, released or expired; ``accounts`` are ids with commas between them."""

OPEN = reservation.c.lease == sa.literal_column("'open'")
"""Whether a lease holds; the value is part of the text, or SQLite could not use the index."""

sa.Index(
    "ledger_reservation_open",
    reservation.c.renewed_at,
    sqlite_where=OPEN,
    postgresql_where=OPEN,
)

round_ = sa.Table(
    "ledger_round",
    metadata,
    sa.Column("scope", _Key, primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("reservation", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sent_at", sa.Double),
    sa.Column("settled_at", sa.Double),
    sa.Column("model", sa.Text),
    sa.Column("provider", sa.Text),
    sa.Column("request_id", sa.Text),
    *(sa.Column(name, sa.BigInteger) for name in COUNTS),
    sa.Column("micro_usd", sa.BigInteger),
    sa.Column("price_source", sa.Text),
    sa.Column("estimated", sa.Boolean),
    sa.Column("late", sa.Boolean),
    sa.Column("note", sa.Text),
    *_figures("hold"),
    *_figures("spent"),
    *_figures("overrun"),
    sqlite_with_rowid=False,
)
"""``state`` is sent, unknown, settled or written off; ``micro_usd`` is null without a price."""

OWN_LEASE = sa.and_(reservation.c.scope == round_.c.scope, reservation.c.id == round_.c.reservation)
"""Whether a reservation is that of a round."""

UNSETTLED = round_.c.settled_at.is_(None)
"""Whether nobody has said what became of a round: it is sent or unknown."""

SETTLED = round_.c.settled_at.is_not(None)
"""Whether somebody has: it is settled or written off."""

sa.Index(
    "ledger_round_unsettled",
    round_.c.scope,
    sqlite_where=UNSETTLED,
    postgresql_where=UNSETTLED,
)

sa.Index(
    "ledger_round_settled",
    round_.c.settled_at,
    sqlite_where=SETTLED,
    postgresql_where=SETTLED,
)

MODEL_SUMS = ("rounds", "estimated", "late", "unpriced", *COUNTS, "micro_usd")
"""What is summed of each model in each account."""

model_sum = sa.Table(
    "ledger_model_sum",
    metadata,
    sa.Column("account", _Id, primary_key=True),
    sa.Column("model", sa.Text, primary_key=True),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in MODEL_SUMS),
    sqlite_with_rowid=False,
)

LEDGER_TABLES = (identity, account, reservation, round_, model_sum)
