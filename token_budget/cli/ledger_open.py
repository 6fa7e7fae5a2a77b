"""Opening a ledger from the command line: looking makes none, and a scope is one argument."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from token_budget.cli.database_option import driver_explained
from token_budget.errors import LedgerUnavailable
from token_budget.storage_place import state_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from token_budget.ledger import Ledger
    from token_budget.remaining import ScopePath

WHOLE_LEDGER = "/"
"""How the scope above all others is written."""


@contextmanager
def opened_ledger(db: str | None, workspace: Path, *, make: bool = False) -> Iterator[Ledger]:
    """The ledger of a database, or of a workspace.

    Args:
        db: Its URL; None: the workspace's state.
        workspace: A folder.
        make: Whether it is made where there is none.

    Raises:
        ConfigError: The driver of the database is not installed.
        LedgerUnavailable: There is none, or it cannot be opened.
    """
    url = db or state_url(workspace)
    with driver_explained(url):
        ledger = _opened(url, make=make)
    with ledger:
        yield ledger


def scope_from(text: str) -> ScopePath:
    """The scope of an argument: names with slashes between them.

    ``~1`` is a slash within a name and ``~0`` a tilde, as in JSON pointers.
    """
    from token_budget.ledger.scopes import checked_scope, scope_of

    names = text.removeprefix("/").removesuffix("/")
    return checked_scope(scope_of(f"/{names}")) if names else ()


def scope_text(scope: ScopePath) -> str:
    """A scope as `scope_from` reads it."""
    from token_budget.ledger.scopes import key_of

    return key_of(scope).removeprefix("/") or WHOLE_LEDGER


def _opened(url: str, *, make: bool) -> Ledger:
    from token_budget.ledger import Ledger
    from token_budget.storage import shown_url

    if not make and not _has_ledger(url):
        reason = "there is no ledger; the first reservation makes one, or `ledger limits … --set`"
        raise LedgerUnavailable(shown_url(url), reason)
    return Ledger(url)


def _has_ledger(url: str) -> bool:
    """Whether a ledger is there, or was; what cannot be read counts, so that opening says why."""
    import sqlalchemy as sa
    from sqlalchemy.exc import ArgumentError, DBAPIError

    from token_budget.ledger.place import LedgerFile, database_file

    path = database_file(url)
    if path is not None and (LedgerFile(path).marker.exists() or not path.exists()):
        return LedgerFile(path).marker.exists()
    try:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return _has_identity(connection)
    except (ArgumentError, DBAPIError):
        return True


def _has_identity(connection: Connection) -> bool:
    import sqlalchemy as sa

    from token_budget.ledger.tables import identity

    if not sa.inspect(connection).has_table(identity.name):
        return False
    return connection.scalar(sa.select(identity.c.identity)) is not None
