"""Every error of the package, drawn once.

    ContinuationError
    ├── NoProgress          a round added nothing that can be kept
    ├── TooManyRounds       the answer is not whole after as many rounds as are allowed
    ├── SeamMismatch        two parts of an answer that cannot be joined with certainty
    ├── UnknownStopReason   the answer ended in a way that nobody defined
    └── Refused             the model refused

What was kept when an attempt fails is not in the error: the state machine still has it.
"""

from __future__ import annotations

SHOWN_CHARACTERS = 120
"""A text in a message is cut to this many characters: a message is read by a person."""

SHOWN_MISSING = 10
"""A message names this many of the things that are missing."""


def shown(text: str) -> str:
    """``text`` as it appears in a message: its ``repr``, shortened."""
    if len(text) <= SHOWN_CHARACTERS:
        return repr(text)
    return repr(text[:SHOWN_CHARACTERS]) + "…"


class ContinuationError(Exception):
    """Root of the errors of ``continuation``."""


class NoProgress(ContinuationError):  # noqa: N818 - the name is part of the public face
    """A round added no operation and no source line.

    Attributes:
        reason: What came instead.
        missing: What the answer still lacks, in words.
    """

    def __init__(self, reason: str, missing: tuple[str, ...] = ()) -> None:
        """Keep the parts."""
        self.reason, self.missing = reason, missing
        super().__init__(reason, missing)

    def __str__(self) -> str:
        """One line: what came, and what is missing."""
        return f"{self.reason}{_still(self.missing)}"


class TooManyRounds(ContinuationError):  # noqa: N818 - the name is part of the public face
    """The answer is not whole after as many rounds as are allowed.

    Attributes:
        rounds: How many there were.
        missing: What the answer still lacks, in words.
    """

    def __init__(self, rounds: int, missing: tuple[str, ...] = ()) -> None:
        """Keep the parts."""
        self.rounds, self.missing = rounds, missing
        super().__init__(rounds, missing)

    def __str__(self) -> str:
        """One line: the rounds, and what is missing."""
        return f"the answer is not whole after {self.rounds} rounds{_still(self.missing)}"


class SeamMismatch(ContinuationError):  # noqa: N818 - the name is part of the public face
    """Two parts of an answer that cannot be joined with certainty.

    Attributes:
        place: Where they meet: a path, with what of it.
        expected: What would have proved the seam.
        found: What came instead.
    """

    def __init__(self, place: str, expected: str, found: str) -> None:
        """Keep the parts."""
        self.place, self.expected, self.found = place, expected, found
        super().__init__(place, expected, found)

    def __str__(self) -> str:
        """One line: the place, what was expected and what came."""
        return f"{self.place}: expected {self.expected}, found {self.found}"


class UnknownStopReason(ContinuationError):  # noqa: N818 - the name is part of the public face
    """The answer ended in a way that nobody defined, or without saying how.

    Attributes:
        stop_reason: As the API gave it; None: it gave none.
    """

    def __init__(self, stop_reason: str | None) -> None:
        """Keep it."""
        self.stop_reason = stop_reason
        super().__init__(stop_reason)

    def __str__(self) -> str:
        """One line that names it."""
        if self.stop_reason is None:
            return "the answer ended without a stop reason"
        return f"the answer ended with the unknown stop reason {self.stop_reason!r}"


class Refused(ContinuationError):  # noqa: N818 - the name is part of the public face
    """The model refused.

    Attributes:
        explanation: What the API says of it; empty: nothing.
    """

    def __init__(self, explanation: str = "") -> None:
        """Keep it."""
        self.explanation = explanation
        super().__init__(explanation)

    def __str__(self) -> str:
        """One line."""
        return f"the model refused: {self.explanation}" if self.explanation else "the model refused"


def _still(missing: tuple[str, ...]) -> str:
    if not missing:
        return ""
    more = len(missing) - SHOWN_MISSING
    tail = f" and {more:,} more" if more > 0 else ""
    return f"; still missing: {', '.join(missing[:SHOWN_MISSING])}{tail}"
