"""What an author could write next, in each of the ways in which it may go right or wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

CHANGED = "changed on second thought"
"""What a changed file says, where it differs from the target."""


class Continuing(Protocol):
    """The continuations of one answer, as text.

    The first round is the continuation of nothing.

    Attributes:
        language: The tag of a Markdown fence around it.
    """

    language: ClassVar[str]

    def rest(self, *, lines: int = 0, units: int = 0, lie: bool = False) -> str:
        """What is not written yet.

        Args:
            lines: Begin so many source lines earlier; fewer than 0: later.
            units: Begin so many operations, or hunks, earlier; fewer than 0: later.
            lie: Say that it begins where it should.
        """

    def whole(self, *, changed: bool = False) -> str:
        """The answer from its top; some of its files may have changed."""

    def incomplete(self, left_out: int, *, closed: bool) -> str:
        """What is not written yet, without so many operations at its end.

        Args:
            left_out: How many.
            closed: Whether it says that it is whole.
        """

    def miscounted(self, by: int) -> str:
        """What is not written yet, with a wrong count of operations or lines."""

    def reindented(self, unit: str) -> str:
        """What is not written yet, the unfinished file indented by another unit."""


def indented_by(text: str, unit: str) -> str:
    """The text with every four leading spaces of a line replaced."""
    return re.sub(
        r"^(?: {4})+", lambda found: unit * (len(found[0]) // 4), text, flags=re.MULTILINE
    )


def ends_at(whole: str, turns: Sequence[str]) -> int:
    """How many characters of a text are written, after these turns.

    A turn may repeat, and it may have a preface or an end of its own: what counts is how far what
    it wrote reaches in the text.
    """
    place = 0
    for turn in turns:
        place = max(place, _end_of(whole, turn, place))
    return place


FINGERPRINT = 40
"""Characters by which a passage is found again in the text that it is from."""


def _end_of(whole: str, turn: str, place: int) -> int:
    if whole.startswith(turn, place):
        return place + len(turn)
    begin = nearest(whole, turn[:FINGERPRINT], place)
    if begin is not None:
        return begin + common_length(whole[begin:], turn)
    tail = turn[-FINGERPRINT:]
    begin = nearest(whole, tail, place)
    return min(place + len(turn), len(whole)) if begin is None else begin + len(tail)


def nearest(whole: str, passage: str, place: int) -> int | None:
    """Where a passage stands in a text, as near as can be to a place; None: nowhere."""
    before = whole.rfind(passage, 0, place + len(passage))
    after = whole.find(passage, place)
    found = [one for one in (before, after) if one >= 0]
    return min(found, key=lambda one: abs(one - place), default=None)


def common_length(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    length = min(len(one), len(other))
    if one[:length] == other[:length]:
        return length
    low, high = 0, length  # one[:low] == other[:low], and one[:high] != other[:high]
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low
