"""The database of what can be made again: the chunk index and the cache of embeddings.

It is ``.token-budget/cache.db``, beside the books and apart from them: it may be deleted at any
time. A damaged file is set aside as ``cache.db.damaged-<time>`` and a new one is begun; where no
file can be written, or where one holds books or might, everything is kept in memory. All of it is
said in `CacheDatabase.warnings`.
Several processes may use one file: SQLite's own locks order their transactions, and one lock file
orders who sets a damaged file aside.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError
from sqlalchemy.pool import StaticPool

from token_budget.context.cache_parts import CACHE_MARK, make_tables
from token_budget.context.damaged_file import set_aside_if_damaged
from token_budget.errors import StorageUnavailable
from token_budget.storage import BUSY_TIMEOUT_SECONDS, shown_url
from token_budget.storage_driver import use_write_ahead_log
from token_budget.storage_place import STATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

    from token_budget.context.cache_parts import CachePart

CACHE_FILE = "cache.db"
IN_MEMORY = "sqlite://"

_MARK_PLACE = slice(68, 72)
"""Where SQLite keeps the mark, in bytes of a file: https://www.sqlite.org/fileformat2.html."""

_DAMAGE = re.compile("malformed|not a database|corrupt|encrypted|unsupported file format")
"""What SQLite says of a file that is no database, or no longer one."""

Result = TypeVar("Result")


class CacheDamaged(StorageUnavailable):
    """The file is no database, or no longer one."""


def cache_url(workspace: Path) -> str:
    """The cache of a workspace."""
    return f"sqlite:///{workspace / STATE_FOLDER / CACHE_FILE}"


class CacheDatabase:
    """One open cache; safe to share between threads, not to be used in a forked child.

    Attributes:
        url: Where it is; ``sqlite://`` when it is kept in memory.
        warnings: What happened to it that its user should know, oldest first.
    """

    def __init__(self, url: str, *parts: CachePart) -> None:
        """Open a cache and make sure of the tables of its parts.

        Args:
            url: ``sqlite:///FILE``, ``sqlite://`` (in memory) or ``postgresql+psycopg://…``.
            *parts: Whose tables are needed.

        Raises:
            StorageUnavailable: A server cannot be reached, or the URL means nothing. A file that
                cannot be written is no error: see `warnings`.
        """
        self.url, self.warnings = url, list[str]()
        self._parts = parts
        self._engine = self._opened()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads.

        Raises:
            CacheDamaged: The file is no database; see `guarded`.
            StorageUnavailable: It cannot be read.
        """
        with _explained(self.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; leaving the block by an error undoes it.

        Raises:
            CacheDamaged: The file is no database; see `guarded`.
            StorageUnavailable: It cannot be written.
        """
        writer = self._engine.execution_options(sqlite_begin="IMMEDIATE")
        with _explained(self.url), writer.begin() as connection:
            yield connection

    def guarded(self, work: Callable[[], Result]) -> Result:
        """Do ``work``; should the file turn out damaged, once more on a new one.

        Raises:
            StorageUnavailable: The cache cannot be read or written.
        """
        try:
            return work()
        except CacheDamaged as error:
            self._begin_anew(error)
            return work()

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    def _opened(self) -> Engine:
        try:
            return self._repaired()
        except StorageUnavailable as error:
            if _file(self.url) is None:
                raise
            self.warnings.append(f"{error}; the cache is kept in memory")
            self.url = IN_MEMORY
            return self._prepared()

    def _repaired(self) -> Engine:
        try:
            return self._prepared()
        except CacheDamaged as error:
            self._set_aside(error)
            return self._prepared()

    def _prepared(self) -> Engine:
        with _explained(self.url):
            engine = _engine(sa.make_url(self.url))
        try:
            with _explained(self.url):
                make_tables(engine, self.url, self._parts)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _begin_anew(self, error: CacheDamaged) -> None:
        self.close()
        self._set_aside(error)
        self._engine = self._opened()

    def _set_aside(self, error: CacheDamaged) -> None:
        """Rename a damaged file, unless another process has done so already.

        Raises:
            CacheDamaged: It may be somebody's books: it stays where it is.
        """
        file = _file(self.url)
        if file is None:
            return
        if not _is_cache(file):
            raise error
        if aside := set_aside_if_damaged(file):
            said = f"{file}: {error.reason}; set aside as {aside.name} and begun anew"
            self.warnings.append(said)


def _file(url: str) -> Path | None:
    """The file of a database; None: it has none."""
    with suppress(ArgumentError):
        made = sa.make_url(url)
        if made.get_backend_name() == "sqlite" and made.database not in {None, "", ":memory:"}:
            return Path(str(made.database))
    return None


def _is_cache(file: Path) -> bool:
    """Whether a file, damaged as it may be, is a cache: by its name or by its mark."""
    if file.name == CACHE_FILE or not file.exists():
        return True
    with file.open("rb") as opened:
        header = opened.read(_MARK_PLACE.stop)
    return header[_MARK_PLACE] == CACHE_MARK.to_bytes(4, "big")


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Turn what the driver raises into one sentence that names the database."""
    try:
        yield
    except (DBAPIError, ArgumentError, OSError) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        damaged = isinstance(error, DatabaseError) and _DAMAGE.search(reason)
        kind = CacheDamaged if damaged and _file(url) else StorageUnavailable
        raise kind(shown_url(url), reason) from error


def _engine(url: sa.URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    file = _file(url.render_as_string(hide_password=False))
    if file is None:
        engine = sa.create_engine(
            url, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    else:
        _make_folder(file.parent)
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_folder(folder: Path) -> None:
    """Make the folder; what we keep in a workspace is no part of its history."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.name == STATE_FOLDER and not (folder / ".gitignore").exists():
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def _set_up_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Leave transactions to SQLAlchemy; a power cut may cost the last ones, never the file."""
    connection.isolation_level = None
    cursor = connection.cursor()
    use_write_ahead_log(cursor, BUSY_TIMEOUT_SECONDS)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")
