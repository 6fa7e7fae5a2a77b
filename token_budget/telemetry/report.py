"""Everything that a report says, as one value that JSON can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.telemetry.context_reasons import reasons
from token_budget.telemetry.figures import figures_of
from token_budget.telemetry.spend import spend
from token_budget.telemetry.sums import DIMENSIONS, grouped, one_snapshot, summed

if TYPE_CHECKING:
    from datetime import date

    from token_budget.storage import Database

NO_NAME = "(none)"
"""What a group is called that has no name: rounds without a category."""


def report_of(database: Database, since: date | None = None) -> dict[str, Any]:
    """The report on a database's records, all from one snapshot.

    Args:
        database: The ledger's, or the workspace's.
        since: The first day, UTC; None: from the beginning.

    Returns:
        ``whole`` and, in ``groups``, every day, model and category, with the figures of
        `token_budget.telemetry.figures`; ``spend`` with those of `token_budget.telemetry.spend`.
        ``rounds_without_outcome`` are of attempts that are under way or were never recorded;
        ``context_reasons`` says of how many phases the context was not ranked by embeddings, and
        why, the most frequent reason first.

    Raises:
        StorageUnavailable: It cannot be read.
    """
    with database.reading() as connection:
        one_snapshot(connection)
        sums = summed(connection, since)
        groups = {
            by: {
                name or NO_NAME: figures_of(one)
                for name, one in grouped(connection, by, since).items()
            }
            for by in DIMENSIONS
        }
        why = reasons(connection, since)
        money = spend(connection)
    return {
        "database": database.shown,
        "since": since.isoformat() if since else None,
        "empty": not sums["rounds"] and not sums["phases"],
        "whole": figures_of(sums),
        "rounds_without_outcome": max(sums["rounds"] - sums["phase_rounds"], 0),
        "context_reasons": dict(sorted(why.items(), key=lambda one: (-one[1], one[0]))),
        "groups": groups,
        "spend": money,
    }


def empty_report(database: str, since: date | None = None) -> dict[str, Any]:
    """The report on a database that is not there.

    Args:
        database: Its URL, without a password.
        since: As in `report_of`.
    """
    return {
        "database": database,
        "since": since.isoformat() if since else None,
        "empty": True,
        "whole": None,
        "rounds_without_outcome": 0,
        "context_reasons": {},
        "groups": {by: {} for by in DIMENSIONS},
        "spend": None,
    }
