"""What a calibration learns from: phases of history files and of a repository, in their order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from estimators.errors import HistoryError
from estimators.mining.mining_report import MiningReport
from estimators.observed import read_history

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from estimators.observed import BrokenLine, ObservedPhase


@dataclass(slots=True)
class CalibrationInput:
    """Phases, and what was wrong with where they came from; grows source by source.

    Attributes:
        phases: In the order of their sources; `by_time` sorts them.
        broken: Lines of history files that hold no phase.
        out_of_order: Phases of history files that stood after a later one of their repository.
        mining: What became of the commits of the repository.
        not_mined: Why the repository could not be mined; None if it was.
    """

    phases: list[ObservedPhase] = field(default_factory=list)
    broken: list[BrokenLine] = field(default_factory=list)
    out_of_order: int = 0
    mining: MiningReport = field(default_factory=MiningReport)
    not_mined: str | None = None

    def read(self, file: Path) -> None:
        """Take in a history file; broken lines are kept apart.

        Raises:
            HistoryError: It cannot be read or holds no phase; names the first broken line.
        """
        before = len(self.broken)
        try:
            phases = list(read_history([file], self.broken))
        except HistoryError as error:
            broken = self.broken[before:]
            if not broken:
                raise
            first = f"line {broken[0].line}: {broken[0].reason}"
            reason = f"{error.reason}; {len(broken):,} broken lines, the first is {first}"
            raise HistoryError(error.source, reason) from error
        self.out_of_order += count_out_of_order(phases)
        self.phases += phases

    def by_time(self) -> list[ObservedPhase]:
        """The phases, the oldest first, each once: a file may hold commits that were mined too."""
        return sorted(dict.fromkeys(self.phases), key=lambda phase: phase.time)


def count_out_of_order(phases: Iterable[ObservedPhase]) -> int:
    """How many phases come after a later one of the same repository."""
    latest: dict[str, int] = {}
    found = 0
    for phase in phases:
        found += phase.time < latest.get(phase.repo, 0)
        latest[phase.repo] = max(phase.time, latest.get(phase.repo, 0))
    return found
