"""The hunks of a unified diff."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = re.compile(r"@@ -(\d+)((?:,\d+)?) \+(\d+)((?:,\d+)?) @@(.*)", re.DOTALL)
_OLD_LINES = re.compile(r"@@ -\d+(?:,\d+)?")
_NUMBERS = re.compile(r"^@@ .*? @@", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Hunk:
    r"""A hunk, or a file without one.

    Attributes:
        file: The lines before the first hunk of its file, with their ends.
        first: Whether it is the first of its file.
        lines: Its own lines, with their ends; none where the file has no hunk.
    """

    file: tuple[str, ...]
    first: bool
    lines: tuple[str, ...]

    @property
    def path(self) -> str:
        """The file after the change; before it, where it is deleted."""
        names = [line[4:].strip() for line in self.file if line.startswith(("--- ", "+++ "))]
        found = [name[2:] for name in names if name.startswith(("a/", "b/"))]
        return found[-1] if found else ""

    def is_named(self, line: str) -> bool:
        """Whether a line speaks of it: of its file, and of its old lines if of any."""
        named = _OLD_LINES.search(line)
        own = _OLD_LINES.match(self.lines[0]) if self.lines else None
        same = own is not None and named is not None and own[0] == named[0]
        return bool(self.path) and self.path in line and (same or (named is None and self.first))

    @property
    def text(self) -> str:
        """It as it stands in a whole diff."""
        return "".join((*(self.file if self.first else ()), *self.lines))

    @property
    def offset(self) -> int:
        """By how many lines it has moved down by the hunks before it."""
        match = _HEADER.match(self.lines[0]) if self.lines else None
        return int(match[3]) - int(match[1]) if match else 0

    def with_header(self, offset: int, more: int) -> Hunk:
        """The hunk with other numbers in its header.

        Args:
            offset: Its new lines stand so many lines higher.
            more: It promises so many lines more.
        """
        match = _HEADER.match(self.lines[0]) if self.lines else None
        if match is None:
            return self
        old = f"{match[1]},{_count(match[2]) + more}" if more else match[1] + match[2]
        count = f",{_count(match[4]) + more}" if more else match[4]
        header = f"@@ -{old} +{int(match[3]) - offset}{count} @@{match[5]}"
        return replace(self, lines=(header, *self.lines[1:]))

    @property
    def resumed(self) -> str:
        """It at the start of a continuation: under the header of its file."""
        if self.first:
            return self.text
        names = [line for line in self.file if line.startswith(("--- ", "+++ "))]
        return "".join((*names, *self.lines))


def hunks(text: str) -> Iterator[Hunk]:
    """The hunks of a well-formed unified diff, told apart by the counts of their headers."""
    pieces = _pieces(text)
    file: tuple[str, ...] = ()
    first = True
    for number, (is_hunk, lines) in enumerate(pieces):
        followed = number + 1 < len(pieces) and pieces[number + 1][0]
        if is_hunk:
            yield Hunk(file, first, tuple(lines))
            first = False
        else:
            file, first = tuple(lines), True
            if not followed:
                yield Hunk(file, first, ())


def _pieces(text: str) -> list[tuple[bool, list[str]]]:
    """The lines of every hunk (True), and of every head of a file."""
    pieces: list[tuple[bool, list[str]]] = []
    old = new = 0
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        inside = old > 0 or new > 0
        header = None if inside else _HEADER.match(line)
        if header is not None:
            pieces.append((True, [line]))
            old, new = _count(header[2]), _count(header[4])
        elif inside or line.startswith("\\"):
            pieces[-1][1].append(line)
            old -= line[0] in " -\n"
            new -= line[0] in " +\n"
        elif pieces and not pieces[-1][0] and not line.startswith("diff --git "):
            pieces[-1][1].append(line)
        else:
            pieces.append((False, [line]))
    return pieces


def _count(written: str) -> int:
    """The lines that a header counts: one where it says nothing."""
    return int(written[1:]) if written else 1


def unnumbered(text: str) -> str:
    """A diff, or a piece of one, without the numbers of its headers."""
    return _NUMBERS.sub("@@", text)
