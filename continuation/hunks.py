r"""A hunk of a unified diff: its lines, its counts, and the part of the old file that it covers.

Lines are without ``\n``. Each begins with a blank (context), ``-`` (old), ``+`` (new) or ``\``
(no line end at the end of the file; it counts for neither side).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BODY_MARKS = (" ", "+", "-", "\\")
"""What the lines of a hunk begin with, as POSIX ``diff -u`` and git write them."""

_HEADER = re.compile(
    r"@@ -(?P<old>[0-9]+)(?:,(?P<olds>[0-9]+))?"
    r" \+(?P<new>[0-9]+)(?:,(?P<news>[0-9]+))? @@(?P<rest>.*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Hunk:
    """A change of one range of lines.

    Attributes:
        old_start: The first line of the range in the old file, from 1. With no old lines: the
            line after which the new ones come.
        old_count: Context and old lines.
        new_start: The same in the new file.
        new_count: Context and new lines.
        section: What stands behind the second ``@@``, with its blank.
        lines: Its lines, each with its mark.
        written: The two counts as its header had them, where they were put right.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str = ""
    lines: tuple[str, ...] = ()
    written: tuple[int, int] | None = field(default=None, compare=False)

    @property
    def header(self) -> str:
        """Its first line, as git writes it: a count of one is left out."""
        return f"{self.ranges}{self.section}"

    @property
    def ranges(self) -> str:
        """The header without its section."""
        old, new = _range(self.old_start, self.old_count), _range(self.new_start, self.new_count)
        return f"@@ -{old} +{new} @@"

    @property
    def counted(self) -> tuple[int, int]:
        """Old and new lines as they are, whatever the header says."""
        return counts(self.lines)

    @property
    def said(self) -> tuple[int, int]:
        """Old and new lines as its header had them."""
        return self.written or (self.old_count, self.new_count)

    @property
    def exact(self) -> bool:
        """Whether the lines are as many as the header says."""
        return self.counted == (self.old_count, self.new_count)

    def recounted(self) -> Hunk:
        """With the counts that the lines have."""
        old, new = self.counted
        return replace(self, old_count=old, new_count=new, written=self.said)

    def overlaps(self, other: Hunk) -> bool:
        """Whether both change the same part of the old file, by what the headers say."""
        first, last = _span(self)
        low, high = _span(other)
        if first == last and low == high:
            return first == low
        return first < high and low < last


def parse_hunk_header(line: str) -> Hunk | None:
    """The hunk, without lines, that a line opens; None: it opens none with line numbers."""
    match = _HEADER.fullmatch(line)
    if match is None:
        return None
    old, new = int(match["old"]), int(match["new"])
    return Hunk(old, int(match["olds"] or 1), new, int(match["news"] or 1), match["rest"])


def counts(lines: Iterable[str]) -> tuple[int, int]:
    """How many lines stand in the old file, and how many in the new one."""
    marks = [line[:1] for line in lines]
    context = marks.count(" ")
    return context + marks.count("-"), context + marks.count("+")


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"


def _span(hunk: Hunk) -> tuple[int, int]:
    """The gaps between old lines at which the range begins and ends; gap n is after line n."""
    if hunk.old_count == 0:
        return hunk.old_start, hunk.old_start
    return hunk.old_start - 1, hunk.old_start - 1 + hunk.old_count
