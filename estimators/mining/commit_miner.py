"""One commit becomes one observed phase, or is skipped for a reason."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from estimators.mining.commit_message import body_characters, is_written_by_claude, title_of
from estimators.mining.file_miner import FileMiner, LeftOutFileError, blobs_of
from estimators.mining.git_objects import BlobReader, DiffReader, SizeReader, UnreadableObjectError
from estimators.mining.patch import parse_changes, parse_commit
from estimators.observed import ObservedPhase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import Self

    from estimators.mining.git_log import Commit
    from estimators.mining.mining_rules import MiningRules
    from estimators.mining.patch import Change, Patch
    from estimators.observed import ObservedFile

COMMIT_DIGITS = 12
"""Hexadecimal digits of a commit's name that a phase keeps."""


class SkippedCommitError(Exception):
    """A commit that gives no phase; the message is the reason.

    Attributes:
        lasting: It will be skipped next time too: it is not for want of an object.
    """

    def __init__(self, reason: str, *, lasting: bool = True) -> None:
        super().__init__(reason)
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class MinedCommit:
    """What a commit gave.

    Attributes:
        phase: The phase; None for a skipped commit.
        skipped: Why there is no phase; None if there is one.
        left_out: Files that were left out, by reason.
        lasting: The answer will be the same next time: it was not for want of an object.
    """

    phase: ObservedPhase | None
    skipped: str | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    lasting: bool = True


class CommitMiner:
    """Mines the commits of one repository; a context manager, which ends the git processes.

    Args:
        git_directory: Where the objects are.
        repo: What the phases say they come from.
        rules: What is left out.
        count: Counts ``cl100k_base`` tokens.
    """

    def __init__(
        self, git_directory: Path, repo: str, rules: MiningRules, count: Callable[[str], int]
    ) -> None:
        self._repo = repo
        self._rules = rules
        # The first diff reads trees alone, so that a missing blob of a file that is left out does
        # no harm; the second reads the blobs of the others.
        self._trees = DiffReader(git_directory, "-M100%")
        self._diffs = DiffReader(git_directory, *_diff_options(rules))
        self._sizes = SizeReader(git_directory)
        self._blobs = BlobReader(git_directory)
        self._files = FileMiner(self._blobs.contents, count)
        self._processes = ExitStack()

    def __enter__(self) -> Self:
        for process in (self._trees, self._diffs, self._sizes, self._blobs):
            self._processes.enter_context(process)
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.close()

    def mine(self, commit: Commit) -> MinedCommit:
        """The phase of one commit, or why there is none.

        Raises:
            RepositoryError: There is no git command.
        """
        left_out: Counter[str] = Counter()
        try:
            phase = self._phase(commit, left_out)
        except SkippedCommitError as skipped:
            return MinedCommit(None, str(skipped), left_out, skipped.lasting)
        except UnreadableObjectError:
            return MinedCommit(None, "an object is missing or damaged", left_out, lasting=False)
        return MinedCommit(phase, None, left_out)

    def _phase(self, commit: Commit, left_out: Counter[str]) -> ObservedPhase:
        if len(commit.parents) != 1:
            raise SkippedCommitError("a merge" if commit.parents else "no parent")
        if commit.time is None:
            raise SkippedCommitError("no date")
        self._check_sizes(self._kept(commit, left_out))
        return ObservedPhase(
            repo=self._repo,
            commit=commit.name[:COMMIT_DIGITS],
            time=commit.time,
            title=title_of(commit.message, commit.people),
            files=self._observed_files(commit, left_out),
            ai_written=is_written_by_claude(commit.message, commit.people),
            body_chars=body_characters(commit.message),
        )

    def _kept(self, commit: Commit, left_out: Counter[str]) -> list[Change]:
        """The changes that no rule leaves out by their paths."""
        changes = parse_changes(b"".join(self._trees.lines(commit.name)))
        if not changes:
            raise SkippedCommitError("no change")
        if len(changes) > 2 * self._rules.max_files:  # renames pair two of them at the most
            raise SkippedCommitError(self._too_many())
        kept = []
        for change in changes:
            reason = self._rules.left_out(change.path.decode("utf-8", "replace"))
            if reason:
                left_out[reason] += 1
            else:
                kept.append(change)
        if not kept:
            raise SkippedCommitError("only files that are left out")
        return kept

    def _check_sizes(self, changes: Iterable[Change]) -> None:
        names = {name for change in changes for name in blobs_of(change)}
        sizes = self._sizes.sizes(sorted(names)).values()
        if None in sizes:
            raise UnreadableObjectError
        if any(size > self._rules.max_file_bytes for size in sizes if size):
            raise SkippedCommitError(f"a file over {self._rules.max_file_bytes:,} bytes")

    def _observed_files(self, commit: Commit, left_out: Counter[str]) -> tuple[ObservedFile, ...]:
        """The files, in the order of their paths."""
        changes = self._diff(commit)
        if len(changes) + left_out.total() > self._rules.max_files:
            raise SkippedCommitError(self._too_many())
        files = []
        for change, patch in changes:
            try:
                files.append(self._files.mine(change, patch))
            except LeftOutFileError as reason:
                left_out[str(reason)] += 1
        if not files:
            raise SkippedCommitError("only files that are left out")
        return tuple(sorted(files, key=lambda file: file.path))

    def _diff(self, commit: Commit) -> list[tuple[Change, Patch]]:
        lines = self._diffs.lines(commit.name)
        try:
            return parse_commit(lines)
        except ValueError as error:
            raise SkippedCommitError("its diff cannot be read", lasting=False) from error

    def _too_many(self) -> str:
        return f"more than {self._rules.max_files} files"


def _diff_options(rules: MiningRules) -> tuple[str, ...]:
    """The form of diff that the shared definition of the sizes speaks of."""
    form = "--unified=3 --inter-hunk-context=0 --diff-algorithm=myers --no-indent-heuristic"
    prefixes = "--src-prefix=a/ --dst-prefix=b/"
    renames = f"-M{rules.rename_percent}% -l{4 * rules.max_files}"
    return ("-p", *form.split(), *prefixes.split(), *renames.split(), "--", *rules.pathspecs())
