"""Whether a part of a file is indented in another way than the part before it.

A model that goes on with a file sometimes changes its white space: tabs for spaces, two spaces for
four. The seam itself may show nothing of it, so the parts are compared. Only what hardly ever
happens within one file counts as a change. What may happen, and what shows too little to tell, is a
doubt.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEN_LINES = 3
"""Indented lines, and steps from line to line, that make a habit."""

USUAL_SHARE = 0.7
"""A step is usual that is this share of all."""

OPENERS, CLOSERS = ("{", "(", "["), ("}", ")", "]")
LABELS = ("case", "default")
"""Lines after an opener that many write no deeper than it."""


@dataclass(frozen=True, slots=True)
class Indentation:
    """How a text is indented.

    Attributes:
        tabs: Lines that begin with a tab.
        spaces: Lines that begin with a space.
        steps: By how many spaces a line is deeper than the line before it, one a deeper line.
    """

    tabs: int
    spaces: int
    steps: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Indentation:
        """The indentation of a text; blank lines have none, nor have the stars of a comment."""
        lines = _compared_lines(text)
        tabs = sum(line.startswith("\t") for line in lines)
        spaces = sum(line.startswith(" ") for line in lines)
        return cls(tabs, spaces, tuple(_steps(lines)))

    @property
    def unit(self) -> int | None:
        """The one step that is seen, often enough to be a habit; None: there is no such."""
        found = set(self.steps)
        return found.pop() if len(found) == 1 and len(self.steps) >= SEEN_LINES else None

    @property
    def usual_step(self) -> int | None:
        """The step that most deeper lines have; None: there is no such."""
        counts = Counter(self.steps).most_common(1)
        least = USUAL_SHARE * len(self.steps)
        return next((step for step, count in counts if count >= least), None)


def change_of_indentation(before: str, after: str) -> str | None:
    """What is indented otherwise in a later part of a file, in words; None: nothing is."""
    first, second = Indentation.of(before), Indentation.of(after)
    if first.spaces >= SEEN_LINES and not first.tabs and second.tabs and not second.spaces:
        return "tabs after spaces"
    if first.tabs >= SEEN_LINES and not first.spaces and second.spaces >= SEEN_LINES:
        return None if second.tabs else "spaces after tabs"
    if first.unit and second.steps and set(second.steps) == {first.unit / 2}:
        return f"{first.unit // 2} spaces a level after {first.unit}"
    if first.unit and second.unit == 2 * first.unit:
        return f"{second.unit} spaces a level after {first.unit}"
    return None


def doubt_of_indentation(before: str, after: str, *, shown: bool) -> str | None:
    """Why a later part of a file may be indented otherwise, in words; None: nothing says so.

    Args:
        before: The earlier part: whole lines.
        after: The later one.
        shown: Whether white space is known with which the later one begins.
    """
    first, second = Indentation.of(before), Indentation.of(after)
    if not ((first.tabs or first.spaces) and (second.tabs or second.spaces)):
        return None
    if second.tabs and not first.tabs:
        return "tabs, of which there were none"
    if second.spaces and not first.spaces:
        return "spaces, of which there were none"
    last = _compared_lines(before)[-1]
    if _has_flat_brackets(f"{last}\n{after}") and not _has_flat_brackets(before):
        return "lines in brackets that are no deeper than these"
    usual, later = first.usual_step, second.usual_step
    if usual and later and max(usual, later) == 2 * min(usual, later):
        return f"{later} spaces a level after {usual}"
    shared = not set(first.steps).isdisjoint(second.steps)
    is_told = shown or not first.spaces or (bool(later) if usual else shared)
    return None if is_told else "too few indented lines to tell"


def _compared_lines(text: str) -> list[str]:
    """The lines that are compared: blank ones tell nothing, nor do the stars of a comment."""
    return [line for line in text.split("\n") if line.strip() and line.lstrip()[0] != "*"]


def _has_flat_brackets(text: str) -> bool:
    """Whether an indented line opens a bracket, and the line after it is no deeper."""
    return any(
        line[0] in " \t"
        and line.rstrip().endswith(OPENERS)
        and _depth(following) <= _depth(line)
        and not following.lstrip().startswith((*CLOSERS, *LABELS))
        for line, following in pairwise(_compared_lines(text))
    )


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _steps(lines: list[str]) -> Iterator[int]:
    depths = [len(line) - len(line.lstrip(" ")) for line in lines]
    for shallow, deep in pairwise(depths):
        if deep > shallow:
            yield deep - shallow
