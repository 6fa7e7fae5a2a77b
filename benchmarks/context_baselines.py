"""What is usually done: whole files or fixed windows by BM25, and rules of shared words.

All see the same files and the same counter as ours, and pay for a header as ours do.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from token_budget.context.file_text import lines_of
from token_budget.context.query import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Lines = tuple[int, int]
Shown = dict[str, list[Lines]]

WINDOW_LINES = 40
HEADER_TOKENS = 12
SATURATION, LENGTH_WEIGHT = 1.2, 0.75
FIRST_CHARACTERS = 6_000
PATH_FACTOR = 3

_WORD = re.compile(r"[A-Za-z]+|\d+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A file or a window of one, with its words."""

    path: str
    lines: Lines
    tokens: int
    words: Counter[str]


def words(text: str) -> Counter[str]:
    """Parts of identifiers in lower case."""
    return Counter(
        part.lower()
        for name in _WORD.findall(text)
        for part in _PART.findall(name)
        if len(part) > 1
    )


def whole_files(text: str, path: str, count: Callable[[str], int]) -> list[Passage]:
    """The file as one passage."""
    return _windows(text, path, count, max(text.count("\n") + 1, 1))


def windows(text: str, path: str, count: Callable[[str], int]) -> list[Passage]:
    """The file in windows of `WINDOW_LINES`."""
    return _windows(text, path, count, WINDOW_LINES)


@lru_cache(maxsize=50_000)
def _windows(text: str, path: str, count: Callable[[str], int], size: int) -> list[Passage]:
    lines = lines_of(text)
    found = []
    for start in range(0, len(lines), size):
        part = lines[start : start + size]
        body = "\n".join(part) + "\n"
        held = words(body)
        for word, times in words(path).items():
            held[word] += 2 * times
        tokens = count(body) + count(path) + HEADER_TOKENS
        found.append(Passage(path, (start + 1, start + len(part)), tokens, held))
    return found


def by_bm25(message: str, passages: Sequence[Passage]) -> list[Passage]:
    """Passages in the order of Okapi BM25."""
    query = set(words(clean(message)))
    lengths = [sum(one.words.values()) for one in passages]
    average = sum(lengths) / max(len(lengths), 1) or 1.0
    holding = Counter(word for one in passages for word in query if word in one.words)
    rarity = {w: math.log1p((len(passages) - n + 0.5) / (n + 0.5)) for w, n in holding.items()}
    scores = [
        sum(
            rarity[word]
            * one.words[word]
            * (SATURATION + 1)
            / (
                one.words[word]
                + SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length / average)
            )
            for word in query
            if word in one.words
        )
        for one, length in zip(passages, lengths, strict=True)
    ]
    return _ordered(passages, scores)


def by_shared_words(
    message: str, passages: Sequence[Passage], texts: Mapping[str, str]
) -> list[Passage]:
    """The predecessor's rule: words shared with the path and with the first characters."""
    terms = {term for term in re.split(r"\W+", message.lower()) if len(term) > 2}
    scores = [
        float(
            PATH_FACTOR * sum(term in set(re.split(r"\W+", one.path.lower())) for term in terms)
            + sum(term in texts[one.path][:FIRST_CHARACTERS].lower() for term in terms)
        )
        for one in passages
    ]
    return _ordered(passages, scores)


def filled(ordered: Iterable[Passage], budget: int, first: Iterable[Passage] = ()) -> Shown:
    """What goes in, in this order, as far as it fits; ``first`` before all else."""
    shown: Shown = {}
    taken = set()
    for one in (*first, *ordered):
        key = one.path, one.lines
        if one.tokens <= budget and key not in taken:
            taken.add(key)
            budget -= one.tokens
            shown.setdefault(one.path, []).append(one.lines)
    return shown


def _ordered(passages: Sequence[Passage], scores: Sequence[float]) -> list[Passage]:
    places = sorted(range(len(passages)), key=lambda place: -scores[place])
    return [passages[place] for place in places if scores[place] > 0]
