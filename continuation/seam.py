r"""Where two parts of one file meet.

A part that was cut off is kept to its last whole line. The next one says after which line it goes
on (``after``), and the two are joined only where everything known agrees:

- ``after`` is the last kept line, or an earlier one such that what follows repeats, line by line,
  all that was kept after it;
- what had come of the line in which the cut fell (the *fragment*) begins the line that comes next;
- the file is indented as before.

So a part that repeats lines is joined without them, and one that skips lines, changes their white
space or starts with something else is refused. Lines that are repeated although ``after`` is right
are dropped only where nothing else in the file is said twice; where the fragment is too short to
tell them from lines that are meant, the part is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from continuation.errors import SeamMismatch, shown
from continuation.indentation import change_of_indentation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TELLING_CHARACTERS = 10
"""A fragment, or repeated lines, with this many characters that are no white space hardly stand
twice in a row by chance. Fewer, such as those of ``}`` and a blank line, often do."""


@dataclass(frozen=True, slots=True)
class Part:
    r"""A piece of a file that was cut off.

    Attributes:
        content: Its whole lines: empty, or it ends with ``\n``.
        fragment: What came of the line after them.
    """

    content: str
    fragment: str = ""

    @property
    def text(self) -> str:
        """All that came."""
        return self.content + self.fragment


@dataclass(frozen=True, slots=True)
class Seam:
    """How two parts meet.

    Attributes:
        kept: Characters of the first part's content that stay before the second part.
        repeated: Lines at the start of the second part that the first one has.
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
    meeting = _Meeting(path, before, _lines(before.content), text, _lines(text), whole)
    last = meeting.lines[-1] if meeting.lines else ""
    at_the_end = _bare(after) == _bare(last)
    seam = _after_the_last(meeting) if at_the_end else _after_an_earlier(meeting, after)
    changed = change_of_indentation(before.content, text)
    if changed is not None:
        raise SeamMismatch(f"{path}: the lines after the seam", "the same indentation", changed)
    return seam


def joined(before: Part, seam: Seam, text: str) -> str:
    """The two parts as one text, as `find_seam` found them to meet."""
    return before.content[: seam.kept] + text


@dataclass(frozen=True, slots=True)
class _Meeting:
    path: str
    before: Part
    lines: Sequence[str]
    text: str
    arrived: Sequence[str]
    whole: bool

    def agrees(self, repeated: int) -> bool:
        """Whether the fragment begins what comes after so many repeated lines."""
        text = self.text[_length(self.arrived[:repeated]) :]
        fragment = self.before.fragment
        return text.startswith(fragment) or (not self.whole and fragment.startswith(text))

    def repeating(self, count: int) -> Seam:
        """The seam where the second part begins with the last lines of the first."""
        return Seam(_length(self.lines[: len(self.lines) - count]), count)


def _after_the_last(meeting: _Meeting) -> Seam:
    straight = meeting.agrees(0)
    repeats = [n for n in overlaps(meeting.lines, meeting.arrived) if meeting.agrees(n)]
    if not straight and len(repeats) == 1:
        return meeting.repeating(repeats[0])
    fragment = meeting.before.fragment
    if not straight:
        expected = f"one that begins with {shown(fragment)}"
        found = shown(meeting.text.partition("\n")[0])
        raise SeamMismatch(f"{meeting.path}: the line after the seam", expected, found)
    telling = [n for n in repeats if _tells(*meeting.lines[-n:])]
    if not telling or _tells(fragment):
        return Seam(len(meeting.before.content), 0)
    if len(telling) == 1 and _said_once(meeting.lines, telling[0]):
        return meeting.repeating(telling[0])
    expected = f"new lines after {shown(meeting.lines[-1])}"
    found = f"{max(repeats):,} lines that stand just before it, with nothing to tell them apart"
    raise SeamMismatch(f"{meeting.path}: the lines after the seam", expected, found)


def _said_once(lines: Sequence[str], count: int) -> bool:
    """Whether no telling line stands twice, and those of the last few least of all."""
    telling = [line for line in lines if _tells(line)]
    return any(_tells(line) for line in lines[-count:]) and len(set(telling)) == len(telling)


def _after_an_earlier(meeting: _Meeting, after: str) -> Seam:
    """The part goes back: all lines that it repeats must be those that were kept."""
    lines, bare = meeting.lines, _bare(after)
    counts = [len(lines) - place - 1 for place, line in enumerate(lines) if _bare(line) == bare]
    fitting = [
        count
        for count in counts
        if lines[len(lines) - count :] == meeting.arrived[:count] and meeting.agrees(count)
    ]
    if len(fitting) == 1:
        return meeting.repeating(fitting[0])
    expected = f"to go on after {shown(lines[-1] if lines else '')}"
    doubt = ", which stands there more than once" if fitting else ""
    raise SeamMismatch(f"{meeting.path}: 'after'", expected, shown(after) + doubt)


def overlaps(lines: Sequence[str], arrived: Sequence[str]) -> Iterator[int]:
    """Every count of lines with which one list ends and the other begins, from the largest.

    By the prefix function of Knuth, Morris and Pratt: linear in the lines.
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


def _borders(items: Sequence[str]) -> list[int]:
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


def _length(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _bare(line: str) -> str:
    """A line without its line end, in whatever way it was written down."""
    return line.removesuffix("\n").removesuffix("\r")


def _tells(*texts: str) -> bool:
    return sum(len("".join(text.split())) for text in texts) >= TELLING_CHARACTERS
