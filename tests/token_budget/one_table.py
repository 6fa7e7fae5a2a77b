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
