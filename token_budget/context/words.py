"""Code-aware words: identifiers whole and in parts, in lower case, without stop words.

``maxTokens``, ``max_tokens`` and ``max-tokens`` give the same words: ``maxtokens``, ``max`` and
``token``. Parts lose the ending of a plural (the S-stemmer of Harman, 1991), wholes do not.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from zlib import crc32

PATH_WORD_COUNT = 2
"""How often a word of a path counts beside one of the text."""

LONGEST_IDENTIFIER = 80
"""A longer run of letters is data, not a word: characters."""

REMEMBERED_IDENTIFIERS = 200_000
"""Identifiers whose words are remembered; code repeats its names. About 60 MB when full."""

REMEMBERED_NAMES = 50_000
"""Names of files and folders whose keys are remembered. About 20 MB when full."""

_IDENTIFIER = re.compile(r"[^\W\d]\w*(?:-[^\W\d]\w*)*|\d{2,}")
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")

STOP_WORDS = frozenset(
    "a an and are as at be been but by can could did do does for from had has have he her his how i"
    " if in into is it its just may me more most my no not of on one only or other our out over own"
    " she should so some such than that the their them then there these they this those to too up"
    " very was we were what when where which while who will with would you your".split()
    + "self cls def return elif else none true false null nil undefined const let var void int str"
    " pub fn mut func public private protected static final async await end begin".split()
)
"""The words of English and of programming languages that are in nearly every text."""


@lru_cache(maxsize=REMEMBERED_IDENTIFIERS)
def identifier_words(identifier: str) -> tuple[str, ...]:
    """The words of one identifier or plain word: whole, then its parts; each once.

    An identifier of one part gives one word.
    """
    if len(identifier) > LONGEST_IDENTIFIER:
        return ()
    parts = [part.lower() for part in _PART.findall(identifier)]
    singular = [_singular(part) for part in parts]
    words = singular if len(parts) == 1 else ["".join(parts), *singular]
    return tuple(dict.fromkeys(word for word in words if len(word) > 1 and word not in STOP_WORDS))


def words_of(text: str) -> Counter[str]:
    """The words of a text with their counts."""
    counts: Counter[str] = Counter()
    for identifier, count in Counter(_IDENTIFIER.findall(text)).items():
        for word in identifier_words(identifier):
            counts[word] += count
    return counts


def path_words(path: str) -> Counter[str]:
    """The words of a path, each counted `PATH_WORD_COUNT` times; without a file's ending."""
    words = words_of(_without_ending(path).replace("/", " ").replace(".", " "))
    return Counter({word: PATH_WORD_COUNT * count for word, count in words.items()})


def path_word_keys(path: str) -> dict[int, int]:
    """The keys of the words of a path with their counts; as `path_words`, and faster."""
    counts: dict[int, int] = {}
    for name in _without_ending(path).split("/"):
        for key, count in _name_keys(name):
            counts[key] = counts.get(key, 0) + count
    return counts


def _without_ending(path: str) -> str:
    stem, dot, ending = path.rpartition(".")
    return stem if dot and "/" not in ending and not stem.endswith("/") and stem else path


def word_key(word: str) -> int:
    """What stands for a word in an index: 32 bits.

    Among a million words some 120 pairs share a key (birthday bound); each counts as the other.
    """
    return crc32(word.encode(errors="replace"))


@lru_cache(maxsize=REMEMBERED_IDENTIFIERS)
def _identifier_keys(identifier: str) -> tuple[int, ...]:
    return tuple(word_key(word) for word in identifier_words(identifier))


def word_keys_of(text: str) -> dict[int, int]:
    """The keys of the words of a text with their counts; as `words_of`, and faster."""
    counts: dict[int, int] = {}
    for identifier, count in Counter(_IDENTIFIER.findall(text)).items():
        for key in _identifier_keys(identifier):
            counts[key] = counts.get(key, 0) + count
    return counts


@lru_cache(maxsize=REMEMBERED_NAMES)
def _name_keys(name: str) -> tuple[tuple[int, int], ...]:
    """The keys of one name of a path; workspaces repeat those of their folders."""
    counts = word_keys_of(name.replace(".", " "))
    return tuple((key, PATH_WORD_COUNT * count) for key, count in counts.items())


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return f"{word[:-3]}y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word if word.endswith(("us", "ss", "is")) else word[:-1]
