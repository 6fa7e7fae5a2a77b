"""The repositories that the benchmark of the estimator walks: history files, and git itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from estimators.errors import HistoryError, RepositoryError
from estimators.fit import read_repositories
from estimators.mining.mine_many import mine_many
from token_budget.cli.mine import count_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from estimators.fit import Repositories
    from estimators.mining.mine_many import MinedRepository
    from estimators.observed import BrokenLine


def read_all(
    files: Sequence[Path], folders: Sequence[Path], limit: int, jobs: int | None
) -> Repositories:
    """Observed phases by repository, oldest first; what was left out is told on standard error.

    Args:
        files: History files.
        folders: Git repositories.
        limit: Phases of a git repository at the most, the newest.
        jobs: Repositories that are mined at once.

    Raises:
        HistoryError: There is nothing to read, something cannot be read, or a repository is there
            twice.
    """
    if not files and not folders:
        raise HistoryError(
            "nothing", "expected a history file (--history) or a repository (--repo)"
        )
    repositories = _read(files)
    for mined in mine_many(folders, count_tokens, jobs, limit=limit):
        name = _checked(mined, repositories)
        repositories[name] = list(mined.phases)
        _tell(f"{mined.source}: {name}: {len(mined.phases)} phases mined")
    for name in backwards(repositories):
        _tell(f"{name}: its last phase is older than its first: expected the oldest first")
    return repositories


def _read(files: Sequence[Path]) -> Repositories:
    broken: list[BrokenLine] = []
    repositories = read_repositories(sorted(files), broken)
    for line in broken:
        _tell(f"{line.file}:{line.line}: left out: {line.reason}")
    return repositories


def _checked(mined: MinedRepository, known: Iterable[str]) -> str:
    """The name of a mined repository.

    Raises:
        HistoryError: It gave nothing, or is known already.
    """
    if mined.failure is not None:
        raise RepositoryError(mined.source, mined.failure)
    if not mined.phases:
        skipped = ", ".join(f"{reason}: {count}" for reason, count in mined.report.skipped.items())
        raise RepositoryError(mined.source, f"expected at least one phase (skipped: {skipped})")
    name = mined.phases[0].repo
    if name in known:
        reason = f"expected every repository once, found {name} twice"
        raise HistoryError(mined.source, reason)
    return name


def backwards(repositories: Repositories) -> list[str]:
    """Names of repositories whose last phase is older than their first."""
    return [name for name, own in repositories.items() if own[-1].time < own[0].time]


def _tell(text: str) -> None:
    print(text, file=sys.stderr)
