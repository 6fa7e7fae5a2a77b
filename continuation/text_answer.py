"""Plain text in several parts: nothing in it can prove a seam, and its result says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from continuation.answer import Amount
from continuation.outcomes import NOTHING_SEEN, Evidence
from continuation.plain_text import join_prefilled, join_text, prefill_text

if TYPE_CHECKING:
    from continuation.plain_text import TextSeam
    from ndjson import FileOperation

SHOWN_CHARACTERS = 200
"""The last words are shown, so that the model finds its place."""


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """What the parts of a text make together.

    Attributes:
        text: It.
        parts: How many there were that said something.
        seams: How many came after the first that said something: what ends there may end too early.
        dropped: UTF-8 bytes of the last part that stand in the parts before it.
        last: What the last part shows of itself.
        notes: How the parts were joined, and what looks wrong.
    """

    text: str = ""
    parts: int = 0
    seams: int = 0
    dropped: int = 0
    last: Evidence = NOTHING_SEEN
    notes: tuple[str, ...] = ()

    @property
    def operations(self) -> tuple[FileOperation, ...]:
        """None: it is text."""
        return ()

    @property
    def rejected(self) -> tuple[str, ...]:
        """Nothing: any text is text."""
        return ()

    @property
    def proven(self) -> bool:
        """Whether it came in one part, which ended by itself."""
        return not self.seams

    def joined(self, text: str, *, cut: bool) -> TextAnswer:
        """With the next part.

        Raises:
            SeamMismatch: It is another version of the text, or two joins are equally plausible.
        """
        return self._with(join_text(self.text, text), text, cut=cut)

    def prefill(self) -> str:
        """The text without the white space at its end, which must not be sent."""
        return prefill_text(self.text)[0]

    def after_prefill(self, text: str, *, cut: bool) -> TextAnswer:
        """With what the model wrote after its own words; the white space is put back."""
        return self._with(join_prefilled(self.text, text), text, cut=cut)

    def evidence(self) -> Evidence:
        """Closed: it ended by itself, with something in its last part."""
        return self.last

    def amount(self) -> Amount:
        """Characters; text counts as one operation."""
        return Amount(int(bool(self.text.strip())), len(self.text), self.last.closed)

    def missing(self, deliverables: tuple[str, ...]) -> tuple[str, ...]:
        """The rest, if it was cut off; text has no deliverables."""
        del deliverables
        return () if self.last.closed or not self.parts else ("the rest of the text",)

    def request_for_rest(self, deliverables: tuple[str, ...], *, ended: bool) -> str:
        """The last words, and to go on with the next character."""
        del deliverables
        opening = "Your answer is not complete." if ended else "Your answer was cut off."
        return (
            f"{opening} Its last words are:\n\n{self.text[-SHOWN_CHARACTERS:]}\n\n"
            "Go on with exactly what comes next. Repeat nothing, and write no introduction."
        )

    def _with(self, seam: TextSeam, text: str, *, cut: bool) -> TextAnswer:
        how = f"joined by: {seam.how}" if self.parts else ""
        ended = bool(text) and not cut  # where nothing came, nothing ended
        return replace(
            self,
            text=seam.text,
            parts=self.parts + bool(text.strip()),
            seams=self.seams + bool(self.parts),
            dropped=len(seam.dropped.encode(errors="replace")),
            last=Evidence(text=bool(text.strip()), closed=ended and bool(seam.text.strip())),
            notes=(*self.notes, *((how,) if how else ()), *seam.notes),
        )
