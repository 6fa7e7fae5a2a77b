"""Bare commits: the least that an entry which survives a power cut can take on this machine.

One row is changed in each transaction, by the driver alone, with the ledger's durability. A pair of
entries takes two. Where all processes change the same row, a database that keeps the row locked
until the disk has it lets one after the other wait for the disk.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from benchmarks.ledger_load_log import WorkerLog
from token_budget.storage import BUSY_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.ledger_load_worker import Task

TABLE = "bare_commits"
SHARED_ROW = -1


@dataclass(frozen=True, slots=True)
class BareTask:
    """What one process is to commit.

    Attributes:
        task: When, and where.
        shared: Whether all processes change one row; else each has its own.
    """

    task: Task
    shared: bool

    @property
    def row(self) -> int:
        """The row to change."""
        return SHARED_ROW if self.shared else self.task.seed


def make_rows(place: str, workers: int) -> None:
    """A row for each worker, and one for all."""
    with _opened(place) as commit:
        commit(f"CREATE TABLE IF NOT EXISTS {TABLE} (id INTEGER PRIMARY KEY, n BIGINT)")
        commit(f"DELETE FROM {TABLE}")
        for row in range(SHARED_ROW, workers):
            commit(f"INSERT INTO {TABLE} VALUES ({row}, 0)")


def commit_bare(bare: BareTask) -> None:
    """Change a row and commit, until the time is over; the log says how often at its end."""
    change = f"UPDATE {TABLE} SET n = n + 1 WHERE id = {bare.row}"
    task, count = bare.task, 0
    with _opened(task.place) as commit:
        time.sleep(max(task.since - time.monotonic(), 0.0))
        while task.going:
            commit(change)
            count += 1
    WorkerLog(task.log).write({"commits": count})


@contextmanager
def _opened(place: str) -> Iterator[Callable[[str], object]]:
    """What makes one statement a transaction, in a file beside the ledger's or in its server."""
    if not place.startswith("sqlite"):
        import psycopg

        url = sa.make_url(place).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as server:
            yield server.execute
        return
    path = Path(sa.make_url(place).database or "").with_suffix(".bare")
    with closing(sqlite3.connect(path, BUSY_TIMEOUT_SECONDS, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

        def commit(statement: str) -> None:
            for one in ("BEGIN IMMEDIATE", statement, "COMMIT"):
                connection.execute(one)

        yield commit
