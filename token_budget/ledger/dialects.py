"""Of what SQLAlchemy Core has no common, or no fast, form: an insert that meets a row; a list."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def among(column: sa.ColumnElement[Any], name: str, count: int) -> sa.ColumnElement[bool]:
    """Whether a column is one of so many parameters, as `numbered` names them.

    Statements with it are built once for each count: an expanding parameter is written into the
    text of its statement each time, which takes longer than SQLite takes to run it.
    """
    return column.in_([sa.bindparam(f"{name}_{number}") for number in range(count)])


def numbered(name: str, values: Sequence[Any]) -> dict[str, Any]:
    """The parameters of `among`."""
    return {f"{name}_{number}": value for number, value in enumerate(values)}


def _insert(dialect: str, table: sa.Table) -> Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
