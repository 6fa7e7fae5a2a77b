"""The watcher of the load test: it checks the invariant, and every sum, on snapshots."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from benchmarks.ledger_load_check import Row, balanced, summed, violated
from token_budget.ledger.amounts import KINDS
from token_budget.ledger.scopes import key_of, within
from token_budget.ledger.tables import account, reservation, round_
from token_budget.storage import Database

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from benchmarks.ledger_load_worker import Task

PAUSE_SECONDS = 0.05
"""Between two snapshots, so that the watcher leaves the processor to the workers."""

SUMMED_EVERY = 20
"""Every so many snapshots all rounds are summed as well."""


def watch(task: Task) -> None:
    """Check snapshots until the time is over, one at the least; the log gets a line at the end."""
    database, report = Database(task.place), {"snapshots": 0, "violations": 0, "unbalanced": 0}
    while task.going or not report["snapshots"]:
        summing = report["snapshots"] % SUMMED_EVERY == 0
        found = check_snapshot(database, task.organisation, summing=summing)
        report["snapshots"] += 1
        for name, count in found.items():
            report[name] += count
        time.sleep(PAUSE_SECONDS)
    database.close()
    task.log.write_text(json.dumps(report), encoding="utf-8")


def watched(task: Task) -> dict[str, int]:
    """What a watcher found.

    Raises:
        SystemExit: It did not come to its end.
    """
    try:
        found: dict[str, int] = json.loads(Path(task.log).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SystemExit("the watcher died: the invariant was not checked") from error
    return found


def check_snapshot(database: Database, organisation: str, *, summing: bool) -> dict[str, int]:
    """Accounts that break a limit in one snapshot, and those whose sums are wrong."""
    with database.reading() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        key = key_of((organisation,))
        if not summing:
            return {"violations": sum(map(violated, limited_rows(connection, key)))}
        return check_sums(connection, key)


def check_sums(connection: Connection, key: str) -> dict[str, int]:
    """As `check_snapshot`, with every round."""
    accounts = _rows(connection, account, key)
    sums = summed(_rows(connection, round_, key), _rows(connection, reservation, key))
    return {
        "violations": sum(map(violated, accounts)),
        "unbalanced": sum(not balanced(sums, row) for row in accounts),
    }


def limited_rows(connection: Connection, key: str) -> list[Row]:
    """The accounts of a scope and under it that have a limit."""
    some = sa.or_(*(account.c[f"limit_{kind}"].is_not(None) for kind in KINDS))
    query = sa.select(account).where(some, within(account.c.scope, key))
    return [_plain(row) for row in connection.execute(query)]


def _rows(connection: Connection, table: sa.Table, key: str) -> list[Row]:
    query = sa.select(table).where(within(table.c.scope, key))
    return [_plain(row) for row in connection.execute(query)]


def _plain(row: Any) -> Row:  # noqa: ANN401 - rows are typed at run time
    return dict(row._mapping)
