"""How large an answer may be before reading it stops."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader accepts; beyond it reading ends in `LimitExceeded`.

    Attributes:
        line_bytes: The longest line, and the longest object over several lines, in bytes. The
            default, 64 MiB, is over a hundred times the largest answer of a current model
            (128,000 tokens are about half a megabyte).
        depth: How many arrays and objects may be open within one another. An operation needs
            3, the whole of ``{"operations":[…]}`` 5.
        objects: How many JSON objects are read at most, valid operations or not.
    """

    line_bytes: int = 64 * MEBIBYTE
    depth: int = 64
    objects: int = 100_000

    def __post_init__(self) -> None:
        """Refuse a limit under which nothing could be read."""
        for name in ("line_bytes", "depth", "objects"):
            value = getattr(self, name)
            if value < 1:
                raise ValueError(f"{name}: expected at least 1, found {value!r}")


DEFAULT_LIMITS = Limits()
"""What holds when nobody says otherwise."""
