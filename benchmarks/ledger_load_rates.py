"""Pairs of entries a second, beside what the disk allows at that moment."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from benchmarks.ledger_load_bare import BareTask, commit_bare, make_rows
from benchmarks.ledger_load_log import read_logs
from benchmarks.ledger_load_worker import Task, open_ledger, pair_up
from benchmarks.processes import Crew
from token_budget.ledger import Limit
from token_budget.ledger.scopes import checked_scope

if TYPE_CHECKING:
    from pathlib import Path

FIRST_READY_SECONDS, EACH_READY_SECONDS = 0.3, 0.15
"""What processes need to be ready (seen: sixteen on two cores in 1 to 1.5 seconds)."""

LONGEST_BARE_SECONDS = 1.5
"""Short, and before and after the pairs: what else uses a disk changes by the second."""


@dataclass(frozen=True, slots=True)
class Rates:
    """One measurement of a ledger's rates.

    Attributes:
        folder: Where logs go.
        url: The ledger.
        organisation: What the first name of every scope begins with.
        seconds: How long pairs are made.
    """

    folder: Path
    url: str
    organisation: str
    seconds: float

    def measured(self, crews: list[int]) -> dict[str, Any]:
        """For each number of processes: pairs, and bare commits before and after them, a second.

        Args:
            crews: How many processes there are in each measurement.
        """
        make_rows(self.url, max(crews))
        pairs, own, shared = {}, {}, {}
        for workers in crews:
            before = self._bare(workers, "before", shared=False)
            pairs[str(workers)] = self._pairs(workers)
            own[str(workers)] = [before, self._bare(workers, "after", shared=False)]
            if workers > 1:
                shared[str(workers)] = self._bare(workers, "shared", shared=True)
        bare = {"own_rows": own, "one_row": shared}
        return {"pairs_a_second": pairs, "bare_commits_a_second": bare}

    def _pairs(self, workers: int) -> float:
        """Pairs a second; a limit stands at each of the three scopes."""
        name = f"pairs-{workers}"
        organisation = f"{self.organisation}-{name}"
        with open_ledger(self._task(name, 0.0, organisation, 0)) as ledger:
            for depth in (1, 2, 3):
                scope = checked_scope((organisation, "run", "phase")[:depth])
                ledger.set_limit(scope, Limit(total_tokens=10**12, micro_usd=10**12))
        task = self._task(name, self.seconds, organisation, workers)
        Crew(pair_up, lambda n: _worker(task, n)).run(workers, task.until, None)
        pairs = sum(entry["pairs"] for entry in read_logs(self.folder / name))
        return round(pairs / self.seconds, 1)

    def _bare(self, workers: int, moment: str, *, shared: bool) -> float:
        """Bare commits a second."""
        name = f"bare-{workers}-{moment}"
        seconds = min(self.seconds / 2, LONGEST_BARE_SECONDS)
        task = self._task(name, seconds, self.organisation, workers)
        crew = Crew(commit_bare, lambda n: BareTask(_worker(task, n), shared))
        crew.run(workers, task.until, None)
        commits = sum(entry["commits"] for entry in read_logs(self.folder / name))
        return round(commits / seconds, 1)

    def _task(self, name: str, seconds: float, organisation: str, workers: int) -> Task:
        """The task of worker 0, which begins when all workers are ready."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        since = time.monotonic() + FIRST_READY_SECONDS + EACH_READY_SECONDS * workers
        until = since + seconds
        task = Task(self.url, str(folder), "worker-0000", until, 0, organisation=organisation)
        return replace(task, since=since)


def _worker(task: Task, number: int) -> Task:
    return replace(task, name=f"worker-{number:04d}", seed=number)
