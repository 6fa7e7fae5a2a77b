"""The token counts of one changed file. Pure: texts and hunks in, figures out.

Whole files are counted once and then carried from commit to commit: a changed file differs from
its old self only in its hunks, and ``cl100k_base`` never makes one token of what stands before a
line and what stands in it, if that line is not blank (`starts_afresh`). So

    tokens of the new file = tokens of the old one + tokens of the changed lines, new - old

exactly, at the price of counting the changed lines.
"""

from __future__ import annotations

import json
import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from estimators.mining.patch import Hunk

_AFRESH = re.compile(r"[ \t]*\S")


class Region(NamedTuple):
    """Lines that differ: ``old_start`` to ``old_end`` became ``new_start`` to ``new_end``."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def starts_afresh(lines: Sequence[str], number: int) -> bool:
    """Whether the tokens before a line end where it begins.

    The pattern by which ``cl100k_base`` cuts text into words lets a line end only be followed by
    more white space up to another line end; a line that holds more than blanks and tabs therefore
    begins a word. (The pattern is public: ``tiktoken_ext.openai_public``.)
    """
    return number == 0 or number >= len(lines) or bool(_AFRESH.match(lines[number]))


def token_change(old: str, new: str, hunks: Sequence[Hunk], count: Callable[[str], int]) -> int:
    """How many tokens more ``new`` has than ``old``, which differ in ``hunks`` alone."""
    old_lines, new_lines = lines_of(old), lines_of(new)
    return sum(
        count("".join(new_lines[region.new_start : region.new_end]))
        - count("".join(old_lines[region.old_start : region.old_end]))
        for region in regions(old_lines, new_lines, hunks)
    )


def lines_of(text: str) -> list[str]:
    """The lines of a text as git sees them, each with its line end if it has one."""
    *whole, last = text.split("\n")
    lines = [f"{line}\n" for line in whole]
    return [*lines, last] if last else lines


def regions(
    old_lines: Sequence[str], new_lines: Sequence[str], hunks: Sequence[Hunk]
) -> list[Region]:
    """The hunks, widened until both ends start afresh; those with no such line between are one.

    Between hunks both files have the same lines, so both sides are widened alike.
    """
    found: list[Region] = []
    start: tuple[int, int] | None = None
    last_end = 0
    next_starts = chain((hunk.old_start for hunk in hunks[1:]), [len(old_lines)])
    for hunk, next_start in zip(hunks, next_starts, strict=False):
        if start is None:
            above = range(hunk.old_start, last_end - 1, -1)
            start = _cut(old_lines, new_lines, above, hunk.new_start - hunk.old_start)
        last_end = hunk.old_start + len(hunk.old_lines)
        new_end = hunk.new_start + len(hunk.new_lines)
        end = _cut(old_lines, new_lines, range(last_end, next_start + 1), new_end - last_end)
        if start is not None and end is not None:
            found.append(Region(start[0], end[0], start[1], end[1]))
            start, last_end = None, end[0]
    return found


def _cut(
    old_lines: Sequence[str], new_lines: Sequence[str], numbers: Iterable[int], shift: int
) -> tuple[int, int] | None:
    """The first of some lines of the old file that starts afresh in both; its numbers in both."""
    for number in numbers:
        if starts_afresh(old_lines, number) and starts_afresh(new_lines, number + shift):
            return number, number + shift
    return None


def edit_tokens(path: str, hunks: Iterable[Hunk], count: Callable[[str], int]) -> int:
    """What a structured edit has to write: one ``replace`` a hunk, as compact JSON."""
    return sum(
        count(
            _compact(
                op="replace",
                path=path,
                old=b"".join(hunk.old_lines).decode(),
                new=b"".join(hunk.new_lines).decode(),
            )
        )
        for hunk in hunks
    )


def create_tokens(path: str, content: str, count: Callable[[str], int]) -> int:
    """What a ``create`` has to write, as compact JSON."""
    return count(_compact(op="create", path=path, content=content))


def delete_tokens(path: str, count: Callable[[str], int]) -> int:
    """What a ``delete`` has to write, as compact JSON."""
    return count(_compact(op="delete", path=path))


def _compact(**fields: str) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
