"""What SQLAlchemy Core has no common, or no fast, form of: upserts, lists, texts written once."""

from __future__ import annotations

from collections import namedtuple
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from token_budget.storage_driver import driver_dialect, execute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql.dml import ReturningUpdate

    from token_budget.storage_entries import DriverTransaction

    Transaction = Connection | DriverTransaction
    Rows = sa.Select[Any] | ReturningUpdate[Any]

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


def insert_or_change(
    dialect: str, table: sa.Table, change: Mapping[str, sa.ColumnElement[Any]]
) -> Insert:
    """An insert that, where the row is there already, changes it."""
    keys = [column.name for column in table.primary_key]
    return _insert(dialect, table).on_conflict_do_update(index_elements=keys, set_=change)


def among(column: sa.ColumnElement[Any], name: str, count: int) -> sa.ColumnElement[bool]:
    """Whether a column is one of so many parameters, as `numbered` names them.

    Statements with it are built once for each count: an expanding parameter is written into the
    text of its statement each time, which takes longer than SQLite takes to run it.
    """
    return column.in_([sa.bindparam(f"{name}_{number}") for number in range(count)])


def numbered(name: str, values: Sequence[Any]) -> dict[str, Any]:
    """The parameters of `among`."""
    return {f"{name}_{number}": value for number, value in enumerate(values)}


def run(connection: Transaction, statement: Statement, parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Execute a statement that was built once, by the text that was written of it once.

    SQLAlchemy derives a key, looks for the text and orders the parameters at each execution, which
    takes longer than SQLite takes to run it. Values are handed to the driver as they are.

    Returns:
        The driver's cursor; what it has at which moment is said by `execute`.
    """
    text, ordered = _written(statement, connection.dialect)
    return execute(connection, text, ordered(parameters))


def first(connection: Transaction, query: Rows, parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """The first row of a statement, its columns as attributes; None: there is none."""
    row = run(connection, query, parameters).fetchone()
    return None if row is None else _named_row(query)(*row)


def run_all(
    connection: Transaction, statements: tuple[Change, ...], parameters: Mapping[str, Any]
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
def _written(
    statement: Statement, dialect: sa.Dialect
) -> tuple[str, Callable[[Mapping[str, Any]], Sequence[Any]]]:
    """The text of a statement, and what puts its parameters in order."""
    compiled = statement.compile(dialect=driver_dialect(dialect))
    names = compiled.positiontup or []
    # A single name would be got bare.
    return compiled.string, itemgetter(*names) if len(names) > 1 else _one_of(names)


def _one_of(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    return lambda parameters: [parameters[name] for name in names]


@lru_cache
def _named_row(query: Rows) -> Callable[..., Any]:
    return namedtuple("_Row", [str(column.key) for column in query.exported_columns])


def _insert(dialect: str, table: sa.Table) -> Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
