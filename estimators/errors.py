"""Every error of the package, drawn once.

EstimatorError
├── DeliverableError   a deliverable that cannot be used, such as a path that leaves the workspace
├── HistoryError       a file of observed phases that cannot be read, or holds no usable row
│   └── RepositoryError  a folder whose git history cannot be read
├── ModelDataError     fitted parameters that are missing, broken or of another version
├── UnknownEffortError an effort that no model takes
└── UnknownFormatError an output format for which nothing was fitted
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class EstimatorError(Exception):
    """Root of everything the package raises on bad input."""


class DeliverableError(EstimatorError):
    """A deliverable that cannot be used.

    Attributes:
        value: The deliverable or path as it was written.
        reason: What is wrong with it, and what was expected.
    """

    def __init__(self, value: str, reason: str) -> None:
        super().__init__(value, reason)
        self.value = value
        self.reason = reason

    def __str__(self) -> str:
        """The reason, then the value."""
        return f"{self.reason}: {self.value!r}"


class HistoryError(EstimatorError):
    """Observed phases that cannot be used.

    Attributes:
        source: The file, or the files, that were read.
        reason: What is wrong with it, and what was expected.
    """

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(source, reason)
        self.source = source
        self.reason = reason

    def __str__(self) -> str:
        """The file, then the reason."""
        return f"{self.source}: {self.reason}"


class RepositoryError(HistoryError):
    """A folder whose git history cannot be read.

    Attributes:
        source: The folder as it was given.
        reason: What is wrong with it; what git said where it was git that refused.
    """


class ModelDataError(EstimatorError):
    """Fitted parameters that cannot be used.

    Attributes:
        source: The file or resource they came from.
        place: The key at fault, dotted; empty for the whole.
        reason: What is wrong with it, and what was expected.
    """

    def __init__(self, source: str, place: str, reason: str) -> None:
        super().__init__(source, place, reason)
        self.source = source
        self.place = place
        self.reason = reason

    def __str__(self) -> str:
        """The file and the place in it, then the reason."""
        where = f"{self.source}: {self.place}" if self.place else self.source
        return f"{where}: {self.reason}"


class UnknownEffortError(EstimatorError, ValueError):
    """An effort that no model takes.

    Attributes:
        value: The effort that was asked for.
        known: The efforts that there are.
    """

    def __init__(self, value: str, known: Sequence[str]) -> None:
        super().__init__(value, tuple(known))
        self.value = value
        self.known = tuple(known)

    def __str__(self) -> str:
        """The effort, then those that are known."""
        return f"unknown effort {self.value!r}: expected one of {', '.join(self.known)}"


class UnknownFormatError(EstimatorError, ValueError):
    """An output format for which nothing was fitted.

    Attributes:
        value: The format that was asked for.
        known: The formats that were fitted.
    """

    def __init__(self, value: str, known: Sequence[str]) -> None:
        super().__init__(value, tuple(known))
        self.value = value
        self.known = tuple(known)

    def __str__(self) -> str:
        """The format, then those that are known."""
        return f"unknown output format {self.value!r}: expected one of {', '.join(self.known)}"
