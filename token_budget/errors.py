"""Every error of the library, drawn once.

    TokenBudgetError
    ├── SpecError           a run spec that cannot be used; carries every problem of the file
    ├── ConfigError         a setting that cannot be used
    ├── BudgetExhausted     a budget leaves too little to send anything
    ├── PhaseFailed         a phase that was carried out and is not complete
    ├── NotApplied          an answer is whole, and an operation of it does not fit the workspace
    ├── NotApproved         an answer is whole, and whoever was asked did not want it applied
    ├── CountingError       the rank table of the tokenizer is missing or damaged
    ├── StorageError        what the library keeps
    │   ├── StorageUnavailable  it cannot be opened, read or written
    │   ├── SchemaMismatch      a newer release wrote it
    │   ├── AlreadyMerged       an exported state would count twice
    │   └── DamagedState        what stands in it cannot be used
    ├── LedgerError         the books of what was spent
    │   ├── LedgerUnavailable   they cannot be opened, read or written, or are not those they were
    │   ├── LedgerConflict      what is to be entered contradicts what stands there
    │   ├── LeaseEnded          a reservation holds nothing any more
    │   └── LedgerValueError    a figure, scope or limit that cannot be used
    ├── ContextError        the context of a phase; its tree is in `token_budget.context.errors`
    └── ForeignPackage      another distribution installed a package under one of our names

The errors of ``estimators`` and ``continuation`` are re-exported here. Those of ``ndjson`` are not:
another distribution may have installed a package of that name, and then even this import would fail
before `ForeignPackage` could say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from continuation.errors import (
    ContinuationError,
    NoProgress,
    Refused,
    SeamMismatch,
    TooManyRounds,
    UnknownStopReason,
)
from estimators.errors import (
    DeliverableError,
    EstimatorError,
    HistoryError,
    ModelDataError,
    RepositoryError,
    UnknownEffortError,
    UnknownFormatError,
)
from token_budget.context.errors import (
    BadVectors,
    ContextError,
    EmbedderRefused,
    EmbedderUnavailable,
    EmbeddingError,
    FileChanged,
    FileNotIndexed,
    PinnedFilesTooLarge,
    WorkspaceError,
)
from token_budget.error_root import TokenBudgetError, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "AlreadyMerged",
    "BadVectors",
    "BudgetExhausted",
    "ConfigError",
    "ContextError",
    "ContinuationError",
    "CountingError",
    "DamagedState",
    "DeliverableError",
    "EmbedderRefused",
    "EmbedderUnavailable",
    "EmbeddingError",
    "EstimatorError",
    "FileChanged",
    "FileNotIndexed",
    "ForeignPackage",
    "HistoryError",
    "LeaseEnded",
    "LedgerConflict",
    "LedgerError",
    "LedgerUnavailable",
    "LedgerValueError",
    "ModelDataError",
    "NoProgress",
    "NotApplied",
    "NotApproved",
    "PhaseFailed",
    "PinnedFilesTooLarge",
    "Refused",
    "RepositoryError",
    "SchemaMismatch",
    "SeamMismatch",
    "SpecError",
    "SpecProblem",
    "StorageError",
    "StorageUnavailable",
    "TokenBudgetError",
    "TooManyRounds",
    "UnknownEffortError",
    "UnknownFormatError",
    "UnknownStopReason",
    "WorkspaceError",
]


@dataclass(frozen=True, slots=True)
class SpecProblem:
    """One thing that is wrong, or odd, in a run spec.

    Attributes:
        file: The spec as the user named it.
        place: Where in it, such as ``phases[2].scope.deliverables[0]``; empty: the whole file.
        value: What stands there.
        expected: What should stand there.
    """

    file: str
    place: str
    value: object
    expected: str

    def __str__(self) -> str:
        """One line: file, place, what was expected, what was found."""
        where = f"{self.file}: {self.place}" if self.place else self.file
        return f"{where}: {self.expected}, found {shown(self.value)}"


class SpecError(TokenBudgetError):
    """A run spec that cannot be used.

    Attributes:
        problems: Every problem of the file, in the order of their places.
    """

    def __init__(self, problems: Iterable[SpecProblem]) -> None:
        """Keep every problem."""
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """One line a problem."""
        return "\n".join(str(problem) for problem in self.problems)


class ConfigError(TokenBudgetError):
    """A setting that cannot be used.

    Attributes:
        message: What is wrong.
        place: Where it was read: a file and key, an environment variable or an argument.
        value: What stands there.
        expected: What should stand there.
    """

    def __init__(
        self, message: str, place: str = "", value: object = None, expected: str = ""
    ) -> None:
        """Keep the parts."""
        self.message, self.place, self.value, self.expected = message, place, value, expected
        super().__init__(message, place, value, expected)

    def __str__(self) -> str:
        """One line: the place, what is wrong, what was expected and what was found."""
        line = f"{self.place}: {self.message}" if self.place else self.message
        if not self.expected:
            return line
        return f"{line} (expected {self.expected}, found {shown(self.value)})"


class BudgetExhausted(TokenBudgetError):  # noqa: N818 - the name is part of the public face
    """A budget leaves too little to send anything.

    Attributes:
        scope: The budget that is exhausted: in a plan ``phase``, ``run``, ``ledger`` or
            ``window``; in the ledger the path of the scope.
        limit: What the budget allows in all; None where only the rest is known.
        spent: What is spent of it.
        held: What is held of it by others.
        asked: What is needed at least: the prompt and the smallest useful answer.
        left: What is left of it before the prompt.
        unit: What all of these count: tokens, output tokens, calls or millionths of a US dollar.
        reason: What else there is to say: the period of the limit, or why the scope is stopped.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - one figure an argument; positional, so that it pickles
        self,
        scope: str,
        limit: int | None,
        spent: int,
        held: int,
        asked: int,
        left: int,
        unit: str = "tokens",
        reason: str = "",
    ) -> None:
        """Keep the figures."""
        self.scope, self.limit = scope, limit
        self.spent, self.held, self.asked, self.left = spent, held, asked, left
        self.unit, self.reason = unit, reason
        super().__init__(scope, limit, spent, held, asked, left, unit, reason)

    def __str__(self) -> str:
        """One line with every figure."""
        allowed = "" if self.limit is None else f" of {self.limit:,}"
        reason = f"; {self.reason}" if self.reason else ""
        return (
            f"the budget of the {self.scope} is exhausted: {self.left:,} {self.unit} left{allowed}"
            f" ({self.spent:,} spent, {self.held:,} held), {self.asked:,} needed{reason}"
        )


class PhaseFailed(TokenBudgetError):  # noqa: N818 - says what is the matter
    """A phase that was carried out and is not complete; its cause is what ended it.

    Attributes:
        phase_id: The phase.
        outcome: ``incomplete`` or ``failed``.
        reason: Why.
    """

    def __init__(self, phase_id: str, outcome: str, reason: str) -> None:
        """Keep the parts."""
        self.phase_id, self.outcome, self.reason = phase_id, outcome, reason
        super().__init__(phase_id, outcome, reason)

    def __str__(self) -> str:
        """One line."""
        return f"the phase {self.phase_id!r} is {self.outcome}: {self.reason}"


class NotApplied(TokenBudgetError):  # noqa: N818 - says what is the matter
    """An answer is whole, and an operation of it does not fit the workspace: nothing was written.

    Attributes:
        reasons: What is wrong with each such operation; can be sent back to a model.
    """

    def __init__(self, reasons: Iterable[str]) -> None:
        """Keep the reasons."""
        self.reasons = tuple(reasons)
        super().__init__(self.reasons)

    def __str__(self) -> str:
        """One line a reason."""
        return "nothing was written: " + "; ".join(self.reasons)


class NotApproved(TokenBudgetError):  # noqa: N818 - says what is the matter
    """An answer is whole, and whoever was asked did not want it applied: nothing was written."""

    def __str__(self) -> str:
        """One line."""
        return "the changes were not approved: nothing was written"


class CountingError(TokenBudgetError):
    """Tokens cannot be counted: the rank table is missing or damaged."""


class StorageError(TokenBudgetError):
    """What the library keeps cannot be used.

    Attributes:
        database: Its URL, without a password.
        reason: What is wrong, and what to do about it.
    """

    def __init__(self, database: str, reason: str) -> None:
        """Keep the parts."""
        self.database, self.reason = database, reason
        super().__init__(database, reason)

    def __str__(self) -> str:
        """One line: the database, then what is wrong."""
        return f"{self.database}: {self.reason}"


class StorageUnavailable(StorageError):  # noqa: N818 - says what is the matter
    """The database cannot be opened, read or written."""


class SchemaMismatch(StorageError):  # noqa: N818 - says what is the matter
    """A newer release wrote the database."""


class AlreadyMerged(StorageError):  # noqa: N818 - says what is the matter
    """What an exported state has learnt, or a part of it, is in the database already."""


class DamagedState(StorageError):  # noqa: N818 - says what is the matter
    """What stands in the database cannot be used."""


class LedgerError(TokenBudgetError):
    """The books cannot be kept as asked.

    Attributes:
        place: What it is about: a database without its password, a scope or a round.
        reason: What is wrong, and what to do about it.
    """

    def __init__(self, place: str, reason: str) -> None:
        """Keep the parts."""
        self.place, self.reason = place, reason
        super().__init__(place, reason)

    def __str__(self) -> str:
        """One line: the place, then what is wrong."""
        return f"{self.place}: {self.reason}"


class LedgerUnavailable(LedgerError):  # noqa: N818 - says what is the matter
    """The ledger cannot be opened, read or written, or is not the one that was there."""


class LedgerConflict(LedgerError):  # noqa: N818 - says what is the matter
    """What is to be entered contradicts what the books say; nothing was changed."""


class LeaseEnded(LedgerError):  # noqa: N818 - says what is the matter
    """A reservation was released, or expired and was reclaimed: it holds nothing any more."""


class LedgerValueError(LedgerError, ValueError):
    """A figure, a scope or a limit that cannot be used.

    Attributes:
        value: What was given.
        expected: What should have been.
    """

    def __init__(self, place: str, value: object, expected: str) -> None:
        """Keep the parts."""
        super().__init__(place, f"expected {expected}, found {shown(value)}")
        self.value, self.expected = value, expected
        self.args = (place, value, expected)


class ForeignPackage(TokenBudgetError, ImportError):  # noqa: N818 - says what was found
    """Another distribution installed a package under one of our names.

    Attributes:
        package: The import name in question.
        location: The file that answered to it.
    """

    def __init__(self, package: str, location: str) -> None:
        """Keep the name and the place."""
        self.package, self.location = package, location
        super().__init__(package, location)

    def __str__(self) -> str:
        """One sentence: what is wrong and how to put it right."""
        return (
            f"the package {self.package!r} at {self.location} is not token-budget's: run"
            f" `pip uninstall {self.package}`, then `pip install --force-reinstall token-budget`"
        )
