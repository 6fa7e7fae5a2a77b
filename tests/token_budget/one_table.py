"""Rows of the simplest table, to see what became of a transaction."""

from __future__ import annotations

import sqlalchemy as sa

from token_budget.storage_tables import mined_commit


def insert(database, commit):
    with database.writing() as connection:
        row = {"repository": "r", "commit": commit, "body": "{}"}
        connection.execute(sa.insert(mined_commit), row)


def commits(database):
    with database.reading() as connection:
        return connection.scalars(sa.select(mined_commit.c.commit)).all()


POSITION = {
    which: sa.text(f"SELECT pg_current_wal_{which}_lsn() - '0/0'") for which in ("insert", "flush")
}
"""How far the server's log is written, and on its disk."""


def position(database, which):
    with database.reading() as connection:
        return connection.scalar(POSITION[which])
