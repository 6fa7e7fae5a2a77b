r"""Where two parts of one file meet.

A part that was cut off is kept to its last whole line, or a little less (`Part.telling`). The next
one says after which line it goes on (``after``), and the two are joined only where everything known
agrees:

- ``after`` is the last kept line, or an earlier one such that what follows repeats, line by line,
  all that was kept after it;
- what had come of the line in which the cut fell (the *fragment*) begins the line that comes next;
  where that is too little to tell, the line before belongs to it and has to come once more;
- the file is indented as before.

So a part that repeats lines is joined without them, and one that skips lines, changes their white
space or starts with something else is refused. So is one of which both may be true, that it goes on
straight and that it repeats: where ``after`` names an earlier line as well, after which the same
lines stand; or where ``after`` is the last line alone, the lines after it stand just before it, and
the fragment is too short to tell them from lines that are meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from continuation.errors import SeamMismatch, shown
from continuation.indentation import change_of_indentation
from continuation.part import tells

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from continuation.part import Part

PROBED_CHARACTERS = 200
"""So many are compared before all: a line that ``after`` names may stand in a file very often."""


@dataclass(frozen=True, slots=True)
class Seam:
    """How two parts meet.

    Attributes:
        kept: Characters of the first part that stay before the second part.
        repeated: Whole lines at the start of the second part that the first one has.
    """

    kept: int
    repeated: int


def find_seam(path: str, before: Part, after: str, text: str, *, whole: bool = True) -> Seam:
    """Where ``text`` goes on with a part of a file.

    Args:
        path: The file, for the error.
        before: What was kept of it.
        after: The line after which ``text`` says that it goes on.
        text: What came.
        whole: Whether that is all; False: it was cut off in its turn.

    Raises:
        SeamMismatch: It cannot be joined with certainty.
    """
    meeting = _Meeting.of(path, before, text, whole=whole)
    at_the_end = meeting.ends_with(after)
    if not at_the_end and "\n" in before.fragment:
        meeting = _Meeting.of(path, before.whole_lines, text, whole=whole)
        at_the_end = meeting.ends_with(after)
    seam = _after_the_last(meeting, after) if at_the_end else _after_an_earlier(meeting, after)
    changed = change_of_indentation(before.content, text)
    if changed is not None:
        raise SeamMismatch(f"{path}: the lines after the seam", "the same indentation", changed)
    return seam


def joined(before: Part, seam: Seam, text: str) -> str:
    """The two parts as one text, as `find_seam` found them to meet."""
    return before.text[: seam.kept] + text


@dataclass(frozen=True, slots=True)
class _Meeting:
    path: str
    known: str
    fragment: str
    lines: Sequence[str]
    begins: Sequence[int]
    text: str
    arrived: Sequence[str]
    whole: bool

    @classmethod
    def of(cls, path: str, before: Part, text: str, *, whole: bool) -> _Meeting:
        """With the place where each kept line begins, and the one after them."""
        lines = _lines(before.content)
        begins = list(accumulate((len(line) + 1 for line in lines), initial=0))
        return cls(path, before.text, before.fragment, lines, begins, text, _lines(text), whole)

    def ends_with(self, line: str) -> bool:
        """Whether a line is the last of those that are kept."""
        return _bare(line) == _bare(self.lines[-1] if self.lines else "")

    def agrees(self, repeated: int) -> bool:
        """Whether so many lines are repeated, and the fragment begins what comes after them."""
        kept = self.repeating(repeated).kept
        shared = min(len(self.text), len(self.known) - kept)
        if self.whole and shared < len(self.known) - kept:
            return False
        probe = self.text[: min(shared, PROBED_CHARACTERS)]
        return self.known.startswith(probe, kept) and self.known.startswith(
            self.text[:shared], kept
        )

    def adds_nothing(self, repeated: int) -> bool:
        """Whether the part was cut off within what it repeats, if it repeats so many lines."""
        known = len(self.known) - self.repeating(repeated).kept
        return not self.whole and len(self.text) <= known

    def repeating(self, count: int) -> Seam:
        """The seam where the second part begins with the last lines of the first."""
        return Seam(self.begins[len(self.lines) - count], count)

    def counts_after(self, after: str) -> list[int]:
        """How many lines were kept after each line that ``after`` may mean."""
        bare = _bare(after)
        places = (place for place, line in enumerate(self.lines, 1) if _bare(line) == bare)
        return [len(self.lines) - place for place in places]


def _after_the_last(meeting: _Meeting, after: str) -> Seam:
    overlapping = overlaps(meeting.lines, meeting.arrived)
    repeats = {count for count in overlapping if meeting.agrees(count)}
    back = {count for count in meeting.counts_after(after) if count and meeting.agrees(count)}
    if not meeting.agrees(0):
        return _repeating_for_certain(meeting, repeats | back)
    if not tells(meeting.fragment):
        back |= {count for count in repeats if tells("".join(meeting.lines[-count:]))}
    return _straight_for_certain(meeting, back)


def _repeating_for_certain(meeting: _Meeting, repeats: Collection[int]) -> Seam:
    if len(repeats) == 1:
        return meeting.repeating(*repeats)
    expected = f"one that begins with {shown(meeting.fragment)}"
    found = shown(meeting.text.partition("\n")[0])
    raise SeamMismatch(f"{meeting.path}: the line after the seam", expected, found)


def _straight_for_certain(meeting: _Meeting, doubtful: Collection[int]) -> Seam:
    """Where the lines after the seam may be those before it once more, there is no certainty."""
    adding_nothing = (count for count in doubtful if meeting.adds_nothing(count))
    count = next(adding_nothing, 0)
    if count or not doubtful:
        return meeting.repeating(count)
    expected = f"new lines after {shown(meeting.lines[-1])}"
    found = f"{max(doubtful):,} lines that stand just before it, with nothing to tell them apart"
    raise SeamMismatch(f"{meeting.path}: the lines after the seam", expected, found)


def _after_an_earlier(meeting: _Meeting, after: str) -> Seam:
    """The part goes back: all lines that it repeats must be those that were kept."""
    fitting = [count for count in meeting.counts_after(after) if meeting.agrees(count)]
    for count in fitting:
        if len(fitting) == 1 or meeting.adds_nothing(count):
            return meeting.repeating(count)
    expected = f"to go on after {shown(meeting.lines[-1] if meeting.lines else '')}"
    doubt = ", which stands there more than once" if fitting else ""
    raise SeamMismatch(f"{meeting.path}: 'after'", expected, shown(after) + doubt)


def overlaps(lines: Sequence[object], arrived: Sequence[object]) -> Iterator[int]:
    """Every count of items with which one list ends and the other begins, from the largest.

    By the prefix function of Knuth, Morris and Pratt: linear in the items.
    """
    border = _borders(arrived)
    length = 0
    for line in lines:
        while length and (length == len(arrived) or arrived[length] != line):
            length = border[length - 1]
        if arrived and arrived[length] == line:
            length += 1
    while length:
        yield length
        length = border[length - 1]


def _borders(items: Sequence[object]) -> list[int]:
    """For every beginning of a list, the longest shorter one that it also ends with."""
    found = [0] * len(items)
    for place in range(1, len(items)):
        length = found[place - 1]
        while length and items[place] != items[length]:
            length = found[length - 1]
        found[place] = length + (items[place] == items[length])
    return found


def _lines(text: str) -> list[str]:
    r"""The whole lines of a text, each without its ``\n``."""
    return text.split("\n")[:-1]


def _bare(line: str) -> str:
    """A line without its line end, in whatever way it was written down."""
    return line.removesuffix("\n").removesuffix("\r")
