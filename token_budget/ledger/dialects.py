"""What SQLAlchemy Core has no common, or no fast, form of: upserts, lists, texts written once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection, CursorResult

Change = sa.Insert | sa.Update
Statement = sa.Select[Any] | Change
Insert = postgresql.Insert | sqlite.Insert


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


def run(
    connection: Connection, statement: Statement, parameters: Mapping[str, Any]
) -> CursorResult[Any]:
    """Execute a statement that was built once, by the text that was written of it once.

    SQLAlchemy derives a key, looks for the text and orders the parameters at each execution, which
    takes longer than SQLite takes to run it. Values are handed to the driver as they are.
    """
    text, names = _written(statement, connection.dialect)
    given = parameters if names is None else tuple(parameters[name] for name in names)
    return connection.exec_driver_sql(text, given)


def run_all(
    connection: Connection, statements: tuple[Change, ...], parameters: Mapping[str, Any]
) -> None:
    """Execute changes of different tables; on a server as one statement, which is one to wait for.

    The parameters are those of all of them. None may need what another one changed.
    """
    if connection.dialect.name == "postgresql":
        run(connection, _joined(statements), parameters)
        return
    for statement in statements:
        run(connection, statement, parameters)


@lru_cache
def _joined(statements: tuple[Change, ...]) -> Change:
    """The last of some changes, with the others as its common table expressions."""
    *others, last = statements
    return last.add_cte(*(one.cte(f"change_{number}") for number, one in enumerate(others)))


@lru_cache
def _written(statement: Statement, dialect: sa.Dialect) -> tuple[str, Sequence[str] | None]:
    """The text of a statement, and the order of its parameters; None: they go by name."""
    compiled = statement.compile(dialect=dialect)
    return compiled.string, compiled.positiontup


def _insert(dialect: str, table: sa.Table) -> Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
