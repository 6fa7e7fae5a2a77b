"""What became of an answer: of each operation, of each file, and in a few lines for a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ndjson.diffs import unified_diff

if TYPE_CHECKING:
    from ndjson.errors import NdjsonError
    from ndjson.file_state import FileState
    from ndjson.operations import FileOperation


class Outcome(StrEnum):
    """What became of one operation."""

    APPLIED = "applied"
    NO_OP = "no-op"
    """It was right, and changes nothing."""
    FAILED = "failed"
    HELD_BACK = "held back"
    """It was right, but nothing is written when another one fails."""


class Status(StrEnum):
    """What became of an answer."""

    APPLIED = "applied"
    NOTHING_TO_DO = "nothing to do"
    ALREADY_APPLIED = "already applied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one operation.

    Attributes:
        number: Its place among the operations of the answer, from 1.
        operation: The operation itself.
        outcome: What became of it.
        reason: Why it failed or did nothing; can be sent back to a model as it is.
        notes: What else should be known, such as a looser match.
        error: The typed error of a failed one, with what it is about as attributes.
    """

    number: int
    operation: FileOperation
    outcome: Outcome
    reason: str = ""
    notes: tuple[str, ...] = ()
    error: NdjsonError | None = None

    def __str__(self) -> str:
        """One line, and the reason and the notes below it where there are any."""
        head = f"{self.number}. {self.operation.type} {self.operation.path}: {self.outcome}"
        head = f"{head}: {self.reason}" if self.reason else head
        return "\n".join([head, *(f"   note: {note}" for note in self.notes)])


@dataclass(frozen=True, slots=True)
class Change:
    """One file that the answer changes.

    Attributes:
        path: Where it is, links followed, relative to the root.
        before: What it was; ``None``: not there.
        after: What it becomes; ``None``: taken away.
    """

    path: str
    before: FileState | None
    after: FileState | None

    @property
    def diff(self) -> str:
        """The change as a unified diff; one line for bytes that are no text."""
        before = None if self.before is None else self.before.content
        after = None if self.after is None else self.after.content
        return unified_diff(self.path, before, after)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an answer would do: what preview and apply have in common.

    Attributes:
        results: One for each operation, in their order.
        changes: One for each file that would change, by path; empty when an operation failed.
    """

    results: tuple[Result, ...]
    changes: tuple[Change, ...]

    @property
    def failed(self) -> tuple[Result, ...]:
        """The operations that failed."""
        return tuple(result for result in self.results if result.outcome is Outcome.FAILED)

    @property
    def ok(self) -> bool:
        """Whether no operation failed."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class Preview(Evaluation):
    """What `apply` would do now; "applied" reads "would be applied"."""

    @property
    def diff(self) -> str:
        """All changes as one unified diff."""
        return "".join(change.diff for change in self.changes)

    @property
    def summary(self) -> str:
        """A few lines for a person."""
        state = "can be applied" if self.ok else "cannot be applied"
        return _summary(f"{state}: {_counts(self.results)}", self)


@dataclass(frozen=True, slots=True)
class Applied(Evaluation):
    """What `apply` did: all of it, or nothing.

    Attributes:
        status: What became of the answer as a whole.
    """

    status: Status

    @property
    def summary(self) -> str:
        """A few lines for a person."""
        state = f"{self.status}, nothing was written" if self.failed else str(self.status)
        return _summary(f"{state}: {_counts(self.results)}", self)


def _counts(results: tuple[Result, ...]) -> str:
    counts = Counter(result.outcome for result in results)
    parts = [f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome]]
    noun = "operation" if len(results) == 1 else "operations"
    return f"{len(results)} {noun} ({', '.join(parts)})" if parts else "no operations"


def _summary(head: str, evaluation: Evaluation) -> str:
    files = [f"  {_verb(change)} {change.path}" for change in evaluation.changes]
    told = [r for r in evaluation.results if r.outcome is Outcome.FAILED or r.notes]
    return "\n".join([head, *files, *map(str, told)])


def _verb(change: Change) -> str:
    if change.before is None:
        return "creates"
    return "deletes" if change.after is None else "changes"
