"""What sticks to a path in running text and is not part of it: brackets, marks, line numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from estimators.reading.paths import names_a_file

if TYPE_CHECKING:
    from collections.abc import Callable

Span = tuple[int, int]
"""Where a piece of a text starts and ends."""

_REMEMBERED = 16_384
"""Words whose span is kept: a phase is planned again and again with the same words."""
_PLAIN = re.compile(r"[\w/@+][\w./@+-]*[\w/+]")
_LINE_NUMBERS = re.compile(r":\d+(?:[-:,–]\d+)*|#L\d+(?:-L?\d+)?")
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_OPENERS = frozenset(_CLOSERS.values())
_QUOTES = frozenset("\"'‘’<>")
_FINAL_MARKS = frozenset(",:!?…") | _QUOTES


def without_place(word: str) -> tuple[str, int]:
    """The path in ``src/a.py:120``, ``a.py::test_f``, ``a.py#L10``.

    Returns:
        The path, and how many characters it takes with its line numbers.
    """
    for mark in ":#":
        cut = word.find(mark)
        if cut > 0 and names_a_file(word[:cut]):
            lines = _LINE_NUMBERS.match(word, cut)
            return word[:cut], lines.end() if lines else cut
    return word, len(word)


@lru_cache(maxsize=_REMEMBERED)
def peeled(word: str) -> Span:
    """Where the path in a word starts and ends, once brackets, quotes and full stops are off.

    Brackets that belong to the path stay: ``app/(group)/[id]/page.tsx``. Every step but the last
    takes something off, so the time grows linearly with the word.
    """
    if _PLAIN.fullmatch(word):
        return 0, len(word)
    bracketed = _Word(word, _partners(word))
    span = 0, len(word)
    while span[0] < span[1]:
        smaller = next((new for peel in _STEPS if (new := peel(bracketed, *span)) != span), None)
        if smaller is None:
            break
        span = smaller
    start, end = span
    unclosed = (at for at in range(start, end) if bracketed.is_single(at) and word[at] in _OPENERS)
    return start, next(unclosed, end)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, and for each of its brackets that has a partner, where that is."""

    text: str
    partner: dict[int, int] = field(default_factory=dict)

    def is_single(self, at: int) -> bool:
        """Whether there is a bracket without a partner."""
        return at not in self.partner and self.text[at] in _BRACKETS


_BRACKETS = _OPENERS | _CLOSERS.keys()


def _brackets_around(word: _Word, start: int, end: int) -> Span:
    return (start + 1, end - 1) if word.partner.get(start) == end - 1 else (start, end)


def _first_mark(word: _Word, start: int, end: int) -> Span:
    is_mark = word.text[start] in _QUOTES or word.is_single(start)
    return (start + 1, end) if is_mark else (start, end)


def _last_mark(word: _Word, start: int, end: int) -> Span:
    is_mark = word.text[end - 1] in _FINAL_MARKS or word.is_single(end - 1)
    return (start, end - 1) if is_mark else (start, end)


def _bold(word: _Word, start: int, end: int) -> Span:
    """Two asterisks are emphasis, unless a slash makes them the glob of any directories."""
    text = word.text
    if text.startswith("**", start, end) and not text.startswith("**/", start, end):
        return start + 2, end
    is_emphasis = text.endswith("**", start, end) and not text.endswith("/**", start, end)
    return (start, end - 2) if is_emphasis else (start, end)


def _possessive(word: _Word, start: int, end: int) -> Span:
    return (start, end - 2) if word.text.endswith(("'s", "’s"), start, end) else (start, end)


def _full_stops(word: _Word, start: int, end: int) -> Span:
    """The full stops at the end; those of ``..`` and ``src/..`` are names."""
    cut = end
    while cut > start and word.text[cut - 1] == ".":
        cut -= 1
    return (start, end) if cut == start or word.text[cut - 1] in "/\\" else (start, cut)


def _attached_note(word: _Word, start: int, end: int) -> Span:
    """The brackets of ``a.py(new)`` and ``a.py[NEW]``."""
    opener = word.partner.get(end - 1, start)
    is_note = start < opener < end - 1 and names_a_file(word.text[start:opener])
    return (start, opener) if is_note else (start, end)


_STEPS: tuple[Callable[[_Word, int, int], Span], ...] = (
    _brackets_around,
    _first_mark,
    _bold,
    _possessive,
    _last_mark,
    _full_stops,
    _attached_note,
)


def _partners(word: str) -> dict[int, int]:
    """Each bracket that has a partner, both ways."""
    open_at: list[int] = []
    partner: dict[int, int] = {}
    for at, character in enumerate(word):
        if character in _OPENERS:
            open_at.append(at)
        elif character in _CLOSERS and open_at and word[open_at[-1]] == _CLOSERS[character]:
            opener = open_at.pop()
            partner[opener], partner[at] = at, opener
    return partner
