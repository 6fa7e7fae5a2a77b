"""The one statement that SQLAlchemy Core has no common form of: an insert that may meet a row."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

Insert = postgresql.Insert | sqlite.Insert

COUNTED = {"preserve_rowcount": True}
"""Options of an execution that tells how many rows were inserted, as none does by itself."""


def insert_into(connection: Connection, table: sa.Table) -> Insert:
    """An insert with ``on_conflict_…``, in the dialect of the connection."""
    return _insert(connection.dialect.name, table)


@lru_cache
def insert_if_absent(dialect: str, table: sa.Table) -> Insert:
    """An insert that does nothing where the row, by any of its keys, is there already."""
    return _insert(dialect, table).on_conflict_do_nothing()


@lru_cache
def insert_or_add(dialect: str, table: sa.Table) -> Insert:
    """An insert that, where the row is there already, adds every figure that is no key to it."""
    insert = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    figures = [column for column in table.c if column.name not in keys]
    added = {column.name: column + insert.excluded[column.name] for column in figures}
    return insert.on_conflict_do_update(index_elements=keys, set_=added)


def _insert(dialect: str, table: sa.Table) -> Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
