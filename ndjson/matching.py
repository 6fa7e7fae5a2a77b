r"""Where a text that an edit names stands in a file: exactly once, or not at all.

Texts are compared character by character. Two looser rungs can be switched on; each is tried only
when the stricter one finds nothing, and whatever it finds is marked with its name:

===================  =======================================================================
``exact``            the characters themselves, anywhere, also in the middle of a line
``trailing``         whole lines, equal but for white space at their ends (so also ``\r``)
``indentation``      whole lines, equal as above once every line that is not blank has lost,
                     or got, one and the same indentation
===================  =======================================================================

Nothing is ever chosen among several places: more than one on a rung is an error on that rung.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal, get_args

from ndjson.closest import closest_text
from ndjson.errors import AmbiguousMatch, AnchorNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Matching = Literal["exact", "trailing", "indentation"]
"""How loose a match may be: the rung named, and all that are stricter."""

MOST_PLACES = 1000
"""Places that are counted, overlapping ones too; where there are more, the count stops here."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a text was found.

    Attributes:
        start: Index of its first character in the file's text.
        end: Index after its last character.
        rung: How it was compared.
        removed: Indentation that the lines of the edit have and those of the file have not.
        added: Indentation that the lines of the file have and those of the edit have not.
    """

    start: int
    end: int
    rung: Matching = "exact"
    removed: str = ""
    added: str = ""


def find_once(text: str, wanted: str, path: str, loosest: Matching = "exact") -> Match:
    """The one place where ``wanted`` stands in ``text``.

    Args:
        text: The file.
        wanted: What is looked for; not empty.
        path: The name of the file, for the message.
        loosest: The last rung that is tried.

    Raises:
        AnchorNotFound: It stands nowhere; carries the closest text and how it differs.
        AmbiguousMatch: It stands in several places; carries their number and their lines.
    """
    for rung in get_args(Matching):
        places = list(islice(_SEARCHES[rung](text, wanted), MOST_PLACES))
        if len(places) == 1:
            return places[0]
        if places:
            raise AmbiguousMatch(path, wanted, line_numbers(text, places))
        if rung == loosest:
            break
    raise AnchorNotFound(path, wanted, not_found(text, wanted))


def line_numbers(text: str, places: list[Match]) -> list[int]:
    """The line, from 1, on which each place begins."""
    numbers, line, position = [], 1, 0
    for place in places:
        line += text.count("\n", position, place.start)
        position = place.start
        numbers.append(line)
    return numbers


def not_found(text: str, wanted: str) -> str:
    """What to say of a text that stands nowhere: its line ends, or the closest text."""
    unified = wanted.replace("\r\n", "\n")
    if "\n" in unified and unified in text.replace("\r\n", "\n"):
        ends = r"\r\n" if "\r\n" in text else r"\n"
        return f"the same lines, but the file ends them with {ends}"
    return closest_text(text, wanted)


def _exact(text: str, wanted: str) -> Iterator[Match]:
    start = text.find(wanted)
    while start >= 0:
        yield Match(start, start + len(wanted))
        start = text.find(wanted, start + 1)


def _trailing(text: str, wanted: str) -> Iterator[Match]:
    lines, sought = _Lines(text), _sought(wanted)
    stripped = [line.rstrip() for line in sought]
    for first in lines.windows(stripped, str.rstrip):
        yield Match(*lines.span(first, len(sought), whole=wanted.endswith("\n")), "trailing")


def _indentation(text: str, wanted: str) -> Iterator[Match]:
    lines, sought = _Lines(text), _sought(wanted)
    for first in lines.windows([line.strip() for line in sought], str.strip):
        shift = _shift(sought, lines.content[first : first + len(sought)])
        if shift is not None:
            span = lines.span(first, len(sought), whole=wanted.endswith("\n"))
            yield Match(*span, "indentation", *shift)


_SEARCHES: dict[Matching, Callable[[str, str], Iterator[Match]]] = {
    "exact": _exact,
    "trailing": _trailing,
    "indentation": _indentation,
}


class _Lines:
    """The lines of a text, without their line feeds, and where they stand."""

    def __init__(self, text: str) -> None:
        self.content = text.split("\n")
        self._starts = [0]
        for line in self.content:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._length = len(text)

    def windows(self, sought: list[str], key: Callable[[str], str]) -> Iterator[int]:
        """The lines at which all of ``sought`` stand, one after the other, under ``key``.

        Sought lines that are all blank are found nowhere: they say nothing about a place.
        """
        keys = [key(line) for line in self.content]
        for first in range(len(keys) - len(sought) + 1 if any(sought) else 0):
            if keys[first] == sought[0] and keys[first : first + len(sought)] == sought:
                yield first

    def span(self, first: int, count: int, *, whole: bool) -> tuple[int, int]:
        """Characters of ``count`` lines; with the last one's line end when ``whole``."""
        end = self._starts[first + count] - (0 if whole else 1)
        if not whole and self.content[first + count - 1].endswith("\r"):
            end -= 1
        return self._starts[first], min(end, self._length)


def _sought(wanted: str) -> list[str]:
    return wanted.removesuffix("\n").split("\n")


def _shift(sought: list[str], found: list[str]) -> tuple[str, str] | None:
    """The indentation to remove from, or to add to, every sought line; ``None``: it varies."""
    pairs = {
        (_indent(wanted), _indent(there))
        for wanted, there in zip(sought, found, strict=True)
        if there.strip()
    }
    shifts = {_one_shift(wanted, there) for wanted, there in pairs}
    return shifts.pop() if len(shifts) == 1 else None


def _one_shift(wanted: str, there: str) -> tuple[str, str] | None:
    if there.endswith(wanted):
        return "", there[: len(there) - len(wanted)]
    if wanted.endswith(there):
        return wanted[: len(wanted) - len(there)], ""
    return None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
