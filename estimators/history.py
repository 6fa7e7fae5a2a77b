"""Observed phases out of a git history, as a stream of bounded memory.

One commit is read as one phase: its files were the deliverables, its diff is what was written.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from estimators.errors import RepositoryError
from estimators.mining.commit_miner import CommitMiner
from estimators.mining.git_command import check_has_commits, find_git_directory, repository_name
from estimators.mining.git_log import Selection, read_commits
from estimators.mining.mined_entry import entry_of, mined_commit
from estimators.mining.mining_report import MiningReport
from estimators.mining.mining_rules import MiningRules

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Unpack

    from estimators.mining.commit_miner import MinedCommit
    from estimators.mining.git_log import Commit
    from estimators.observed import ObservedPhase

DEFAULT_LIMIT = 500
"""Phases that are mined unless the caller says otherwise."""


class CommitCache(Protocol):
    """Where mined commits are kept from run to run. An entry is a value that JSON can hold."""

    def get(self, commit: str) -> Mapping[str, Any] | None:
        """The entry of a commit, by its full name; None if there is none."""

    def put(self, commit: str, entry: Mapping[str, Any]) -> None:
        """Keep the entry of a commit, in place of an earlier one."""


class MiningOptions(TypedDict, total=False):
    """What can be chosen about mining; everything has a default.

    Attributes:
        limit: How many phases at the most, always the newest; None: all. Without it: 500.
        newest_first: The order; without it: True. Oldest first, up to ``limit`` phases are held in
            memory.
        since: Only commits from this moment on; a moment without a time zone is UTC.
        until: Only commits up to this moment.
        paths: Only commits that changed one of these files or folders, relative to the root of the
            repository; such a commit is mined whole.
        rules: What is left out; without it: the rules of the shipped prior's histories.
        cache: Commits that it holds are not mined again; new ones are put into it.
        report: Where it is counted what was mined and what was skipped, as the phases stream.
    """

    limit: int | None
    newest_first: bool
    since: datetime | None
    until: datetime | None
    paths: Sequence[str]
    rules: MiningRules | None
    cache: CommitCache | None
    report: MiningReport | None


def mine(
    repository: str | Path, count: Callable[[str], int], **options: Unpack[MiningOptions]
) -> Iterator[ObservedPhase]:
    """The phases of a repository's current branch, one at a time.

    Nothing is fetched, and nothing that the repository names is run. A commit that cannot be read
    is skipped and counted. The repository is looked at before this returns, its history as the
    phases are asked for.

    Args:
        repository: A work tree, a folder in one (the whole repository is mined all the same), or a
            bare repository.
        count: Counts ``cl100k_base`` tokens. It must be additive at the lines that begin a word,
            as that encoding is (`estimators.mining.mined_sizes.starts_afresh`).
        **options: See `MiningOptions`.

    Raises:
        RepositoryError: It is no repository, has no commit or cannot be read, or git is not there.
        ValueError: The limit is negative.
    """
    limit = options.get("limit", DEFAULT_LIMIT)
    if limit is not None and limit < 0:
        raise ValueError(f"limit: expected 0 or more phases, found {limit!r}")
    newest_first = options.get("newest_first", True)
    git_directory = find_git_directory(repository)
    check_has_commits(repository, git_directory)
    run = _Run(
        source=str(repository),
        git_directory=git_directory,
        selection=Selection(
            newest_first=newest_first or limit is not None,
            since=options.get("since"),
            until=options.get("until"),
            paths=tuple(options.get("paths", ())),
        ),
        rules=options.get("rules") or MiningRules(),
        count=count,
        cache=options.get("cache"),
        report=options.get("report") or MiningReport(),
    )
    phases = run.phases(limit)
    return phases if newest_first or limit is None else _backwards(phases)


def _backwards(phases: Iterable[ObservedPhase]) -> Iterator[ObservedPhase]:
    yield from reversed(list(phases))


@dataclass(frozen=True, slots=True)
class _Run:
    """One pass over one repository."""

    source: str
    git_directory: Path
    selection: Selection
    rules: MiningRules
    count: Callable[[str], int]
    cache: CommitCache | None
    report: MiningReport

    def phases(self, limit: int | None) -> Generator[ObservedPhase]:
        """The phases in the order of the selection, at most ``limit``."""
        repo, yielded = repository_name(self.git_directory), 0
        with (
            closing(self._commits()) as commits,
            CommitMiner(self.git_directory, repo, self.rules, self.count) as miner,
        ):
            for commit in commits if limit != 0 else ():
                mined = self._mined(miner, repo, commit)
                self.report.record(mined)
                if mined.phase is not None:
                    yield mined.phase
                    yielded += 1
                    if yielded == limit:
                        return

    def _commits(self) -> Generator[Commit]:
        """The commits, up to one that git cannot follow."""
        commits = read_commits(self.git_directory, self.selection)
        any_read = False
        try:
            for commit in commits:
                any_read = True
                yield commit
        except RepositoryError as error:
            if not any_read:
                raise RepositoryError(self.source, error.reason) from error
            self.report.stopped = error.reason
        finally:
            commits.close()

    def _mined(self, miner: CommitMiner, repo: str, commit: Commit) -> MinedCommit:
        if self.cache is None:
            return miner.mine(commit)
        rules = self.rules.fingerprint()
        known = mined_commit(self.cache.get(commit.name), repo, rules)
        if known is not None:
            self.report.from_cache += 1
            return known
        mined = miner.mine(commit)
        if mined.lasting:
            self.cache.put(commit.name, entry_of(mined, rules))
        return mined
