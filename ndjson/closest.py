"""The text of a file that is most like one that was not found, for the message that says so.

The work is bounded whatever the file: one pass over its words picks a few places, and only those
are compared closely.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from heapq import nlargest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LINES = 100_000
"""Lines of the file that are looked at."""

MOST_WANTED_LINES = 40
"""Lines of the missing text that are compared; the first ones say where it was meant."""

MOST_LINE_CHARACTERS = 400
"""Characters of a line that are compared and shown."""

CANDIDATES = 8
"""Places that are compared closely."""

MOST_CHARACTERS = 500
"""Longer texts are compared word by word: difflib may need their product in steps."""

LEAST_SIMILARITY = 0.5
"""Ratio of `difflib` below which nothing is called close: difflib's own examples use 0.6 for
"close matches"; half of the characters is still worth showing."""

_WORDS = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+|[^\w\s]")
"""The words within identifiers too, so that one misspelt part leaves the others."""


def closest_text(text: str, wanted: str) -> str:
    r"""The lines of ``text`` most like ``wanted``, with their numbers and differences.

    Lines that differ are given as JSON strings, so that tabs, ``\r`` and final blanks are seen:
    ``-`` is what was looked for, ``+`` what the file has. Empty when nothing is close.
    """
    sought = _cut_lines(wanted.removesuffix("\n"), MOST_WANTED_LINES)
    lines = _cut_lines(text.removesuffix("\n"), MOST_LINES)
    best = max(_rated(lines, sought), default=None)
    if best is None or best[0] < LEAST_SIMILARITY:
        return ""
    first = -best[1]
    return _shown(sought, lines[first : first + len(sought)], first + 1)


def _cut_lines(text: str, most: int) -> list[str]:
    return [line[:MOST_LINE_CHARACTERS] for line in text.split("\n", most)[:most]]


def _rated(lines: list[str], sought: list[str]) -> Iterator[tuple[float, int]]:
    """The similarity of the likeliest places, each with its line negated: the first one wins."""
    wanted = "\n".join(sought)
    for _, first in nlargest(CANDIDATES, _overlaps(lines, sought)):
        yield _similarity(wanted, "\n".join(lines[-first : len(sought) - first])), first


def _similarity(wanted: str, found: str) -> float:
    """Between 0 and 1: of characters, or of words where there are many characters."""
    if len(wanted) <= MOST_CHARACTERS:
        short = found[: 2 * MOST_CHARACTERS]
        return difflib.SequenceMatcher(None, short, wanted, autojunk=False).ratio()
    # Here autojunk stays on: without it, a text of one repeated word takes quadratic time.
    return difflib.SequenceMatcher(None, _WORDS.findall(found), _WORDS.findall(wanted)).ratio()


def _overlaps(lines: list[str], sought: list[str]) -> Iterator[tuple[int, int]]:
    """How many words each run of lines shares with ``sought``; linear in the words."""
    missing = Counter(word for line in sought for word in _WORDS.findall(line))
    words = [[w for w in _WORDS.findall(line) if w in missing] for line in lines]
    shared = 0
    for entering in range(len(lines)):
        shared += _take(missing, words[entering])
        leaving = entering - len(sought)
        if leaving >= 0:
            shared -= _give_back(missing, words[leaving])
        first = max(0, entering - len(sought) + 1)
        if entering >= len(sought) - 1 or entering == len(lines) - 1:
            yield shared, -first


def _take(missing: Counter[str], words: list[str]) -> int:
    """Count ``words`` as found; how many of them were still missing."""
    found = 0
    for word in words:
        found += missing[word] > 0
        missing[word] -= 1
    return found


def _give_back(missing: Counter[str], words: list[str]) -> int:
    """Undo `_take` for words that left; how many of them are missing again."""
    lost = 0
    for word in words:
        missing[word] += 1
        lost += missing[word] > 0
    return lost


def _shown(sought: list[str], found: list[str], line: int) -> str:
    last = line + len(found) - 1
    where = f"line {line}" if last == line else f"lines {line} to {last}"
    differences = difflib.unified_diff(_quoted(sought), _quoted(found), n=1, lineterm="")
    shown = [change for change in differences if not change.startswith(("---", "+++", "@@"))]
    return "\n".join([f"{where} (- asked for, + in the file):", *shown])


def _quoted(lines: list[str]) -> list[str]:
    return [json.dumps(line, ensure_ascii=False) for line in lines]
