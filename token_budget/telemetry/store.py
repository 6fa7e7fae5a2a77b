"""Telemetry in an open database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.telemetry.compaction import Compacted, compact
from token_budget.telemetry.sums import grouped, one_snapshot, summed
from token_budget.telemetry.writing import write_phase, write_round

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable
    from datetime import date

    from token_budget.storage import Database
    from token_budget.telemetry.records import PhaseRecord, RoundRecord
    from token_budget.telemetry.sums import GroupedBy


class Telemetry:
    """Records of rounds and phases; processes and threads may share them."""

    def __init__(self, database: Database) -> None:
        """Use an open database: the ledger's, or the workspace's where there is no ledger."""
        self.database = database

    def write(self, phase: PhaseRecord, rounds: Iterable[RoundRecord] = ()) -> bool:
        """Enter a phase, with those of its rounds that no settle has entered.

        Returns:
            Whether the phase was entered now; one that stands there already stays as it is.

        Raises:
            StorageUnavailable: The database cannot be written; nothing is entered.
        """
        with self.database.writing() as connection:
            for one in rounds:
                write_round(connection, one)
            return write_phase(connection, phase)

    def summed(self, since: date | None = None) -> Counter[str]:
        """The sums of everything since a day, by the names of `token_budget.telemetry.tables`.

        Raises:
            StorageUnavailable: The database cannot be read.
        """
        with self.database.reading() as connection:
            one_snapshot(connection)
            return summed(connection, since)

    def grouped(self, by: GroupedBy, since: date | None = None) -> dict[str, Counter[str]]:
        """The same sums of every day, model or category; raises as `summed` does."""
        with self.database.reading() as connection:
            one_snapshot(connection)
            return grouped(connection, by, since)

    def compact(self, before: date) -> Compacted:
        """Make the records of the days before one into sums; reports stay the same.

        Args:
            before: The first day that is kept as it is, UTC.

        Raises:
            StorageUnavailable: The database cannot be written; nothing is changed.
        """
        with self.database.writing() as connection:
            return compact(connection, before)
