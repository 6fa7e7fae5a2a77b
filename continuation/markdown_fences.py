"""Markdown's fenced code blocks, by the rules of CommonMark 0.31 (section 4.5).

An opening fence is three or more backticks or tildes, indented by up to three blanks, with an info
string behind it; after backticks it has none itself. A closing one is of the same character, at
least as long, and bare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENING = re.compile(r"( {0,3})(`{3,}|~{3,})[ \t]*(.*?)[ \t\r]*")


@dataclass(frozen=True, slots=True)
class Fence:
    """The opening line of a block.

    Attributes:
        mark: Its backticks or tildes.
        info: What stands behind them: often a language, at times a path.
        indent: The blanks before them.
    """

    mark: str
    info: str
    indent: int


def opening_fence(line: str) -> Fence | None:
    """The fence that a line opens, if it opens one."""
    match = _OPENING.fullmatch(line)
    if match is None or (match[2].startswith("`") and "`" in match[3]):
        return None
    return Fence(match[2], match[3], len(match[1]))


def closes(line: str, fence: Fence) -> bool:
    """Whether a line closes a block."""
    found = opening_fence(line)
    return found is not None and not found.info and found.mark.startswith(fence.mark)


def nests(line: str, fence: Fence) -> bool:
    """Whether a line within a block opens another one whose end would close the outer one too."""
    found = opening_fence(line)
    return found is not None and bool(found.info) and found.mark.startswith(fence.mark)
