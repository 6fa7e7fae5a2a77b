"""A text at three levels, so that each rule looks only at the words that may decide it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from estimators.reading.mentions import Mention
    from estimators.reading.peeling import Span

_PARENTHESIS = re.compile(r"[()（）]")


@dataclass(frozen=True, slots=True)
class Layers:
    """A text and two views of it, all of the same length; what a view leaves out is blank.

    Attributes:
        written: The text.
        spoken: Without parentheses, and without paths: a path has no say in what happens to it.
        asides: What stands in parentheses, without paths.
        mentions: The paths outside parentheses; all paths, if the only ones stand inside.
    """

    written: str
    spoken: str
    asides: str
    mentions: tuple[Mention, ...]


def layers_of(text: str, mentions: Sequence[Mention]) -> Layers:
    """Separate a text in which ``mentions`` were found."""
    asides = list(_asides(text, mentions))
    outside = tuple(_outside(mentions, asides))
    if not any(one.certain for one in outside):
        asides, outside = [], tuple(mentions)
    paths = [(one.start, one.end) for one in mentions if one.certain]
    inside = _blanked(text, _complement(asides, len(text)))
    spoken = _blanked(_blanked(text, asides), paths)
    return Layers(text, spoken, _blanked(inside, paths), outside)


def _asides(text: str, mentions: Sequence[Mention]) -> Iterator[Span]:
    """The outermost parentheses that stand apart from words: not those of f(x), nor of paths."""
    ends = {one.end for one in mentions}
    depth = start = 0
    for at in _parentheses(text, mentions):
        if text[at] in "(（":
            if depth or at == 0 or at in ends or not text[at - 1].isalnum():
                start = start if depth else at
                depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield start, at + 1
    if depth:
        yield start, len(text)


def _parentheses(text: str, mentions: Sequence[Mention]) -> Iterator[int]:
    """Where the parentheses are that belong to no path."""
    start = 0
    for end, resume in [*((one.start, one.end) for one in mentions), (len(text), 0)]:
        yield from (found.start() for found in _PARENTHESIS.finditer(text, start, end))
        start = resume


def _outside(mentions: Iterable[Mention], spans: Iterable[Span]) -> Iterator[Mention]:
    """Those of ``mentions`` that start in none of ``spans``; both are in order."""
    remaining = iter(spans)
    span = next(remaining, None)
    for mention in mentions:
        while span and span[1] <= mention.start:
            span = next(remaining, None)
        if span is None or mention.start < span[0]:
            yield mention


def _complement(spans: Iterable[Span], length: int) -> Iterator[Span]:
    start = 0
    for span in spans:
        yield start, span[0]
        start = span[1]
    yield start, length


def _blanked(text: str, spans: Iterable[Span]) -> str:
    """``text`` with spaces in place of ``spans``, which are in order."""
    pieces: list[str] = []
    end = 0
    for start, stop in spans:
        pieces += (text[end:start], " " * (stop - start))
        end = stop
    return "".join((*pieces, text[end:]))
