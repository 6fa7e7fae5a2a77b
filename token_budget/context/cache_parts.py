"""Which tables a cache has: each of its users brings its own, with a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from token_budget.errors import StorageUnavailable
from token_budget.storage import shown_url
from token_budget.storage_tables import schema_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection, Engine

CACHE_MARK = 0x74624361
"""SQLite's ``application_id`` of a cache; it tells a damaged cache of any name from books."""


@dataclass(frozen=True, slots=True)
class CachePart:
    """The tables of one user of the cache.

    Attributes:
        name: What the part is called; unique in the database.
        version: Of its tables; where another version is found, they are dropped and made again.
        tables: The tables, in a collection of their own.
    """

    name: str
    version: int
    tables: sa.MetaData


_versions = sa.Table(
    "cache_part",
    sa.MetaData(),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)


def make_tables(engine: Engine, url: str, parts: Sequence[CachePart]) -> None:
    """Make the tables that are missing; drop those of another version first.

    Args:
        engine: Of the cache.
        url: The same, for messages.
        parts: Whose tables are needed.

    Raises:
        StorageUnavailable: It is a file of books.
    """
    if engine.dialect.name == "sqlite":
        _refuse_books(engine, url)
    with engine.connect() as connection:
        if all(_version(connection, part) == part.version for part in parts):
            return
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        if engine.dialect.name == "postgresql":
            # Two processes that make the tables at once take turns; the key is arbitrary but ours.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7235640052)")
        else:
            connection.exec_driver_sql(f"PRAGMA application_id = {CACHE_MARK}")
        _versions.create(connection, checkfirst=True)
        for part in parts:
            _make_part(connection, part)


def _refuse_books(engine: Engine, url: str) -> None:
    """Make sure that a file, which may be set aside one day, holds no books.

    Raises:
        StorageUnavailable: It does.
    """
    if sa.inspect(engine).has_table(schema_version.name):
        raise StorageUnavailable(shown_url(url), "holds books: a cache wants a file of its own")


def _make_part(connection: Connection, part: CachePart) -> None:
    if _version(connection, part) == part.version:
        return
    part.tables.drop_all(connection)
    part.tables.create_all(connection)
    connection.execute(sa.delete(_versions).where(_versions.c.name == part.name))
    connection.execute(sa.insert(_versions).values(name=part.name, version=part.version))


def _version(connection: Connection, part: CachePart) -> int | None:
    """The version of a part's tables; None: there are none."""
    if not sa.inspect(connection).has_table(_versions.name):
        return None
    found = sa.select(_versions.c.version).where(_versions.c.name == part.name)
    version: int | None = connection.scalar(found)
    return version
