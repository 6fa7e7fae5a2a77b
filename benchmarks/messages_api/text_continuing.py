"""How plain text goes on, and any answer whose beginning is a prefill: from where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from benchmarks.messages_api.continuing import CHANGED, ends_at, indented_by

if TYPE_CHECKING:
    from benchmarks.messages_api.conversation import Conversation
    from benchmarks.messages_api.target import Target

UNIT_LINES = 3
"""Lines that stand for one operation, where text has none."""


@dataclass(frozen=True, slots=True)
class TextContinuing:
    """The continuations of a text from one place.

    Attributes:
        text: The whole.
        place: Characters of it that are written.
        repeated: It goes on so many characters earlier.
    """

    language: ClassVar[str] = ""

    text: str
    place: int
    repeated: int = 0

    @classmethod
    def of(cls, target: Target, conversation: Conversation) -> TextContinuing:
        """The continuations at a request; after a prefill, nothing is repeated."""
        whole = target.whole()
        if conversation.prefill is not None:
            return cls(whole, ends_at(whole, [*conversation.said, conversation.prefill]))
        return cls(whole, ends_at(whole, conversation.said), target.repeated_characters)

    def rest(self, *, lines: int = 0, units: int = 0, lie: bool = False) -> str:  # noqa: ARG002
        """See `Continuing`; text says nowhere where it begins, so it cannot lie."""
        earlier = lines + units * UNIT_LINES
        if not earlier:
            return self.text[max(self.place - self.repeated, 0) :]
        return self.text[self._moved(earlier) :]

    def whole(self, *, changed: bool = False) -> str:
        """See `Continuing`; the first line may be another one."""
        return f"{CHANGED}\n{self.text.partition(chr(10))[2]}" if changed else self.text

    def incomplete(self, left_out: int, *, closed: bool) -> str:  # noqa: ARG002
        """See `Continuing`."""
        lines = self.rest().splitlines(keepends=True)
        return "".join(lines[: max(len(lines) - left_out * UNIT_LINES, 0)])

    def miscounted(self, by: int) -> str:  # noqa: ARG002
        """See `Continuing`; text counts nothing."""
        return self.rest()

    def reindented(self, unit: str) -> str:
        """See `Continuing`."""
        return indented_by(self.rest(), unit)

    def _moved(self, earlier: int) -> int:
        """The beginning of a line so many lines before the place, or after it."""
        begins = [0, *(n + 1 for n, one in enumerate(self.text) if one == "\n")]
        current = max(n for n, begin in enumerate(begins) if begin <= self.place)
        moved = current - earlier
        return begins[max(moved, 0)] if moved < len(begins) else len(self.text)
