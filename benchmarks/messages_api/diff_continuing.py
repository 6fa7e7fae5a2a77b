"""How a unified diff goes on: from the hunk that was cut, under the header of its file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from benchmarks.messages_api.continuing import CHANGED, common_length, indented_by
from benchmarks.messages_api.diff_hunks import Hunk, hunks, unnumbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.messages_api.conversation import Conversation
    from benchmarks.messages_api.target import Target

_FILE = re.compile(r"^(?:diff --git |--- )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DiffContinuing:
    """The continuations of a diff.

    Attributes:
        hunks: Of the whole.
        place: How many of them are whole.
        begun: Whether something of the next one was written.
        first: Whether nothing was written.
        renumbers: See `Target`.
    """

    language: ClassVar[str] = "diff"

    hunks: tuple[Hunk, ...]
    place: int
    begun: bool
    first: bool
    renumbers: bool = False

    @classmethod
    def of(cls, target: Target, conversation: Conversation) -> DiffContinuing:
        """The continuations at a request."""
        found = tuple(hunks(target.text))
        place, begun = 0, False
        for turn in conversation.said:
            place, begun = max((place, begun), _reached(found, turn, place))
        told = _told(found, conversation, place)
        return cls(found, told, begun or told < place, conversation.round == 1, target.renumbers)

    def rest(self, *, lines: int = 0, units: int = 0, lie: bool = False) -> str:
        """See `Continuing`; lines count as one hunk, but for lies about one that was begun."""
        if self.first:
            return self.whole()
        if lines and lie and self.begun:
            return self._from(self.place, moved=lines)
        sign = (lines > 0) - (lines < 0)
        return self._from(self.place - units - sign)

    def whole(self, *, changed: bool = False) -> str:
        """See `Continuing`; every second hunk changes the last line that it adds."""
        found = [
            _changed(one) if changed and not number % 2 else one
            for number, one in enumerate(self.hunks)
        ]
        return "".join(one.text for one in found)

    def incomplete(self, left_out: int, *, closed: bool) -> str:  # noqa: ARG002 - has no end line
        """See `Continuing`."""
        end = max(len(self.hunks) - left_out, self.place)
        return _joined(self.hunks[self.place : end])

    def miscounted(self, by: int) -> str:
        """See `Continuing`: every header promises so many lines more than follow."""
        return _joined(one.with_header(0, by) for one in self.hunks[self.place :])

    def reindented(self, unit: str) -> str:
        """See `Continuing`: only of the hunk that was cut."""
        left = self.hunks[self.place :]
        if not left:
            return ""
        return _joined([_indented(left[0], unit), *left[1:]])

    def _from(self, place: int, moved: int = 0) -> str:
        left = list(self.hunks[max(place, 0) :])
        if not left:
            return ""
        if moved:
            left[0] = _moved(left[0], moved)
        if self.renumbers:
            left = _renumbered(left)
        return _joined(left)


def _joined(left: Iterable[Hunk]) -> str:
    """Hunks as a continuation."""
    return "".join(one.text if number else one.resumed for number, one in enumerate(left))


def _reached(found: Sequence[Hunk], turn: str, place: int) -> tuple[int, bool]:
    """How many hunks are whole after a turn, which began with any of them; if the next is begun.

    The numbers of headers are not compared: an author may have miscounted.
    """
    opening = _FILE.search(turn)
    if opening is None or not found:
        return place, False
    written = unnumbered(turn[opening.start() :])
    alike = [common_length(unnumbered(one.resumed), written) for one in found]
    start = max(range(len(found)), key=lambda n: (alike[n], -abs(n - place)))
    length = common_length(unnumbered(_joined(found[start:])), written)
    for number, one in enumerate(found[start:]):
        text = unnumbered(one.text if number else one.resumed)
        if length < len(text):
            own = len(unnumbered("".join(one.lines)))
            return start + number, length > len(text) - own
        length -= len(text)
    return len(found), False


def _told(found: Sequence[Hunk], conversation: Conversation, place: int) -> int:
    """The hunk with which the author was told to begin, if that is one it has come to."""
    named = [
        number
        for number, one in enumerate(found[: place + 1])
        if any(one.is_named(line) for line in conversation.cut_off)
    ]
    return max(named, default=place)


def _moved(hunk: Hunk, lines: int) -> Hunk:
    """The hunk with its first lines twice, or without them; its header says nothing of it."""
    header, *own = hunk.lines
    body = own[:lines] + own if lines > 0 else own[-lines:]
    return replace(hunk, lines=(header, *body))


def _changed(hunk: Hunk) -> Hunk:
    added = [n for n, line in enumerate(hunk.lines) if line.startswith("+")]
    if not added:
        return hunk
    lines = list(hunk.lines)
    lines[added[-1]] = f"+{CHANGED}\n"
    return replace(hunk, lines=tuple(lines))


def _indented(hunk: Hunk, unit: str) -> Hunk:
    lines = [line[:1] + indented_by(line[1:], unit) for line in hunk.lines[1:]]
    return replace(hunk, lines=(*hunk.lines[:1], *lines))


def _renumbered(left: Sequence[Hunk]) -> list[Hunk]:
    """The hunks with the new lines of the first file counted from where its first hunk stands."""
    file, offset = left[0].file, left[0].offset
    return [one.with_header(offset, 0) if one.file == file else one for one in left]
