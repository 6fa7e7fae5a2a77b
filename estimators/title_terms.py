"""What a title tells of how much is written: its words, and the habits of whoever wrote it.

A commit that names its pull request is a whole piece of work, one without a prefix in a project
that uses prefixes is often a small one. Terms hold for a phase as a whole, so that each of them
adds the same to the logarithm of every file.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from estimators.features import title_line

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_WORDS = 15
"""Titles of more words are all alike."""

_WORD = re.compile(r"[a-z]{2,}")
_PREFIX = re.compile(r"^\W*(\w+)(\([^)]*\))?!?:")
_FIRST_SYMBOL = "\u2600"
"""Pictograms begin here."""

_STYLES = {
    "pull request": re.compile(r"\(#\d+\)"),
    "number": re.compile(r"#\d+"),
    "version": re.compile(r"\d\.\d"),
    "code": re.compile("`"),
    "comma": re.compile(","),
    "full stop": re.compile(r"\.$"),
    "cut": re.compile(r"(…|\.\.\.)$"),
    "pictogram": re.compile(f"[{_FIRST_SYMBOL}-\U0010ffff]"),
}


@lru_cache(maxsize=1024)
def title_terms(description: str) -> tuple[str, ...]:
    """The terms of the first line of a description, each once, in alphabetic order.

    Args:
        description: Its first line counts, up to 160 characters; without one there are no terms.
    """
    line = title_line(description)
    return tuple(sorted({*_styles(line), *_words(line)})) if line else ()


def _styles(line: str) -> Iterator[str]:
    yield from (f"style {name}" for name, sign in _STYLES.items() if sign.search(line))
    yield f"length {min(len(line.split()), MOST_WORDS)}"
    if line[0].isupper():
        yield "style capital"
    prefix = _PREFIX.match(line)
    if prefix:
        yield f"prefix {prefix[1].lower()}"
        yield "style scope" if prefix[2] else "style prefix"


def _words(line: str) -> Iterator[str]:
    return (f"word {word}" for word in _WORD.findall(line.lower()))
