"""Many repositories at once, by joblib: in processes, or wherever ``parallel_config`` says.

with joblib.parallel_config("dask"):        # or "ray", or "loky" with n_jobs=8
    mined = list(mine_many(repositories, count))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.errors import RepositoryError
from estimators.history import mine
from estimators.mining.mining_report import MiningReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Unpack

    from estimators.history import MiningOptions
    from estimators.observed import ObservedPhase


@dataclass(frozen=True, slots=True)
class MinedRepository:
    """What one repository gave.

    Attributes:
        source: The repository as it was given.
        phases: Its phases, oldest first.
        report: What was mined and what was skipped.
        failure: Why it could not be mined at all; None if it could.
    """

    source: str
    phases: tuple[ObservedPhase, ...]
    report: MiningReport
    failure: str | None = None


def mine_many(
    repositories: Iterable[str | Path],
    count: Callable[[str], int],
    jobs: int | None = None,
    **options: Unpack[MiningOptions],
) -> Iterator[MinedRepository]:
    """Mine repositories side by side; one that fails does not end the others.

    Args:
        repositories: As in `estimators.history.mine`.
        count: As there; a function of a module, where it has to travel to other processes.
        jobs: How many at once; None: what ``joblib.parallel_config`` says, else one.
        **options: As there, but for ``newest_first`` and ``report``, which are set here. A cache
            has to be one that can travel too.

    Yields:
        One a repository, in their order, each as soon as it and those before it are done.
    """
    from joblib import Parallel, delayed

    work = (delayed(mine_one)(repository, count, options) for repository in repositories)
    yield from Parallel(n_jobs=jobs, return_as="generator")(work)


def mine_one(
    repository: str | Path,
    count: Callable[[str], int],
    options: MiningOptions,
    on_phase: Callable[[], None] = lambda: None,
) -> MinedRepository:
    """One repository whole; its failure is part of the answer.

    Args:
        repository: As in `estimators.history.mine`.
        count: As there.
        options: As in `mine_many`.
        on_phase: Called after each phase; for progress bars.
    """
    report = MiningReport()
    chosen: MiningOptions = {**options, "newest_first": True, "report": report}
    phases: list[ObservedPhase] = []
    try:
        for phase in mine(repository, count, **chosen):
            phases.append(phase)
            on_phase()
    except RepositoryError as error:
        return MinedRepository(str(repository), (), report, error.reason)
    return MinedRepository(str(repository), tuple(reversed(phases)), report)
