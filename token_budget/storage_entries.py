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


class Entries:
    """The transactions of entries in one database; threads may share it.

    A connection is kept between them: taking one from the pool and giving it back each time takes
    an eighth of an entry's processor time. Whether it was lost meanwhile shows when it is used.
    """

    def __init__(self, engine: Engine) -> None:
        """Nothing is opened yet."""
        self._engine = engine
        self._kept: list[PoolProxiedConnection] = []

    @contextmanager
    def begin(self) -> Iterator[DriverTransaction]:
        """One transaction of SQLite; on a server each statement is a transaction of its own.

        Leaving the block by an error undoes that of SQLite. A server's statement that is `execute`d
        has its answer, and what it did or found is on the disk: nothing is left for the end of the
        block.

        Raises:
            DBAPIError: The database cannot be had, or refused to begin or to commit.
        """
        pooled = self._connection()
        transaction = DriverTransaction(pooled, self._engine.dialect)
        try:
            if self._engine.dialect.name == "postgresql":
                with _each_by_itself(transaction):
                    yield transaction
            else:
                execute(transaction, "BEGIN IMMEDIATE", ())
                yield transaction
                execute(transaction, "COMMIT", ())
        except BaseException:
            # The pool rolls back what was not committed.
            pooled.close()
            raise
        self._keep(pooled)

    def close(self) -> None:
        """Give the connection back."""
        while self._kept:
            self._kept.pop().close()

    def _connection(self) -> PoolProxiedConnection:
        try:
            return self._kept.pop()
        except IndexError:
            pass
        try:
            return self._engine.raw_connection()
        except self._engine.dialect.loaded_dbapi.Error as error:
            raise named_error(self._engine.dialect, "CONNECT", error) from error

    def _keep(self, pooled: PoolProxiedConnection) -> None:
        """Keep one, not one of each thread: the pool has only so many."""
        if self._kept or not pooled.is_valid:
            pooled.close()
        else:
            self._kept.append(pooled)


@contextmanager
def _each_by_itself(transaction: DriverTransaction) -> Iterator[None]:
    """Let the driver of a server begin no transaction before a statement."""
    from psycopg.pq import TransactionStatus

    pooled, dialect = transaction.connection, transaction.dialect
    driver: Any = pooled.driver_connection
    try:
        driver.autocommit = True
    except dialect.loaded_dbapi.Error as error:
        transaction.invalidate(error)
        raise named_error(dialect, "BEGIN", error, lost=True) from error
    try:
        yield
    finally:
        if driver.info.transaction_status == TransactionStatus.IDLE:
            driver.autocommit = False
        elif pooled.is_valid:
            # Broken off while an answer was on its way.
            pooled.invalidate()
