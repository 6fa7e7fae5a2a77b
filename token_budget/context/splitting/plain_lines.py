"""Where text of no known grammar can be cut: at blank lines and by its indentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CLOSES = re.compile(r"\s*(?:[})\]]|</|end\b|else\b|elif\b|fi\b|done\b|esac\b)")
"""A line that ends or goes on with what stands above it: nothing is cut before it."""

TAB_WIDTH = 8


def paragraphs(lines: Sequence[str], first: int, last: int, *, finest: bool = False) -> list[int]:
    """The first lines of the parts of a range, by the coarsest rule that cuts it at all.

    The rules: lines of the least indentation after a blank one; any line after a blank one; lines
    of the least indentation; every line.

    Args:
        lines: The file.
        first: The first line of the range, counted from 1.
        last: The last one, included.
        finest: Only the last rule.

    Returns:
        Ascending; begins with ``first``.
    """
    every = range(first + 1, last + 1)
    if not finest:
        inner = [number for number in every if _can_start(lines[number - 1])]
        after_blank = [number for number in inner if not lines[number - 2].strip()]
        for starts in (_outermost(lines, after_blank), after_blank, _outermost(lines, inner)):
            if starts:
                return [first, *starts]
    return [first, *every]


def indentation(line: str) -> int:
    """Columns before the first character that is no white space."""
    expanded = line.expandtabs(TAB_WIDTH) if "\t" in line else line
    return len(expanded) - len(expanded.lstrip())


def _can_start(line: str) -> bool:
    return bool(line.strip()) and not _CLOSES.match(line)


def _outermost(lines: Sequence[str], numbers: Iterable[int]) -> list[int]:
    columns = {number: indentation(lines[number - 1]) for number in numbers}
    least = min(columns.values(), default=0)
    return [number for number, column in columns.items() if column == least]
