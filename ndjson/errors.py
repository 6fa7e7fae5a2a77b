"""Every error of the package, drawn once.

    NdjsonError
    ├── InvalidOperation    a text or value that is not an operation of the format
    ├── LimitExceeded       an answer that is larger or deeper than the reader accepts
    ├── UnsafePath          a path that must not be written, with the rule that refused it
    ├── AnchorNotFound      an old text or anchor that the file does not hold
    ├── AmbiguousMatch      an old text or anchor that the file holds more than once
    ├── Conflict            a file, or a pair of operations, that is not what was expected
    ├── JournalDamaged      the record of an interrupted apply cannot be used
    ├── WorkspaceBusy       another process is applying to the same root
    └── WriteFailed         the system refused to write while an answer was being applied

Every error carries what it is about as attributes, and its message can be sent back to a model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN_CHARACTERS = 120
"""A text in a message is cut to this many characters: a message is read by a person."""

SHOWN_LINES = 10
"""A message lists this many line numbers."""


def shown(text: str) -> str:
    """``text`` as it appears in a message: its ``repr``, shortened."""
    if len(text) <= SHOWN_CHARACTERS:
        return repr(text)
    return repr(text[:SHOWN_CHARACTERS]) + "…"


class NdjsonError(Exception):
    """Root of the errors of ``ndjson``."""


class InvalidOperation(NdjsonError):  # noqa: N818 - the name is part of the public face
    """A text or value that is not an operation of the format.

    Attributes:
        reason: What is wrong, with its place within the operation.
    """

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        self.reason = reason
        super().__init__(reason)


class LimitExceeded(NdjsonError):  # noqa: N818 - the name is part of the public face
    """An answer that is larger or deeper than the reader accepts.

    Attributes:
        limit: Which limit: ``line bytes``, ``depth`` or ``objects``.
        value: What was reached, in the limit's own unit; reading stopped there.
        most: What the limit allows.
    """

    def __init__(self, limit: str, value: int, most: int) -> None:
        """Keep the parts."""
        self.limit, self.value, self.most = limit, value, most
        super().__init__(limit, value, most)

    def __str__(self) -> str:
        """One line: the limit, what was reached, what is allowed."""
        return f"the limit of {self.limit} is {self.most:,}, reached {self.value:,}"


class UnsafePath(NdjsonError):  # noqa: N818 - the name is part of the public face
    """A path that must not be written.

    Attributes:
        path: The path as the operation names it.
        rule: The rule that refused it.
    """

    def __init__(self, path: str, rule: str) -> None:
        """Keep the parts."""
        self.path, self.rule = path, rule
        super().__init__(path, rule)

    def __str__(self) -> str:
        """One line: the path and the rule."""
        return f"the path {shown(self.path)} is refused: {self.rule}"


class AnchorNotFound(NdjsonError):  # noqa: N818 - the name is part of the public face
    """An old text or anchor that the file does not hold.

    Attributes:
        path: The file.
        text: What was looked for.
        closest: The most similar text of the file, with its differences shown; empty: none.
    """

    def __init__(self, path: str, text: str, closest: str = "") -> None:
        """Keep the parts."""
        self.path, self.text, self.closest = path, text, closest
        super().__init__(path, text, closest)

    def __str__(self) -> str:
        """The file, the text that is missing, and the closest text there is."""
        message = f"{self.path}: the text {shown(self.text)} does not occur"
        return f"{message}; the closest is:\n{self.closest}" if self.closest else message


class AmbiguousMatch(NdjsonError):  # noqa: N818 - the name is part of the public face
    """An old text or anchor that the file holds more than once.

    Attributes:
        path: The file.
        text: What was looked for.
        lines: The 1-based numbers of the lines where it begins.
    """

    def __init__(self, path: str, text: str, lines: Sequence[int]) -> None:
        """Keep the parts."""
        self.path, self.text, self.lines = path, text, tuple(lines)
        super().__init__(path, text, self.lines)

    def __str__(self) -> str:
        """One line: the file, the text, how often and where."""
        places = ", ".join(map(str, self.lines[:SHOWN_LINES]))
        places += ", …" if len(self.lines) > SHOWN_LINES else ""
        return (
            f"{self.path}: the text {shown(self.text)} occurs {len(self.lines)} times, "
            f"on lines {places}; it must occur exactly once"
        )


class Conflict(NdjsonError):  # noqa: N818 - the name is part of the public face
    """A file, or a pair of operations, that is not what was expected.

    Attributes:
        path: The file.
        reason: What was expected and what was found.
    """

    def __init__(self, path: str, reason: str) -> None:
        """Keep the parts."""
        self.path, self.reason = path, reason
        super().__init__(path, reason)

    def __str__(self) -> str:
        """One line: the file and the reason."""
        return f"{self.path}: {self.reason}"


class JournalDamaged(NdjsonError):  # noqa: N818 - the name is part of the public face
    """The record of an interrupted apply cannot be used.

    Attributes:
        path: The journal.
        reason: What is wrong with it.
    """

    def __init__(self, path: str, reason: str) -> None:
        """Keep the parts."""
        self.path, self.reason = path, reason
        super().__init__(path, reason)

    def __str__(self) -> str:
        """One line: the journal and what is wrong."""
        return f"the journal {self.path} cannot be used: {self.reason}"


class WorkspaceBusy(NdjsonError):  # noqa: N818 - the name is part of the public face
    """Another process is applying to the same root.

    Attributes:
        root: The root of the workspace.
        seconds: How long the lock was waited for.
        lock: The file that is locked, relative to the root.
    """

    def __init__(self, root: str, seconds: float, lock: str = "") -> None:
        """Keep the parts."""
        self.root, self.seconds, self.lock = root, seconds, lock
        super().__init__(root, seconds, lock)

    def __str__(self) -> str:
        """One line: the root, its lock and the time waited."""
        waited = f"waited {self.seconds:g} s for {self.lock or 'it'}"
        return f"another process is writing to {self.root}; {waited}"


class WriteFailed(NdjsonError):  # noqa: N818 - the name is part of the public face
    """The system refused to write while an answer was being applied.

    Attributes:
        root: The root of the workspace.
        reason: What the system said.
        undone: Whether everything is as before; if not, the next `Workspace` settles it.
    """

    def __init__(self, root: str, reason: str, undone: bool) -> None:
        """Keep the parts."""
        self.root, self.reason, self.undone = root, reason, undone
        super().__init__(root, reason, undone)

    def __str__(self) -> str:
        """One line: the root, what the system said, and how the files are now."""
        now = "nothing was changed" if self.undone else "the next apply settles what was begun"
        return f"{self.root}: {self.reason}; {now}"


class InvalidPattern(NdjsonError):  # noqa: N818 - the name is part of the public face
    """A pattern of protected or allowed paths that means nothing.

    Attributes:
        pattern: As it was given.
        reason: What is wrong with it.
    """

    def __init__(self, pattern: str, reason: str) -> None:
        """Keep the parts."""
        self.pattern, self.reason = pattern, reason
        super().__init__(pattern, reason)

    def __str__(self) -> str:
        """One line: the pattern and what is wrong with it."""
        return f"expected a pattern as in .gitignore, found {self.pattern!r}: {self.reason}"
