r"""Where the lines of a hunk end: by their marks, and where those leave a doubt, by its counts.

Models miscount, so counts do not decide alone. A hunk goes on as long as lines bear its marks.
Doubts are settled so:

- ``--- x``, ``+++ y``, ``@@ -`` one after the other open a file, unless x and y name no file in a
  diff's way and taking both as changed lines meets the counts exactly.
- Empty lines are context that lost its blank when lines of the hunk follow; at its end they are as
  many as its counts lack, if that meets them exactly, and none otherwise.
- Outside of a Markdown fence, an empty line after the counts were met ends a hunk: what follows is
  a list in prose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from continuation.diff_headers import read_paths
from continuation.hunks import BODY_MARKS, counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from continuation.hunks import Hunk


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a hunk.

    Attributes:
        lines: They, with the lost blanks put back.
        end: The index of the line after them.
        at_end: Whether no whole line follows that is not part of it.
    """

    lines: tuple[str, ...]
    end: int
    at_end: bool


def read_body(lines: Sequence[str], start: int, hunk: Hunk, *, fenced: bool, cut: bool) -> Body:
    """The lines of the hunk whose header stands before ``start``."""
    reader = _Body(lines, hunk, fenced, cut)
    place: int | None = start
    while place is not None:
        place = reader.step(place)
    return Body(tuple(reader.taken), reader.end, reader.end >= len(lines) or reader.doubtful)


class _Body:
    """Takes lines one by one, and blank lines as a run."""

    def __init__(self, lines: Sequence[str], hunk: Hunk, fenced: bool, cut: bool) -> None:
        self.lines, self.fenced, self.cut = lines, fenced, cut
        self.taken: list[str] = []
        self.end = 0
        self.doubtful = False  # what is left at the end of the text may be part of it
        self._left = [hunk.old_count, hunk.new_count]

    def step(self, place: int) -> int | None:
        """Take what stands at a place: the next place, or None at the end of the hunk."""
        self.end = place
        line = self.lines[place] if place < len(self.lines) else "@@"
        if not line:
            return self._blanks(place)
        if not line.startswith(BODY_MARKS) or self._opens_file(place):
            return None
        self._take(line)
        return place + 1

    def _take(self, *lines: str) -> None:
        old, new = counts(lines)
        self._left = [self._left[0] - old, self._left[1] - new]
        self.taken += lines

    def _blanks(self, place: int) -> int | None:
        after = place
        while after < len(self.lines) and not self.lines[after]:
            after += 1
        listed = self._left == [0, 0] and not self.fenced
        if after < len(self.lines) and not listed and self._goes_on(after):
            self._take(*[" "] * (after - place))
            return after
        self._trailing(place, after)
        return None

    def _goes_on(self, place: int) -> bool:
        return self.lines[place].startswith(BODY_MARKS) and not self._opens_file(place)

    def _trailing(self, place: int, after: int) -> None:
        """Blank lines at the end: those that the counts still want."""
        self.doubtful = after >= len(self.lines)
        wanted = min(self._left)
        if not self.doubtful and not (wanted == max(self._left) and wanted <= after - place):
            return
        count = max(0, min(wanted, after - place))
        self._take(*[" "] * count)
        self.end = place + count

    def _opens_file(self, place: int) -> bool:
        """Whether a line is the ``---`` of a header; at the end of the text it may be."""
        following = self.lines[place : place + 3]
        if not following[0].startswith("--- "):
            return False
        if len(following) > 1 and not following[1].startswith("+++ "):
            return False
        if len(following) < 3 and self.cut:
            self.doubtful = True
            return True
        if len(following) < 3:
            return len(following) == 2 and self._left != [1, 1]
        named = _names_file((following[0], following[1]))
        return following[2].startswith("@@ -") and (named or self._left != [1, 1])


def _names_file(header: tuple[str, str]) -> bool:
    """Whether two lines name one file as headers do: with ``a/`` and ``b/``, or the same."""
    paths = read_paths(header)
    return paths is not None and (paths.prefixed or paths.old == paths.new)
