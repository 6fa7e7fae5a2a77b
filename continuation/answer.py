"""What every format offers to whoever completes an answer: values, never changed in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from continuation.outcomes import Evidence
    from ndjson import FileOperation

Format = Literal["ndjson", "diff", "whole_file", "text"]

FORMATS: tuple[Format, ...] = ("ndjson", "diff", "whole_file", "text")


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of an answer is kept, to tell whether a round added anything.

    Attributes:
        operations: Whole operations, files or hunks.
        lines: Whole lines of the unfinished one; of plain text, its characters.
        closed: Whether the answer says that it is whole.
    """

    operations: int
    lines: int
    closed: bool

    def beyond(self, earlier: Amount) -> bool:
        """Whether there is more than before."""
        return (
            self.operations > earlier.operations
            or self.lines > earlier.lines
            or (self.closed and not earlier.closed)
        )


NOTHING_KEPT = Amount(0, 0, closed=False)
"""Before the first round."""


class Answer(Protocol):
    """An answer as far as it came, in one format."""

    @property
    def operations(self) -> tuple[FileOperation, ...]:
        """Whole operations, where the format has any."""

    @property
    def text(self) -> str:
        """The answer as one text in its format."""

    @property
    def proven(self) -> bool:
        """Whether the format proves every seam; False: nothing could."""

    @property
    def rejected(self) -> tuple[str, ...]:
        """What the last part had wrong, in words."""

    @property
    def dropped(self) -> int:
        """UTF-8 bytes of the last part of which nothing is kept."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was dropped or tolerated, for people."""

    def joined(self, text: str, *, cut: bool) -> Answer:
        """With the text of the next part.

        Args:
            text: What came.
            cut: Whether it was cut off.

        Raises:
            SeamMismatch: The parts cannot be joined with certainty.
        """

    def evidence(self) -> Evidence:
        """What the last part shows of itself."""

    def amount(self) -> Amount:
        """How much there is."""

    def missing(self, deliverables: tuple[str, ...]) -> tuple[str, ...]:
        """What it lacks, in words: first what is unfinished, then files that no operation names."""

    def request_for_rest(self, deliverables: tuple[str, ...], *, ended: bool) -> str:
        """What to write to the model to get the rest.

        Args:
            deliverables: The files that are asked for.
            ended: Whether the model ended by itself; False: it was cut off.
        """


@runtime_checkable
class Prefillable(Answer, Protocol):
    """An answer whose own words can be given back to a model as the beginning of the next part."""

    def prefill(self) -> str:
        """What to send as the assistant's last message: it does not end in white space."""

    def after_prefill(self, text: str, *, cut: bool) -> Answer:
        """With what the model wrote after it; raises as `joined` does."""
