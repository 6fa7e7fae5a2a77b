"""Operations that are held back: they may be content of an object that was left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ndjson.operations import Done
from ndjson.partial import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ndjson.partial import Parsed

MAY_BE_CONTENT = "it may be content of the object that line {line} leaves open"
"""Why an operation is rejected that was held back."""


class HeldBack:
    """What was read since a line left its object open.

    Attributes:
        since: The number of that line; None while nothing needs to be held back.
        rejected: How many operations were rejected.
        released: Whether operations were given out although nothing ended the object.
    """

    def __init__(self) -> None:
        """Hold nothing back."""
        self.since: int | None = None
        self.rejected = 0
        self.released = False
        self._held: list[tuple[Parsed, str]] = []
        self._ended = False

    @property
    def ends_with_done(self) -> bool:
        """Whether a ``done`` is the last of it."""
        return bool(self._held) and isinstance(self._held[-1][0].operation, Done)

    @property
    def reason(self) -> str:
        """Why what is held back may be no operation."""
        return MAY_BE_CONTENT.format(line=self.since)

    def add(self, parsed: Parsed, begin: str) -> None:
        """Hold back an operation; ``begin`` is how its object begins."""
        self._held.append((parsed, begin))

    def reject(self) -> list[Rejected]:
        """All that is held back, as rejected; nothing is held back then."""
        found = [Rejected(parsed.line, self.reason, begin) for parsed, begin in self._held]
        self._held, self.rejected, self._ended = [], self.rejected + len(found), True
        return found

    def release(self) -> list[Parsed]:
        """All that is held back, to be given out; nothing is held back then."""
        found = [parsed for parsed, _ in self._held]
        self._held, self.released = [], bool(found) and not self._ended
        return found

    def warnings(self) -> Iterator[str]:
        """What a person should know of it."""
        if self.released:
            yield (
                f"line {self.since} leaves its object open: if a raw line break was meant, "
                "the lines after it are its content and not operations"
            )
        if self.rejected:
            yield (
                f"line {self.since} leaves its object open: what looks like operations after it "
                f"may be its content; rejected: {self.rejected:,}"
            )
