"""What reading an answer gives: values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ndjson.operations import Done, Meta

if TYPE_CHECKING:
    from ndjson.edits import Edit
    from ndjson.operations import FileOperation, Operation


@dataclass(frozen=True, slots=True)
class Parsed:
    """An operation and where it stands.

    Attributes:
        operation: What was read, byte-exact.
        line: The 1-based number of the line on which its object begins.
        span: Its first byte and the one after its last, counted from the start of the answer
            as UTF-8; a byte-order mark counts.
    """

    operation: Operation
    line: int
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line, or an object, that was meant as an operation and is none.

    Attributes:
        line: The 1-based number of the line on which it begins; 0: not known.
        reason: What is wrong, fit to be sent back to a model.
        excerpt: How it begins.
    """

    line: int
    reason: str
    excerpt: str

    def __str__(self) -> str:
        """One line: where, and what is wrong."""
        return f"line {self.line}: {self.reason}" if self.line else self.reason


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was tolerated.

    Attributes:
        line: The 1-based number of the line.
        kind: ``byte-order mark``, ``crlf``, ``blank``, ``fence``, ``quoted`` (in a fence of
            another language), ``prose``, ``skipped`` (the rest of a broken object over several
            lines, or of a string with raw line breaks), ``several on a line``, ``over several
            lines``, ``array``, ``monolithic``, ``repeated`` or ``unclosed fence``.
        text: What stands there, shortened, or what it means.
    """

    line: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    r"""The object in which the answer was cut off.

    Attributes:
        kind: Its ``type`` as far as known; None when the cut came before it, or when it cannot
            become a valid operation.
        path: Its path, when that came whole.
        content: For a create or continue: its content up to and with the last whole source line,
            so it is empty or ends with ``\n``. Empty for other kinds.
        last_line: The last line of ``content`` without its line end; None when there is none.
        after: The ``after`` of a continue, when that came whole.
        overwrite: The ``overwrite`` of a create, as far as known.
        raw: The text of the object as it came, without the bytes of a half character at its end.
        line: The 1-based number of the line on which it begins.
        fragment: What came of the source line after ``content``: of a content, the text after its
            last ``\n``; of ``lines``, the string that had begun. Decoded like the content; empty
            when the cut fell at a line end, or nothing came. Evidence only, never to be written.
        edits: The edits of a modify that came whole, in their order; none if one of them is none.
    """

    kind: str | None
    path: str | None
    content: str
    last_line: str | None
    after: str | None
    overwrite: bool
    raw: str
    line: int
    fragment: str = ""
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Partial:
    """All that an answer holds, whole or cut off.

    An answer with rejected lines holds less than was meant: ask for it again instead. Content never
    becomes an operation: after a line that leaves its object open, what looks like an operation
    is given out only if no later line may end that object (`parser` has the rule). So nothing after
    such a line is given out, and `unfinished` is None, when the answer was cut off as well.

    Attributes:
        parsed: Every operation with its place, ``meta`` and ``done`` among them, in their order.
        unfinished: The object in which the answer was cut off; None too if it may be content.
        meta: The first ``meta``; for the monolithic shapes, their ``summary``.
        done: The last ``done``.
        cut: Whether the answer was cut off: any of ``cut_reasons``.
        cut_reasons: Why: ``unfinished line``, ``no done``, ``stop reason max_tokens`` or another
            stop reason, ``limit of …``. A monolithic answer needs no ``done``: its last bracket
            closes it.
        rejected: The first lines that were rejected, at most `reports.KEPT_REPORTS`.
        rejected_count: How many there were in all.
        notes: What was tolerated, at most `reports.KEPT_REPORTS`.
        note_count: How many notes there were in all.
        warnings: What a person should know: promised counts that are wrong, operations after an
            object that was left open, operations after ``done``.
    """

    parsed: tuple[Parsed, ...]
    unfinished: Unfinished | None
    meta: Meta | None
    done: Done | None
    cut_reasons: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    rejected_count: int
    notes: tuple[Note, ...]
    note_count: int
    warnings: tuple[str, ...]

    @property
    def cut(self) -> bool:
        """Whether the answer was cut off."""
        return bool(self.cut_reasons)

    @property
    def operations(self) -> tuple[FileOperation, ...]:
        """The operations that change files, in their order."""
        found = (one.operation for one in self.parsed)
        return tuple(one for one in found if not isinstance(one, Meta | Done))
