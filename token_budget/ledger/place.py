"""Where a ledger of one machine is kept, and how its loss is noticed.

A SQLite file that is gone looks, to whoever opens it, like a new and empty database. So the
identity of a ledger is written beside it, in ``<file>.ledger``, when it is first opened. A file
that does not have that identity is refused, before anything could be written to it. An open
ledger knows its file by device and number as well. Whoever means to start anew removes both files.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from token_budget.errors import LedgerUnavailable

MARKER_SUFFIX = ".ledger"


def database_file(url: str) -> Path | None:
    """The file of a SQLite URL; None: there is none, or it cannot be told."""
    try:
        parts = sa.make_url(url)
    except ArgumentError:
        return None
    name = parts.database
    if parts.get_backend_name() != "sqlite" or not name or name.startswith((":", "file:")):
        return None
    return Path(name).absolute()


class LedgerFile:
    """The file of a ledger, and the marker beside it."""

    def __init__(self, path: Path) -> None:
        """Remember the path; nothing is read yet."""
        self.path = path
        self.marker = path.with_name(path.name + MARKER_SUFFIX)
        self._number: tuple[int, int] | None = None

    def check_before_opening(self) -> None:
        """Make sure that the ledger that was here is still here, if there was one.

        Raises:
            LedgerUnavailable: It is gone, is another one, or cannot be read.
        """
        known = self._marked()
        if known is None:
            return
        if not self.path.exists():
            raise self._lost("the ledger that was here is gone")
        if self._found() != known:
            raise self._lost("this is not the ledger that was here")

    def opened(self, identity: str) -> None:
        """Remember the file that was opened, on disk as well.

        Raises:
            LedgerUnavailable: Another ledger was here, or the marker cannot be written.
        """
        known = self._marked()
        if known is None:
            self._mark(identity)
        elif known != identity:
            raise self._lost("this is not the ledger that was here")
        self._number = self._current()

    def check(self) -> None:
        """Make sure that the open file is still the one of that name.

        Raises:
            LedgerUnavailable: It was deleted or replaced.
        """
        if self._current() != self._number:
            raise LedgerUnavailable(
                str(self.path), "the ledger was deleted or replaced while it was in use"
            )

    def _current(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)  # noqa: PTH116 - twice as fast, and done twice an entry
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _marked(self) -> str | None:
        try:
            return self.marker.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise LedgerUnavailable(str(self.marker), str(error)) from error

    def _mark(self, identity: str) -> None:
        """Write the marker as a whole: it is there with its text, or not there."""
        draft = self.marker.with_name(f"{self.marker.name}.{os.getpid()}")
        try:
            with draft.open("w", encoding="utf-8") as file:
                file.write(f"{identity}\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.marker)
        except OSError as error:
            raise LedgerUnavailable(str(self.marker), str(error)) from error

    def _found(self) -> str | None:
        """The identity in the file, read without being able to write."""
        try:
            uri = f"file:{quote(str(self.path))}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                row = connection.execute("SELECT identity FROM ledger_identity").fetchone()
        except sqlite3.Error as error:
            raise self._lost(f"the ledger that was here cannot be read ({error})") from error
        return None if row is None else str(row[0])

    def _lost(self, what: str) -> LedgerUnavailable:
        remedy = f"restore it, or remove it and {self.marker.name} to start with empty books"
        return LedgerUnavailable(str(self.path), f"{what}: {remedy}")
