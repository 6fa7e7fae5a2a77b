"""What git knows of how a workspace changes: its last commits, as values. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from token_budget.context.query import clean
from token_budget.context.touched_lines import HunkPlace, Touched, touched_lines
from token_budget.context.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_FILES = 60
"""Files of a commit; more is a sweep over the repository, and says nothing of what belongs
together. The limit of the estimators' mined histories."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """What one commit did to one file.

    Attributes:
        path: Relative to the workspace; where the file is after the commit.
        old_path: Where it was before, if elsewhere.
        hunks: Where it changed, in order.
    """

    path: str
    old_path: str | None = None
    hunks: tuple[HunkPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class PastCommit:
    """One commit without its author.

    Attributes:
        name: Its object name.
        message: The whole message.
        changes: What it changed in the workspace; empty where git could not say.
    """

    name: str
    message: str
    changes: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The last commits of the current branch, newest first, and what there is to say of them.

    Attributes:
        commits: Ancestors of ``HEAD``, itself included, without merges.
        reason: Why there are none, or fewer than were asked for; "" if nothing is amiss.
    """

    commits: tuple[PastCommit, ...] = ()
    reason: str = ""


class ChangeHistory:
    """Views of a history by the paths that files have now.

    An age is a number of commits: 0 is the newest. Sweeps over more than `MOST_FILES` files tell
    where what stood before them is now, and nothing else.

    Attributes:
        commits: Newest first.
        note: How many they are, and why not more.
    """

    def __init__(self, commits: Sequence[PastCommit] = (), reason: str = "") -> None:
        """Follow every file through its renames.

        Args:
            commits: Newest first.
            reason: Why they are none, or fewer than there could be; see `History.reason`.
        """
        self.commits = tuple(commits)
        self.note = "; ".join(filter(None, (f"{len(self.commits):,} commits", reason)))
        renamed: dict[str, str] = {}
        self._changes = [_by_present_path(commit.changes, renamed) for commit in self.commits]
        self._touched: dict[str, list[Touched]] = {}

    def paths(self, age: int) -> Iterable[str]:
        """The files that a commit changed, by their present paths; none for a sweep."""
        changed = self._changes[age]
        return changed.keys() if len(changed) <= MOST_FILES else ()

    @cached_property
    def words(self) -> tuple[Mapping[str, int], ...]:
        """The words of each message with their counts."""
        return tuple(words_of(clean(commit.message)) for commit in self.commits)

    @cached_property
    def ages(self) -> Mapping[str, tuple[int, ...]]:
        """When each file was changed: ages, newest first."""
        found: dict[str, list[int]] = defaultdict(list)
        for age in range(len(self.commits)):
            for path in self.paths(age):
                found[path].append(age)
        return {path: tuple(ages) for path, ages in found.items()}

    def touched(self, path: str) -> Sequence[Touched]:
        """The places of a file that commits changed, as they are now, newest first."""
        if path not in self._touched:
            changes = (
                (age, self._changes[age][path].hunks) for age in self._all_ages.get(path, ())
            )
            self._touched[path] = touched_lines(changes)
        return self._touched[path]

    @cached_property
    def _all_ages(self) -> Mapping[str, Sequence[int]]:
        """When each file was changed, by sweeps too."""
        found: dict[str, list[int]] = defaultdict(list)
        for age, changes in enumerate(self._changes):
            for path in changes:
                found[path].append(age)
        return found


def _by_present_path(
    changes: Iterable[FileChange], renamed: dict[str, str]
) -> dict[str, FileChange]:
    """What a commit changed, by the paths of today; notes the renames for the commits before it."""
    found: dict[str, FileChange] = {}
    for change in changes:
        present = renamed.get(change.path, change.path)
        found[present] = change
        if change.old_path is not None:
            renamed.setdefault(change.old_path, present)
    return found
