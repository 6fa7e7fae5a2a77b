"""Replaced stretches of a text, and where text written earlier stands after them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Splice:
    """One replaced stretch of a text: characters ``start`` to ``end`` became ``new``."""

    start: int
    end: int
    new: str

    @property
    def growth(self) -> int:
        """By how many characters it lengthens the text."""
        return len(self.new) - (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Written:
    """A stretch of the evolving text that an edit wrote: characters, and the edit's number."""

    start: int
    end: int
    edit: int


def spliced(text: str, splices: Sequence[Splice]) -> str:
    """``text`` with all stretches replaced; they are in order and do not overlap."""
    parts, position = [], 0
    for splice in splices:
        parts += [text[position : splice.start], splice.new]
        position = splice.end
    return "".join([*parts, text[position:]])


def touched_edits(places: Sequence[tuple[int, int]], written: Sequence[Written]) -> tuple[int, ...]:
    """The edits that wrote any of the characters at ``places``, which are in order."""
    starts = [start for start, _ in places]

    def is_touched(stretch: Written) -> bool:
        before = bisect_left(starts, stretch.end)
        return before > 0 and places[before - 1][1] > stretch.start

    return tuple(sorted({stretch.edit for stretch in written if is_touched(stretch)}))


def written_after(
    written: Sequence[Written], splices: Sequence[Splice], edit: int
) -> list[Written]:
    """Where written text stands once ``edit`` has spliced, with what it wrote itself."""
    moves = _Moves(splices)
    kept = [Written(moves.start(w.start), moves.end(w.end), w.edit) for w in written]
    own = [
        Written(splice.start + shift, splice.start + shift + len(splice.new), edit)
        for splice, shift in zip(splices, moves.shifts, strict=False)
    ]
    return [stretch for stretch in kept + own if stretch.start < stretch.end]


class _Moves:
    """Where positions of a text come to stand by splices, each found in logarithmic time."""

    def __init__(self, splices: Sequence[Splice]) -> None:
        self._splices = splices
        self._starts = [splice.start for splice in splices]
        self.shifts = list(accumulate((splice.growth for splice in splices), initial=0))

    def start(self, position: int) -> int:
        """Of the start of a stretch; one within a splice moves behind what that put in."""
        before = bisect_right(self._starts, position)
        if before and position < self._splices[before - 1].end:
            return self._splices[before - 1].end + self.shifts[before]
        return position + self.shifts[before]

    def end(self, position: int) -> int:
        """Of the end of a stretch; one within a splice moves before what that put in."""
        before = bisect_left(self._starts, position)
        if before and position < self._splices[before - 1].end:
            return self._splices[before - 1].start + self.shifts[before - 1]
        return position + self.shifts[before]
