"""Numbers with their nouns: "15 tests", "3 new endpoints"."""

from __future__ import annotations

import re

# A whole number on its own, and up to three words behind it: not 3.11, v2, 10-15, #12, $5, 95%.
_NUMBER = re.compile(
    r"(?<![\w.,#$€£/:–-])(?!0\d)(?P<number>\d{1,3}(?:,\d{3}){1,2}|\d{1,9})(?![\w%]|[.,]\d)\+?"
    r"(?P<words>(?:[ \t]+[^\W\d_][\w-]*){1,3})"
)
_WORD_BEFORE = re.compile(r"(?P<inside>[\w,]\s)?\b(?P<word>[^\W\d_]+)[ \t]+$")
_WINDOW = 32
"""How far back the word before a number is looked for: characters; longer words are no labels."""

# Behind these words a number is a name or a place, not an amount.
_LABELS = frozenset(
    "at line lines page phase step layer level stage part section chapter issue port version "
    "migration milestone sprint ticket bug pr task table figure item option rule rfc pep python "
    "node java vue react angular django rails php go es http html css next nuxt svelte rust ruby "
    "kotlin swift postgres postgresql mysql redis utf base windows ubuntu debian since until year "
    "day week".split()
)
_UNITS = frozenset(
    "ms s sec secs second seconds min mins minute minutes hour hours h day days week weeks month "
    "months year years kb mb gb tb kib mib gib byte bytes bit bits px em rem pt percent usd eur "
    "dollars euros cents k m x times".split()
)
_NOT_NOUNS = frozenset(
    "is was has does as its this that across less plus vs versus always perhaps in into inside "
    "within to from for on onto at by with without via using through under of which when while "
    "and or but if than are will should must".split()
)
# Adjectives and abbreviations that are spelled like plurals.
_NOT_PLURALS = frozenset("js ts css https dns aws tls os ios canvas alias bias".split())


def counts_in(note: str) -> tuple[tuple[str, int], ...]:
    """The amounts that a note tells, in its order: ``(("tests", 15), ("endpoints", 3))``.

    The noun is the first plural of up to three words behind the number (behind 1, the first word),
    in lower case, otherwise as written. Units of time, size and money are no nouns, and the numbers
    of lines, versions, phases and the like are no amounts.
    """
    found = ((_noun(match, note), match["number"]) for match in _NUMBER.finditer(note))
    return tuple((noun, int(number.replace(",", ""))) for noun, number in found if noun)


def _noun(match: re.Match[str], note: str) -> str | None:
    if _is_labelled(note, match.start()):
        return None
    words = match["words"].lower().split()
    if words[0] in _UNITS:
        return None
    if match["number"] == "1":
        return None if words[0] in _NOT_NOUNS else words[0]
    for word in words:
        if word in _NOT_NOUNS:
            return None
        if _is_plural(word):
            return word
    return None


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us")) and word not in _NOT_PLURALS


def _is_labelled(note: str, number_start: int) -> bool:
    """Whether the word before a number makes it a name: "line 160", "Angular 17", "at 3800"."""
    before = _WORD_BEFORE.search(note[max(0, number_start - _WINDOW) : number_start])
    if before is None:
        return False
    # In the middle of a sentence a capital marks a name: "with Quarkus 3 services".
    is_name = before["inside"] is not None and before["word"][0].isupper()
    return is_name or before["word"].lower() in _LABELS
