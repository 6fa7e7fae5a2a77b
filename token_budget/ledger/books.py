"""Transactions on the ledger's database: retried where that may help, refused where it is lost."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from token_budget.errors import LedgerUnavailable, StorageUnavailable
from token_budget.ledger.dialects import first, insert_if_absent
from token_budget.ledger.place import LedgerFile, database_file
from token_budget.ledger.tables import identity
from token_budget.storage import Database
from token_budget.storage_tables import new_origin

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection

    from token_budget.storage_entries import DriverTransaction

_Result = TypeVar("_Result")
_Transaction = TypeVar("_Transaction", "Connection", "DriverTransaction")

PATIENCE_SECONDS = 15.0
"""How long a server may be gone before an entry fails; a restart takes a few seconds."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.01, 0.5
"""Between two attempts; each pause is twice the one before, less a random part."""

_PASSING_CLASSES = ("08", "40", "57P", "23505")
"""SQLSTATE classes of PostgreSQL that a second attempt may not meet: no connection, a transaction
that was rolled back (deadlock, serialization), an operator's shutdown, a row that somebody else
wrote first, whom the second attempt sees."""

_IDENTITY = sa.select(identity.c.identity)

_OTHER_DRIVER = "?"
_VERIFIED = "token_budget_ledger"


class Books:
    """One open ledger's database."""

    def __init__(self, database: Database | str, patience: float = PATIENCE_SECONDS) -> None:
        """Open the books; empty ones are made only where no others were.

        Args:
            database: An open database, or its URL.
            patience: Seconds for which a server that is gone is waited for.

        Raises:
            LedgerUnavailable: They cannot be opened, or are not those that were there.
            SchemaMismatch: A newer release wrote them.
        """
        self.patience = patience
        self._owned = isinstance(database, str)
        path = database_file(database if isinstance(database, str) else database.url)
        self._file = None if path is None else LedgerFile(path)
        if self._file is not None:
            self._file.check_before_opening()
        self.database = self._opened(database)
        try:
            self.identity = self._patiently(self._identified)
            if self._file is not None:
                self._file.opened(self.identity)
        except LedgerUnavailable:
            self.close()
            raise

    @property
    def shown(self) -> str:
        """The database's URL without its password."""
        return self.database.shown

    def read(self, work: Callable[[Connection], _Result]) -> _Result:
        """What ``work`` finds in one snapshot.

        Raises:
            LedgerUnavailable: The ledger cannot be read, or is not the one that was opened.
        """
        return self._patiently(lambda: self._once(work, self.database.reading))

    def write(self, work: Callable[[Connection], _Result]) -> _Result:
        """What ``work`` makes of one transaction, which is taken as a whole or not at all.

        Work is done again where a server lost the transaction: whether it was taken may be
        unknown then, so work must find out by itself that it was done before.

        Raises:
            LedgerUnavailable: The ledger cannot be written, or is not the one that was opened.
        """
        return self._patiently(lambda: self._once(work, self.database.writing))

    def enter(self, work: Callable[[DriverTransaction], _Result]) -> _Result:
        """As `write`, past SQLAlchemy; on a server each statement is a transaction of its own.

        Raises:
            LedgerUnavailable: The ledger cannot be written, or is not the one that was opened.
        """
        return self._patiently(lambda: self._once(work, self.database.entering))

    def close(self) -> None:
        """Close the database if it was opened here."""
        if self._owned:
            self.database.close()

    def _opened(self, database: Database | str) -> Database:
        if isinstance(database, Database):
            return database
        return self._patiently(lambda: Database(database))

    def _once(
        self,
        work: Callable[[_Transaction], _Result],
        begin: Callable[[], AbstractContextManager[_Transaction]],
    ) -> _Result:
        self._check_file()
        with begin() as connection:
            self._verify(connection)
            result = work(connection)
        # A commit to a file that is deleted meanwhile succeeds, and is lost.
        self._check_file()
        return result

    def _check_file(self) -> None:
        if self._file is not None:
            self._file.check()

    def _verify(self, transaction: Connection | DriverTransaction) -> None:
        """Read the identity once a connection: a server may come back with another database."""
        info = transaction.connection.info
        if info.get(_VERIFIED) == self.identity:
            return
        found = first(transaction, _IDENTITY, {})
        if found is None or found.identity != self.identity:
            raise LedgerUnavailable(self.shown, "this is not the ledger that was opened")
        info[_VERIFIED] = self.identity

    def _identified(self) -> str:
        """The identity of the ledger, which is made if the database has none."""
        with self.database.reading() as connection:
            found = connection.scalar(_IDENTITY)
        if found is None:
            with self.database.writing() as connection:
                made = insert_if_absent(connection.dialect.name, identity)
                connection.execute(made, {"only": 1, "identity": new_origin()})
                found = connection.scalar(_IDENTITY)
        return str(found)

    def _patiently(self, attempt: Callable[[], _Result]) -> _Result:
        deadline = time.monotonic() + self.patience
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return attempt()
            except StorageUnavailable as error:
                if not _passing(error) or time.monotonic() + pause > deadline:
                    raise LedgerUnavailable(error.database, error.reason) from error
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads attempts
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _passing(error: StorageUnavailable) -> bool:
    """Whether a second attempt may succeed; SQLite has waited for its lock already."""
    cause = error.__cause__
    if not isinstance(cause, DBAPIError):
        return False
    if cause.connection_invalidated:
        return True
    # The driver of PostgreSQL has the attribute on every error; None: there was no server.
    state = getattr(cause.orig, "sqlstate", _OTHER_DRIVER)
    if state is None:
        return isinstance(cause, OperationalError | InterfaceError)
    return str(state).startswith(_PASSING_CLASSES)
