"""Tasks with a known answer: real commits, each with the workspace as it was before it.

A task is a commit's message and the lines that it changed. *find*: nothing else is known.
*complete*: all files that it changed but one are deliverables; only the lines of that one count.
"""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from estimators.mining.git_command import environment, find_git_directory
from estimators.mining.git_log import Selection, read_commits
from estimators.mining.git_objects import DiffReader, UnreadableObjectError
from estimators.mining.mining_rules import MiningRules
from estimators.mining.patch import parse_commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from estimators.mining.git_log import Commit
    from estimators.mining.patch import Change, Hunk, Patch

Kind = Literal["find", "complete"]
Lines = tuple[int, int]

MOST_FILES = 60
"""Files of a commit; more is a sweep over the repository, not a phase of work."""

LEAST_DELIVERABLES = 2
"""Files of which one is missing in *complete*."""


@dataclass(frozen=True, slots=True)
class PastChange:
    """One commit as a task.

    Attributes:
        commit: Its name.
        parent: The commit whose files are the workspace.
        message: The whole message.
        hunks: Old lines by path: first and last, counted from 1, both included. What was only
            inserted counts as the line that it stands behind (the first line at the very top).
    """

    commit: str
    parent: str
    message: str
    hunks: Mapping[str, tuple[Lines, ...]]


@dataclass(frozen=True, slots=True)
class ContextTask:
    """What is asked, and what should be found.

    Attributes:
        kind: Which task.
        change: The commit.
        deliverables: Paths that are known.
        wanted: Old lines by path.
    """

    kind: Kind
    change: PastChange
    deliverables: tuple[str, ...]
    wanted: Mapping[str, tuple[Lines, ...]]


def past_changes(repository: Path, limit: int, every: int = 1) -> Iterator[PastChange]:
    """The newest commits that changed lines of files that were there, newest first.

    Args:
        repository: A work tree or a bare repository.
        limit: How many at most.
        every: Only every so many of those that qualify, to reach further back.
    """
    directory = find_git_directory(repository)
    options = ("--patch", "--unified=0", "--find-renames", "--", *MiningRules().pathspecs())
    found = 0
    with DiffReader(directory, *options) as reader:
        for commit in read_commits(directory, Selection()):
            if len(commit.parents) != 1 or (hunks := _hunks(reader, commit)) is None:
                continue
            found += 1
            if found % every == 0:
                yield PastChange(commit.name, commit.parents[0], commit.message, hunks)
            if found == limit * every:
                return


def tasks_of(change: PastChange, indexed: Mapping[str, object]) -> Iterator[ContextTask]:
    """The tasks that a commit makes, with the files that an index of the workspace holds."""
    wanted = {path: lines for path, lines in change.hunks.items() if path in indexed}
    if wanted:
        yield ContextTask("find", change, (), wanted)
    if len(wanted) >= LEAST_DELIVERABLES:
        missing = random.Random(change.commit).choice(sorted(wanted))
        known = tuple(sorted(wanted.keys() - {missing}))
        yield ContextTask("complete", change, known, {missing: wanted[missing]})


class PastWorkspace:
    """A work tree that is put to one commit after another; the repository is only read."""

    def __init__(self, repository: Path, folder: Path) -> None:
        """Make an empty work tree in ``folder``, with the repository's objects."""
        self.folder = folder
        source = str(find_git_directory(repository))
        _git("clone", "--quiet", "--shared", "--no-checkout", source, str(folder))

    def put_to(self, commit: str) -> None:
        """Make it what it was at a commit; ``HEAD`` too, so that no history knows the future."""
        _git("-C", str(self.folder), "checkout", "--quiet", "--force", "--detach", commit)
        _git("-C", str(self.folder), "clean", "--quiet", "-ffdx")


def _hunks(reader: DiffReader, commit: Commit) -> dict[str, tuple[Lines, ...]] | None:
    """Old lines by old path; None: the commit is no task."""
    try:
        read = parse_commit(reader.lines(commit.name))
    except (UnreadableObjectError, ValueError):
        return None
    if len(read) > MOST_FILES:
        return None
    found = {
        path: tuple(_old_lines(hunk) for hunk in patch.hunks)
        for change, patch in read
        if patch.hunks and (path := _old_path(change, patch))
    }
    return found or None


def _old_path(change: Change, patch: Patch) -> str | None:
    """Where a file was before; None: nowhere, or under a name that is no UTF-8."""
    if change.status == "A":
        return None
    path = change.path
    for line in patch.text.split(b"\n", 8)[:8]:
        if line.startswith(b"rename from "):
            path = line.removeprefix(b"rename from ")
    try:
        return path.decode()
    except UnicodeDecodeError:
        return None


def _old_lines(hunk: Hunk) -> Lines:
    if not hunk.old_lines:
        behind = max(hunk.old_start, 1)
        return behind, behind
    return hunk.old_start + 1, hunk.old_start + len(hunk.old_lines)


def _git(*arguments: str) -> None:
    # Cloning from a folder goes by the protocol that reading forbids.
    allowed = environment() | {"GIT_ALLOW_PROTOCOL": "file"}
    subprocess.run(["git", *arguments], env=allowed, check=True, capture_output=True)
