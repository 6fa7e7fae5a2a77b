"""One line of an outline, and how outlines are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ENTRY_CHARACTERS = 200
"""A signature or a docstring's first line is cut to this many characters."""


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A signature, a heading or the first line of a docstring, at its line and depth."""

    line: int
    depth: int
    text: str


def written_outline(entries: Iterable[OutlineEntry]) -> str:
    """An outline as text: ``line: signature``, indented by depth, in the order of the file."""
    ordered = sorted(entries, key=lambda entry: (entry.line, entry.depth))
    return "".join(f"{entry.line}: {'  ' * entry.depth}{_one_line(entry)}\n" for entry in ordered)


def _one_line(entry: OutlineEntry) -> str:
    text = " ".join(entry.text.split())
    return text if len(text) <= ENTRY_CHARACTERS else text[: ENTRY_CHARACTERS - 1] + "…"
