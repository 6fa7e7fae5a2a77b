"""The driver under SQLAlchemy: statements past its bookkeeping, commits that nobody waits behind.

A commit on a server is *released early*: its locks go before the disk has the transaction, and its
caller goes on only when the disk has it. All who want the same row would else wait for one sync of
the disk after the other; so one sync serves all who came meanwhile. Nothing that a caller was told
can be lost, nor anything that it rests upon: the log of the server is written in its order, so
who saw a transaction and then waited for the disk has waited for that transaction too. Where the
server is set up to promise less or more than its own disk, that is what is waited for.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
    from sqlalchemy.pool import ConnectionPoolEntry

    from token_budget.storage_entries import DriverTransaction

RELEASED_EARLY: sa.ColumnElement[str] = sa.func.set_config(
    *(sa.literal_column(argument) for argument in ("'synchronous_commit'", "'off'", "true"))
).label("released_early")
"""A column for a statement that is a transaction of its own on a server: where it finds a row, its
locks go before the disk has it."""

_RELEASED_EARLY = ("SET LOCAL synchronous_commit TO off", "COMMIT")

_ON_DISK = "SELECT pg_logical_emit_message(true, 'token_budget', '')"
"""A transaction of its own that writes to the server's log and to nothing else: its commit waits
until the disk has the log so far."""

TURN_SECONDS = 0.01
"""Between two attempts at what SQLite refuses at once."""


def driver_dialect(dialect: sa.Dialect) -> sa.Dialect:
    """The dialect of the texts that `execute` takes: parameters go by their places.

    The driver of a server looks for the places of a long text anew each time, unless they are
    written as the server wants them.
    """
    return dialect if dialect.positional else _numbered()


@lru_cache
def _numbered() -> sa.Dialect:
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    untyped: Any = PGDialect_psycopg
    numbered: sa.Dialect = untyped(paramstyle="numeric_dollar")
    return numbered


def execute(
    connection: Connection | DriverTransaction, text: str, parameters: Sequence[Any]
) -> Any:  # noqa: ANN401
    """Hand a statement to the driver, with what begins its transaction on a server.

    SQLAlchemy's own way takes longer than SQLite takes to run a statement.

    Args:
        connection: In a transaction, or one of the driver.
        text: The statement, in the `driver_dialect`.
        parameters: Its parameters, in the order of their places.

    Returns:
        The driver's cursor. In a block that is `committing` it has nothing before the block's end.

    Raises:
        DBAPIError: The database refused it, or was lost.
    """
    # What `driver_connection` is too, as no driver here is asynchronous, and asks the dialect for.
    driver: Any = connection.connection.dbapi_connection
    try:
        if connection.dialect.name != "postgresql":
            return driver.execute(text, parameters)
        return _execute_on_server(driver, text, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _lost_or_refused(connection, text, error) from error


@contextmanager
def committing(connection: Connection) -> Iterator[None]:
    """Commit at the end of the block; a server is told so together with the block's statements.

    Between a statement and a commit that follows it by itself, all that the statement locked would
    stay locked for one round trip and for as long as we wait for a processor. Nothing in the block
    can read, since no answer has come yet, and nothing can follow it.

    Raises:
        DBAPIError: The database refused a statement or the commit, or was lost.
    """
    if connection.dialect.name != "postgresql":
        yield
        connection.commit()
        return
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
            # The driver's own commit would wait for an answer, and then for another one.
            for statement in (*_RELEASED_EARLY, _ON_DISK):
                driver.execute(statement)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _lost_or_refused(connection, "COMMIT", error) from error
    connection.commit()


def set_up_server(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Let whole numbers be 64 bits wide, whatever they are.

    The driver would give each the narrowest type that holds it, and the server prepares a statement
    anew for each combination of types.
    """
    from psycopg.types.numeric import Int8Dumper

    driver: Any = connection
    driver.adapters.register_dumper(int, Int8Dumper)


def use_write_ahead_log(cursor: DBAPICursor, patience: float) -> None:
    """Let a database of SQLite keep a write-ahead log.

    A file is changed to it once; where another process does that too, SQLite refuses at once
    instead of waiting.

    Args:
        cursor: Of a connection outside a transaction.
        patience: Seconds to go on trying for.

    Raises:
        sqlite3.OperationalError: The file cannot be used, or stayed locked.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(TURN_SECONDS)


def _execute_on_server(driver: Any, text: str, parameters: Sequence[Any]) -> Any:  # noqa: ANN401
    from psycopg import RawCursor
    from psycopg.pq import PipelineStatus, TransactionStatus

    cursor = RawCursor(driver)
    if driver.autocommit:
        cursor.execute(text, parameters)
        driver.execute(_ON_DISK)
        return cursor
    begun = driver.info.transaction_status != TransactionStatus.IDLE
    if begun or driver.info.pipeline_status != PipelineStatus.OFF:
        return cursor.execute(text, parameters)
    # The driver begins a transaction first, which would be a round trip of its own.
    with driver.pipeline():
        return cursor.execute(text, parameters)


def _lost_or_refused(
    connection: Connection | DriverTransaction,
    statement: str,
    error: Any,  # noqa: ANN401
) -> BaseException:
    """An error of the driver as SQLAlchemy names it; a lost connection leaves the pool."""
    driver = connection.connection.driver_connection
    lost = connection.dialect.is_disconnect(error, driver, None)
    if lost:
        connection.invalidate(error)
    return named_error(connection.dialect, statement, error, lost=lost)


def named_error(
    dialect: sa.Dialect,
    statement: str,
    error: Any,  # noqa: ANN401
    *,
    lost: bool = False,
) -> BaseException:
    """An error of the driver as SQLAlchemy names it.

    Args:
        dialect: That of the database.
        statement: What was to be done.
        error: The driver's.
        lost: Whether the connection was.
    """
    named: BaseException = DBAPIError.instance(
        statement,
        None,
        error,
        dialect.loaded_dbapi.Error,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return named
