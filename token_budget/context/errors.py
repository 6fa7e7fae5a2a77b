"""What can go wrong with the context of a phase.

ContextError
├── WorkspaceError      the workspace cannot be indexed at all
├── FileNotIndexed      a path that the index does not hold
├── FileChanged         a file is not what was indexed: refresh the index
├── PinnedFilesTooLarge what a phase pins does not fit its budget
└── EmbeddingError      an embedder failed, or answered with what is no vector
    ├── EmbedderUnavailable it cannot be reached, or took too long
    ├── EmbedderRefused     it answered with an HTTP error
    └── BadVectors          what it answered is no vector of its own
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.error_root import TokenBudgetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHOWN_FILES = 10
"""How many of the files that do not fit a message names."""


def _plain(path: str) -> str:
    """A path in a message; quoted where it holds what could move the cursor or begin a line."""
    return path if path.isprintable() else repr(path)


class ContextError(TokenBudgetError):
    """Root of the errors of the context budgeter."""


class WorkspaceError(ContextError):
    """The workspace cannot be indexed at all.

    Attributes:
        root: The workspace as it was given.
        reason: What is wrong, and what was expected.
    """

    def __init__(self, root: str, reason: str) -> None:
        """Keep the parts."""
        self.root, self.reason = root, reason
        super().__init__(root, reason)

    def __str__(self) -> str:
        """One line: the workspace, then what is wrong."""
        return f"workspace {self.root}: {self.reason}"


class _FileError(ContextError):
    """Something is the matter with one file.

    Attributes:
        path: The file, relative to the workspace.
    """

    _SAYS = ""

    def __init__(self, path: str) -> None:
        """Keep the path."""
        self.path = path
        super().__init__(path)

    def __str__(self) -> str:
        """One line: the path, then what is the matter."""
        return f"{_plain(self.path)}: {self._SAYS}"


class FileNotIndexed(_FileError, LookupError):  # noqa: N818 - says what is the matter
    """The index does not hold the file."""

    _SAYS = "not in the index: refresh it, and see what it says was left out"


class FileChanged(_FileError):  # noqa: N818 - says what is the matter
    """The file is not what was indexed."""

    _SAYS = "not what was indexed: refresh the index"


class PinnedFilesTooLarge(ContextError):  # noqa: N818 - says what is the matter
    """What a phase pins does not fit its budget, or is not read.

    Attributes:
        budget: The budget, in the model's tokens.
        needed: What each pinned file needs whole, in the model's tokens.
        unread: Pinned files that are there and are not even read, each with the reason.
    """

    def __init__(
        self, budget: int, needed: Mapping[str, int], unread: Mapping[str, str] | None = None
    ) -> None:
        """Keep the figures."""
        self.budget, self.needed, self.unread = budget, dict(needed), dict(unread or {})
        super().__init__(budget, self.needed, self.unread)

    def __str__(self) -> str:
        """One line: the files that are not read, the sums, then the largest files."""
        found = [f"{_plain(path)} is pinned: {reason}" for path, reason in self.unread.items()]
        return "; ".join([*found, *self._sums()])

    def _sums(self) -> Iterator[str]:
        if not self.needed:
            return
        largest = sorted(self.needed.items(), key=lambda item: (-item[1], item[0]))
        named = ", ".join(f"{_plain(path)} {tokens:,}" for path, tokens in largest[:SHOWN_FILES])
        more = f" and {len(largest) - SHOWN_FILES} more" if len(largest) > SHOWN_FILES else ""
        total = sum(self.needed.values())
        yield f"pinned files need {total:,} tokens of {self.budget:,}: {named}{more}"


class EmbeddingError(ContextError):
    """An embedder failed, or answered with what is no vector.

    Attributes:
        embedder: Its name.
        reason: What happened, in words of ours: telemetry may keep them.
        detail: What its server or the network said of it, shortened; for people only.
    """

    def __init__(self, embedder: str, reason: str, detail: str = "") -> None:
        """Keep the parts."""
        self.embedder, self.reason, self.detail = embedder, reason, detail
        super().__init__(embedder, reason, detail)

    def __str__(self) -> str:
        """One line: the embedder, what happened, what was said of it."""
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.embedder}: {self.reason}{detail}"


class EmbedderUnavailable(EmbeddingError):  # noqa: N818 - says what is the matter
    """The embedder cannot be reached, or took too long."""


class EmbedderRefused(EmbeddingError):  # noqa: N818 - says what is the matter
    """The embedder answered with an HTTP error.

    Attributes:
        status: Such as 401 or 429.
    """

    def __init__(self, embedder: str, status: int, detail: str = "") -> None:
        """Keep the parts."""
        super().__init__(embedder, f"HTTP {status}", detail)
        self.status = status
        self.args = (embedder, status, detail)


class BadVectors(EmbeddingError):  # noqa: N818 - says what is the matter
    """What the embedder answered is no vector of its own: the size, zeros, or no number."""
