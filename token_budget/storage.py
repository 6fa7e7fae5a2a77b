"""The one place where the library keeps anything: a database, behind SQLAlchemy Core.

By default the workspace's ``.token-budget/state.db`` (SQLite, write-ahead log); a PostgreSQL URL
for several machines. The schema has a version; whoever opens an older one migrates it in place, in
one transaction; a newer one is refused. Every transaction that writes is taken as a whole or not at
all, also if the process is killed in the middle.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError

from token_budget.errors import SchemaMismatch, StorageUnavailable
from token_budget.migrations import MIGRATIONS, SCHEMA_VERSION
from token_budget.storage_driver import committing, execute, set_up_server, use_write_ahead_log
from token_budget.storage_entries import Entries
from token_budget.storage_place import STATE_FOLDER
from token_budget.storage_tables import schema_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

    from token_budget.storage_entries import DriverTransaction

BUSY_TIMEOUT_SECONDS = 10
"""How long a process waits for another one's transaction before it gives up."""

IDLE_SECONDS = 5.0
"""A connection to a server that was idle for so long is tried before it is used: asking each time
would be two more round trips for a reservation and its settlement."""

_USED_AT = "token_budget_used_at"


class Database:
    """One open database; safe to share between threads, not to be used in a forked child."""

    def __init__(self, url: str) -> None:
        """Open ``url``, and bring its schema to the version of this release.

        Args:
            url: ``sqlite:///FILE`` or ``postgresql+psycopg://…``; the folder of a file is made.

        Raises:
            SchemaMismatch: A newer release wrote it.
            StorageUnavailable: It cannot be opened, read or written.
        """
        self.url = url
        with _explained(url):
            self._writer = _engine(sa.make_url(url))
        self._reader = _reading(self._writer)
        self._entries = Entries(self._writer)
        try:
            self._migrate_if_older()
        except BaseException:
            self.close()
            raise

    def _migrate_if_older(self) -> None:
        with self.reading() as connection:
            found = _version(connection)
        if found != SCHEMA_VERSION:
            with self.writing() as connection:
                _migrate(connection, self.url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads: one consistent snapshot.

        Raises:
            StorageUnavailable: The database cannot be read.
        """
        with _explained(self.url), self._reader.connect() as connection:
            _begin(connection, "BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; leaving the block by an error undoes it.

        On SQLite the lock is taken at once: a transaction that read first could not be upgraded.

        Raises:
            StorageUnavailable: The database cannot be written.
        """
        with _explained(self.url), self._writer.begin() as connection:
            _begin(connection, "BEGIN IMMEDIATE")
            yield connection
            if connection.in_transaction():
                # Also if nothing was written: what was found may not be on the disk yet.
                with committing(connection):
                    pass

    @contextmanager
    def entering(self) -> Iterator[DriverTransaction]:
        """As `writing`, past SQLAlchemy, for what is done often; see `Entries`.

        On a server each statement is a transaction of its own.

        Raises:
            StorageUnavailable: The database cannot be written.
        """
        with _explained(self.url), self._entries.begin() as transaction:
            yield transaction

    @property
    def shown(self) -> str:
        """The URL without its password."""
        return shown_url(self.url)

    def close(self) -> None:
        """Give back every connection."""
        self._entries.close()
        self._reader.dispose()


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Turn what the driver raises into one sentence that names the database."""
    try:
        yield
    except (DBAPIError, ArgumentError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        raise StorageUnavailable(shown_url(url), " ".join(str(cause).split())) from error


def shown_url(url: str) -> str:
    """A URL without its password."""
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url


def _engine(url: sa.URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        engine = sa.create_engine(url, pool_use_lifo=True)
        event.listen(engine, "connect", set_up_server)
        event.listen(engine, "checkin", _note_time)
        event.listen(engine, "checkout", partial(_check_idle, engine.dialect))
        return engine
    if url.database:
        _make_folder(Path(url.database).parent)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _reading(engine: Engine) -> Engine:
    """The same engine with transactions that see one instant; those of SQLite do so anyway."""
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _make_folder(folder: Path) -> None:
    """Make the folder of a database; what we keep in a workspace is no part of its history."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True)
    if folder.name == STATE_FOLDER:
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def _set_up_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Leave transactions to SQLAlchemy, and make a committed one survive a power cut."""
    connection.isolation_level = None
    cursor = connection.cursor()
    use_write_ahead_log(cursor, BUSY_TIMEOUT_SECONDS)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection, statement: str) -> None:
    """Begin a transaction on SQLite, whose driver leaves it to us; a server's driver does it."""
    if connection.dialect.name == "sqlite":
        execute(connection, statement, ())


def _note_time(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    record.info[_USED_AT] = time.monotonic()


def _check_idle(
    dialect: sa.Dialect, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object
) -> None:
    """Ask for the server where a connection was idle for long; the pool then opens another one."""
    if time.monotonic() - record.info.get(_USED_AT, time.monotonic()) < IDLE_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError("an idle connection was lost") from error


def _version(connection: Connection) -> int:
    """The version of the schema; 0: there is none yet."""
    if not sa.inspect(connection).has_table(schema_version.name):
        return 0
    return connection.scalar(sa.select(schema_version.c.version)) or 0


def _migrate(connection: Connection, url: str) -> None:
    """Change what later versions changed, in the transaction of the caller."""
    if connection.dialect.name == "postgresql":
        # Two processes that create the schema at once take turns; the key is arbitrary but ours.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7235640051)")
    schema_version.create(connection, checkfirst=True)
    found = _version(connection)
    if found > SCHEMA_VERSION:
        reason = f"written by a newer release (schema {found}, known are up to {SCHEMA_VERSION})"
        raise SchemaMismatch(shown_url(url), f"{reason}: upgrade token-budget")
    if found == SCHEMA_VERSION:
        return
    for migration in MIGRATIONS[found:]:
        migration(connection)
    connection.execute(sa.delete(schema_version))
    connection.execute(sa.insert(schema_version).values(only=1, version=SCHEMA_VERSION))
