"""Whether a part of a file is indented in another way than the part before it.

A model that goes on with a file sometimes changes its white space: tabs for spaces, two spaces for
four. The seam itself may show nothing of it, so the parts are compared. Only what hardly ever
happens within one file counts as a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEN_LINES = 3
"""Indented lines, and steps from line to line, that make a habit."""


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
        lines = [line for line in text.split("\n") if line.strip() and line.lstrip()[0] != "*"]
        tabs = sum(line.startswith("\t") for line in lines)
        spaces = sum(line.startswith(" ") for line in lines)
        return cls(tabs, spaces, tuple(_steps(lines)))

    @property
    def unit(self) -> int | None:
        """The one step that is seen, often enough to be a habit; None: there is no such."""
        found = set(self.steps)
        return found.pop() if len(found) == 1 and len(self.steps) >= SEEN_LINES else None


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


def _steps(lines: list[str]) -> Iterator[int]:
    depths = [len(line) - len(line.lstrip(" ")) for line in lines]
    for shallow, deep in pairwise(depths):
        if deep > shallow:
            yield deep - shallow
