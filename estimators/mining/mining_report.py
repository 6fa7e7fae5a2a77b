"""What became of the commits that a mining run read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from estimators.mining.commit_miner import MinedCommit


@dataclass(slots=True)
class MiningReport:
    """Counts of what was mined and of what was skipped and why; they grow while phases stream.

    Attributes:
        mined: Phases that were yielded, from the cache too.
        from_cache: Commits whose answer was in the cache.
        skipped: Commits that gave no phase, by reason.
        left_out: Files that were left out of the commits that were looked into, by reason.
        stopped: Why the history could not be followed to its end; None if it could, or if nobody
            asked for more of it.
    """

    mined: int = 0
    from_cache: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    stopped: str | None = None

    @property
    def commits(self) -> int:
        """Commits that were read."""
        return self.mined + self.skipped.total()

    def record(self, commit: MinedCommit) -> None:
        """Count one commit."""
        self.left_out.update(commit.left_out)
        if commit.phase is None:
            self.skipped[commit.skipped or "no reason"] += 1
        else:
            self.mined += 1

    def add(self, other: MiningReport) -> None:
        """Count what another run counted as well."""
        self.mined += other.mined
        self.from_cache += other.from_cache
        self.skipped += other.skipped
        self.left_out += other.left_out
        self.stopped = self.stopped or other.stopped
