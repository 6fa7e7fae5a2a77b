"""Entries: what is done so often that SQLAlchemy's transaction would take longer than its work."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from token_budget.storage_driver import execute, named_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from sqlalchemy.engine import Engine
    from sqlalchemy.pool import PoolProxiedConnection


@dataclass(frozen=True, slots=True)
class DriverTransaction:
    """A transaction without SQLAlchemy's own, which takes longer than what is done in it.

    Attributes:
        connection: From the pool.
        dialect: That of its database.
    """

    connection: PoolProxiedConnection
    dialect: sa.Dialect

    def invalidate(self, error: BaseException | None) -> None:
        """Take the connection, which is lost, from the pool."""
        self.connection.invalidate(error)


@contextmanager
def driver_transaction(engine: Engine) -> Iterator[DriverTransaction]:
    """One transaction of SQLite; on a server each statement is a transaction of its own.

    Leaving the block by an error undoes that of SQLite. A server's statement that is `execute`d has
    its answer, and what it did or found is on the disk: nothing is left for the end of the block.

    Raises:
        DBAPIError: The database cannot be had, or refused to begin or to commit.
    """
    try:
        pooled = engine.raw_connection()
    except engine.dialect.loaded_dbapi.Error as error:
        raise named_error(engine.dialect, "CONNECT", error) from error
    transaction = DriverTransaction(pooled, engine.dialect)
    try:
        if engine.dialect.name == "postgresql":
            with _each_by_itself(pooled):
                yield transaction
        else:
            execute(transaction, "BEGIN IMMEDIATE", ())
            yield transaction
            execute(transaction, "COMMIT", ())
    finally:
        # The pool rolls back what was not committed.
        pooled.close()


@contextmanager
def _each_by_itself(pooled: PoolProxiedConnection) -> Iterator[None]:
    """Let the driver of a server begin no transaction before a statement."""
    from psycopg.pq import TransactionStatus

    driver: Any = pooled.driver_connection
    driver.autocommit = True
    try:
        yield
    finally:
        if driver.info.transaction_status == TransactionStatus.IDLE:
            driver.autocommit = False
        elif pooled.is_valid:
            # Broken off while an answer was on its way.
            pooled.invalidate()
