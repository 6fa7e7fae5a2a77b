"""The history of a workspace, read from git: only ancestors of ``HEAD``, and only what changed.

What was read of a commit is kept by its name, so that the next commit costs one diff.
"""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from estimators.errors import RepositoryError
from estimators.mining.git_command import environment, find_git_directory
from estimators.mining.git_log import Selection, read_commits
from estimators.mining.git_objects import DiffReader, UnreadableObjectError
from estimators.mining.mining_rules import MiningRules
from estimators.mining.patch import parse_commit
from token_budget.context.change_history import FileChange, History, PastCommit
from token_budget.context.touched_lines import HunkPlace
from token_budget.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from estimators.mining.git_log import Commit
    from estimators.mining.patch import Change, Hunk, Patch
    from token_budget.context.history_store import HistoryStore

Changes = dict[str, tuple[FileChange, ...]]
"""What commits changed, by their names."""

MOST_COMMITS = 1_500
"""Commits that are read. With 400, one to two points of recall were lost."""

READING_SECONDS = 20.0
"""After this long no more diffs are read; what is still unread is read the next time."""

COMMITS_AT_ONCE = 100
"""Commits whose changes are kept in one transaction."""


def read_history(
    root: Path, store: HistoryStore | None = None, *, limit: int = MOST_COMMITS
) -> History:
    """The last commits of the branch that a workspace has checked out; never an error.

    Args:
        root: The workspace; it may be a folder inside its repository.
        store: Where changes are kept from one reading to the next; None: nowhere.
        limit: Commits at the most, merges not counted.
    """
    try:
        git_directory = find_git_directory(root)
        prefix = _prefix(root)
        commits = list(islice(_plain_commits(git_directory), limit))
    except RepositoryError as error:
        return History((), f"no history: {error.reason}")
    known = _known(commits, store)
    return _joined(commits, known | _read_missing(git_directory, commits, known, store), prefix)


def head_of(root: Path) -> str:
    """The commit that a workspace has checked out; empty: there is none."""
    return _git(root, "rev-parse", "--quiet", "--verify", "HEAD").strip()


def _known(commits: Iterable[Commit], store: HistoryStore | None) -> Changes:
    """What is kept of these commits; nothing where the cache cannot be read."""
    if store is not None:
        with suppress(StorageUnavailable):
            return store.changes([commit.name for commit in commits])
    return {}


def _plain_commits(git_directory: Path) -> Iterator[Commit]:
    """Commits that are no merges; a history whose end is missing ends there."""
    seen = False
    try:
        for commit in read_commits(git_directory, Selection()):
            seen = True
            if len(commit.parents) <= 1:
                yield commit
    except RepositoryError:
        if not seen:
            raise


def _read_missing(
    git_directory: Path,
    commits: Iterable[Commit],
    known: Changes,
    store: HistoryStore | None,
) -> Changes:
    missing = iter([commit.name for commit in commits if commit.name not in known])
    deadline = time.monotonic() + READING_SECONDS
    found: Changes = {}
    options = ("--patch", "--unified=0", "--find-renames", "--", *MiningRules().pathspecs())
    with DiffReader(git_directory, *options) as reader:
        while time.monotonic() < deadline and (some := list(islice(missing, COMMITS_AT_ONCE))):
            read = {name: _changes(reader, name) for name in some}
            if store is not None:
                with suppress(StorageUnavailable):  # then they are read again the next time
                    store.keep(read)
            found |= read
    return found


def _changes(reader: DiffReader, name: str) -> tuple[FileChange, ...]:
    """What one commit changed; nothing where objects are missing or the diff makes no sense."""
    try:
        read = parse_commit(reader.lines(name))
    except (UnreadableObjectError, ValueError):
        return ()
    return tuple(one for one in map(_change, read) if one is not None)


def _change(read: tuple[Change, Patch]) -> FileChange | None:
    change, patch = read
    try:
        path = change.path.decode()
        old = _old_path(patch.text) if change.status == "R" else None
    except UnicodeDecodeError:
        return None
    return FileChange(path, old, tuple(map(_place, patch.hunks)))


def _place(hunk: Hunk) -> HunkPlace:
    return HunkPlace(hunk.old_start, len(hunk.old_lines), hunk.new_start, len(hunk.new_lines))


def _old_path(patch: bytes) -> str | None:
    """Where a renamed file was; None for a name that git had to quote."""
    for line in patch.split(b"\n", 8)[:8]:
        if line.startswith(b"rename from "):
            name = line.removeprefix(b"rename from ").decode()
            return None if name.startswith('"') else name
    return None


def _joined(commits: list[Commit], changes: Changes, prefix: str) -> History:
    read = [commit for commit in commits if commit.name in changes]
    past = tuple(
        PastCommit(one.name, one.message, _below(prefix, changes[one.name])) for one in read
    )
    unread = len(commits) - len(read)
    return History(past, f"{unread:,} commits are still unread" if unread else "")


def _below(prefix: str, changes: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
    """The changes inside the workspace, with paths relative to it."""
    if not prefix:
        return changes
    return tuple(
        FileChange(
            one.path.removeprefix(prefix),
            one.old_path.removeprefix(prefix) if one.old_path else None,
            one.hunks,
        )
        for one in changes
        if one.path.startswith(prefix)
    )


def _prefix(root: Path) -> str:
    """Where the workspace is inside its repository: "" or a path with a final slash."""
    return _git(root, "rev-parse", "--show-prefix").removesuffix("\n")


def _git(root: Path, *arguments: str) -> str:
    """What git says of a folder; empty where it fails."""
    found = subprocess.run(  # noqa: S603 - fixed words and a folder after -C
        ["git", "-C", str(root.absolute()), *arguments],  # noqa: S607 - from PATH
        capture_output=True,
        check=False,
        env=environment(),
    )
    return found.stdout.decode(errors="replace")
