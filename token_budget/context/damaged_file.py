"""A SQLite file that is damaged or none at all, set aside: by one process, however many notice."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from token_budget.storage import BUSY_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def set_aside_if_damaged(file: Path) -> Path | None:
    """Rename a damaged file to ``<name>.damaged-<time in milliseconds>``.

    Returns:
        Its new name; None: it is sound, or another process has set it aside already.
    """
    with _lock(file.with_name(f"{file.name}.lock")):
        return _rename(file) if _is_damaged(file) else None


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    """Wait until no other process is setting the same file aside."""
    import fcntl

    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _is_damaged(file: Path) -> bool:
    """Whether SQLite itself finds fault with a file."""
    import sqlite3

    try:
        connection = sqlite3.connect(file, timeout=BUSY_TIMEOUT_SECONDS)
    except sqlite3.Error:
        return False
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True
    else:
        return tuple(found) != ("ok",)
    finally:
        connection.close()


def _rename(file: Path) -> Path:
    """Set a database aside, with the files that belong to it."""
    stamp = time.time_ns() // 1_000_000
    aside = file.with_name(f"{file.name}.damaged-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            file.with_name(file.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside
