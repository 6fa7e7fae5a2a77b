"""Real commits as values: every text file that one changed, before and after, and its diff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.errors import RepositoryError
from estimators.mining.file_miner import blobs_of, diff_text
from estimators.mining.git_command import check_has_commits, find_git_directory
from estimators.mining.git_log import Selection, read_commits
from estimators.mining.git_objects import BlobReader, DiffReader, UnreadableObjectError
from estimators.mining.mining_rules import MiningRules
from estimators.mining.patch import parse_commit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from estimators.deliverable import Action
    from estimators.mining.git_log import Commit
    from estimators.mining.patch import Change, Hunk, Patch

RULES = MiningRules()
"""Files that nobody asks a model to write are left out, as they are from histories."""

DIFF_OPTIONS = ("-p", "--unified=3", "--src-prefix=a/", "--dst-prefix=b/", "-M50%")

_ACTIONS: dict[str, Action] = {"A": "create", "M": "modify", "D": "delete", "R": "rename"}


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A text file that a commit changed.

    Attributes:
        action: What happened to it.
        path: Where it is; of a deleted one, where it was.
        old_path: Where it was; differs from ``path`` if it was renamed.
        before: What it was; None: not there.
        after: What it became; None: not there.
        diff: Its part of the commit's unified diff.
        hunks: The same in values.
    """

    action: Action
    path: str
    old_path: str
    before: str | None
    after: str | None
    diff: str
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class ChangedFiles:
    """A commit.

    Attributes:
        git_directory: Of its repository.
        name: Its object name.
        parent: That of its parent.
        time: When it was committed: seconds since 1970.
        message: What it says.
        files: Its text files, in git's order.
    """

    git_directory: Path
    name: str
    parent: str
    time: int
    message: str
    files: tuple[ChangedFile, ...]

    @property
    def before(self) -> dict[str, str]:
        """The files before it, by path."""
        return {one.old_path: one.before for one in self.files if one.before is not None}

    @property
    def after(self) -> dict[str, str | None]:
        """What every path holds after it; None: nothing."""
        gone: dict[str, str | None] = {one.old_path: None for one in self.files}
        return {**gone, **{one.path: one.after for one in self.files}}


def changed_files(repository: Path, least_files: int = 1) -> Iterator[ChangedFiles]:
    """The commits of the current branch that change so many text files or more, newest first.

    Merges and commits without a parent are left out, and so is one that git cannot read.

    Raises:
        RepositoryError: It is no repository, or has no commit.
    """
    git_directory = find_git_directory(repository)
    check_has_commits(repository, git_directory)
    with (
        DiffReader(git_directory, *DIFF_OPTIONS) as diffs,
        BlobReader(git_directory) as blobs,
    ):
        for commit in read_commits(git_directory, Selection()):
            if len(commit.parents) != 1:
                continue
            files = _files(commit, diffs, blobs)
            if least_files <= len(files) <= RULES.max_files:
                parent, time = commit.parents[0], commit.time or 0
                yield ChangedFiles(git_directory, commit.name, parent, time, commit.message, files)


def first_commits(
    repositories: list[Path], most: int, least_files: int, *, largest: int
) -> list[ChangedFiles]:
    """The newest commits of each repository that are not too large.

    Args:
        repositories: Where to look.
        most: Commits of each.
        least_files: Text files of a commit at the least.
        largest: Characters of its diff at the most.
    """
    found: list[ChangedFiles] = []
    for repository in repositories:
        chosen: list[ChangedFiles] = []
        for one in changed_files(repository, least_files):
            if sum(len(file.diff) for file in one.files) <= largest:
                chosen.append(one)
            if len(chosen) >= most:
                break
        found += chosen
    if not found:
        raise RepositoryError(str(repositories[0]), "no commit there can be used")
    return found


def _files(commit: Commit, diffs: DiffReader, blobs: BlobReader) -> tuple[ChangedFile, ...]:
    try:
        pairs = parse_commit(diffs.lines(commit.name))
    except (UnreadableObjectError, ValueError):
        return ()
    if len(pairs) > 2 * RULES.max_files:
        return ()
    found = (_file(change, patch, blobs) for change, patch in pairs if _is_usable(change, patch))
    return tuple(one for one in found if one is not None)


def _is_usable(change: Change, patch: Patch) -> bool:
    """Whether a model could have been asked for it: regular text under a plain path."""
    modes = {change.old_mode, change.new_mode} - {"000000"}
    regular = all(mode.startswith("100") for mode in modes) and len(modes) == 1
    try:
        path = change.path.decode("ascii")
    except UnicodeDecodeError:
        return False
    plain = not set(path) & set(' "\\\t\n')
    return regular and plain and not patch.binary and RULES.left_out(path) is None


def _file(change: Change, patch: Patch, blobs: BlobReader) -> ChangedFile | None:
    try:
        sides = [one.decode() for one in blobs.contents(blobs_of(change))]
    except (UnicodeDecodeError, UnreadableObjectError):
        return None
    if change.status not in _ACTIONS or any(len(one) > RULES.max_file_bytes for one in sides):
        return None
    before = None if change.status == "A" else sides[0]
    after = None if change.status == "D" else sides[-1]
    path = change.path.decode()
    text = diff_text(change, patch, path)
    old_path = _renamed_from(text) or path
    return ChangedFile(_ACTIONS[change.status], path, old_path, before, after, text, patch.hunks)


def _renamed_from(diff: str) -> str:
    """The path of a renamed file before; empty: it was not renamed."""
    head = diff.partition("\n@@ ")[0].split("\n")
    found = [line for line in head if line.startswith("rename from ")]
    return found[0].removeprefix("rename from ") if found else ""
