"""Markdown and reStructuredText by their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from token_budget.context.outline_entries import OutlineEntry
from token_budget.context.splitting.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HASHES = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#*)?\s*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_MARKDOWN_LINE = re.compile(r" {0,3}(=+|-+)\s*$")
_STRUCTURED_LINE = re.compile(r"([=\-`:'\"~^_*+#<>.])\1{2,}\s*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its first line, counted from 1, its level from 1, and its words."""

    line: int
    level: int
    title: str


def headings(lines: Sequence[str], language: str) -> list[Heading]:
    """The headings of a "markdown" or "restructuredtext" document, outside its code."""
    found = _structured(lines) if language == "restructuredtext" else _markdown(lines)
    return list(found)


def section_blocks(found: Sequence[Heading], last: int) -> list[Block]:
    """Sections, nested by the levels of their headings; the last line of the document ends all."""
    open_sections: list[tuple[int, _Section]] = []
    outermost: list[_Section] = []
    for one in found:
        while open_sections and open_sections[-1][0] >= one.level:
            open_sections.pop()[1].last = one.line - 1
        section = _Section(one, last)
        (open_sections[-1][1].inner if open_sections else outermost).append(section)
        open_sections.append((one.level, section))
    return [section.block() for section in outermost]


@dataclass(slots=True)
class _Section:
    heading: Heading
    last: int
    inner: list[_Section] = field(default_factory=list)

    def block(self) -> Block:
        return Block(self.heading.line, self.last, self.heading.title, self.parts)

    def parts(self) -> list[Block]:
        """What stands before the first subsection, and the subsections."""
        if not self.inner:
            return []
        head = Block(self.heading.line, self.inner[0].heading.line - 1, self.heading.title)
        return [head, *(section.block() for section in self.inner)]


def section_outline(found: Sequence[Heading]) -> Iterator[OutlineEntry]:
    """The headings, indented by level."""
    for one in found:
        yield OutlineEntry(one.line, one.level - 1, one.title)


def _markdown(lines: Sequence[str]) -> Iterator[Heading]:
    fence = ""
    for number, line in enumerate(lines, 1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif fence:
            continue
        elif hashes := _HASHES.match(line):
            yield Heading(number, len(hashes[1]), hashes[2])
        elif _underlines(lines, number) and (under := _MARKDOWN_LINE.match(line)):
            yield Heading(number - 1, 1 if under[1][0] == "=" else 2, lines[number - 2].strip())


def _underlines(lines: Sequence[str], number: int) -> bool:
    """Whether a line may underline the one above: a line of words alone in its paragraph."""
    if number < 2 or not lines[number - 2].strip()[:1].isalnum():
        return False
    return number < 3 or not lines[number - 3].strip()


def _structured(lines: Sequence[str]) -> Iterator[Heading]:
    """The level of an underline is the place of its character among those used before it."""
    used: list[str] = []
    for number in range(2, len(lines) + 1):
        under, title = _STRUCTURED_LINE.match(lines[number - 1]), lines[number - 2].rstrip()
        if not under or not title or title[0].isspace() or _STRUCTURED_LINE.match(title):
            continue
        if len(lines[number - 1].rstrip()) < len(title):
            continue
        over = number > 2 and lines[number - 3].rstrip() == lines[number - 1].rstrip()
        style = f"{under[1]}{over}"
        if style not in used:
            used.append(style)
        yield Heading(number - 1 - over, used.index(style) + 1, title.strip())
