"""Where in a file, as it is now, past commits changed something. Pure.

The text that a commit added may be gone: the version number that every release replaces. Its place
is not. Places are followed from the present back through the hunks of every commit: what stands in
place of a replaced line takes its place, and what was deleted is where the line before it is.

A history with merges is no line of commits, so a place may be off by what a branch beside it added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Lines = NDArray[np.int64]


class HunkPlace(NamedTuple):
    """Where one hunk of a commit is, in lines counted from 0."""

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int


class Touched(NamedTuple):
    """The lines of today, from 1, both included, in whose place a commit of some age changed."""

    first: int
    last: int
    age: int


def touched_lines(changes: Iterable[tuple[int, Sequence[HunkPlace]]]) -> list[Touched]:
    """Every place of one file that commits changed.

    Args:
        changes: The age of each commit that changed the file and its hunks in their order; the
            newest commit first.
    """
    found = []
    present = _Places()
    for age, hunks in changes:
        found += [Touched(*present.of(hunk), age) for hunk in hunks]
        present.go_back(hunks)
    return found


class _Places:
    """Where the lines of one state of a file are today: a number each, which never falls.

    Beyond what is noted every line is ``shift`` lines away from where it was.
    """

    def __init__(self) -> None:
        self._noted: Lines = np.empty(0, np.int64)
        self._shift = 1

    def of(self, hunk: HunkPlace) -> tuple[int, int]:
        """The first and last line of today in the place of a hunk, by the state after it."""
        start, end = hunk.new_start, hunk.new_start + hunk.new_lines
        self._note(end)
        if start < end:
            return int(self._noted[start]), int(self._noted[end - 1])
        return self._behind(start), self._behind(start)

    def go_back(self, hunks: Sequence[HunkPlace]) -> None:
        """From the state after a commit to the one before it."""
        self._note(max((one.new_start + one.new_lines for one in hunks), default=0))
        self._noted = np.concatenate(list(self._pieces(hunks)))
        self._shift += sum(one.new_lines - one.old_lines for one in hunks)

    def _pieces(self, hunks: Iterable[HunkPlace]) -> Iterator[Lines]:
        done = 0
        for one in hunks:
            yield self._noted[done : one.new_start]
            done = one.new_start + one.new_lines
            if one.new_lines:
                inside = np.minimum(np.arange(one.old_lines), one.new_lines - 1)
                yield self._noted[one.new_start + inside]
            else:
                yield np.full(one.old_lines, self._behind(one.new_start), np.int64)
        yield self._noted[done:]

    def _behind(self, line: int) -> int:
        """Where the line before a gap is; the first line for a gap at the top."""
        return int(self._noted[line - 1]) if line else 1

    def _note(self, lines: int) -> None:
        missing = np.arange(len(self._noted), lines, dtype=np.int64)
        self._noted = np.concatenate([self._noted, missing + self._shift])
