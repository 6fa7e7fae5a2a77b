"""The values the parts of the context budgeter hand to each other.

Tokens here are ``cl100k_base`` tokens, as ``token_budget.counting.TokenCounter`` counts them.
"""

from dataclasses import dataclass
from typing import Literal

Form = Literal["whole", "chunks", "outline", "path"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """The lines ``first_line`` to ``last_line`` of one file (counted from 1, both included).

    The chunks of a file do not overlap and cover it without gaps. ``name`` is what the lines
    define ("BudgetPolicy.plan", a heading) or "". ``sha256`` is of the chunk's UTF-8 text.
    """

    path: str
    first_line: int
    last_line: int
    tokens: int
    sha256: str
    name: str

    def __hash__(self) -> int:
        """By its place: chunks are keys of every signal, and all six fields take far longer."""
        return hash((self.path, self.first_line))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One text file of the workspace, as indexed; ``size`` in bytes, ``sha256`` of its bytes.

    ``path_tokens`` are those of its path alone.
    """

    path: str
    size: int
    lines: int
    tokens: int
    sha256: str
    language: str
    outline_tokens: int
    path_tokens: int
    encoding: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A path the index does not hold, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What one refresh of the index found and did.

    ``files`` is how many files the index holds now; ``added``, ``changed`` and ``removed``
    are counts of files since the last refresh.
    """

    files: int
    added: int
    changed: int
    removed: int
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]
    seconds: float
