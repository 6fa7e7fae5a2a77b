r"""Reads answers that give whole files in tags: ``<file path="src/a.py">`` … ``</file>``.

Each tag has a line of its own; the lines between are the file, as they are. Nothing marks a line of
the file that is such a tag itself, so a file within which another one opens is rejected, and so is
one after which a tag closes that none opened. In an answer that was cut off before that shows, a
file counts as complete only when the next one has begun; until then it is one that was cut off in
its last line. What may be another spelling of the content (CDATA, entities, a fence) is rejected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from continuation.file_paths import is_path
from continuation.found_files import (
    UnfinishedFile,
    WholeFiles,
    file_of,
    whole_lines,
    without_doubles,
)
from continuation.markdown_fences import closes, opening_fence

_OPENING = re.compile(
    r"\s*<file\s+(?:path|name|filename|file)\s*=\s*(?:\"(?P<double>[^\"<>]+)\"|'(?P<single>[^'<>]+)')\s*>\s*"
)
_CLOSING = "</file>"
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#\d+);")
_OTHER_START = re.compile(r"\s*[{\[]")


def opens_tags(text: str) -> bool:
    """Whether files in tags are what an answer begins with, after prose and an outer fence."""
    for line in text.split("\n"):
        if _OPENING.fullmatch(line):
            return True
        fence = opening_fence(line)
        if _OTHER_START.match(line) or (
            fence is not None and fence.info.lower() not in {"", "xml"}
        ):
            return False
    return False


def read_tagged_files(text: str, *, cut: bool) -> WholeFiles:
    """The files in an answer.

    Args:
        text: The answer.
        cut: Whether it was cut off; False: its last line is whole without a line end too.
    """
    lines, fragment = whole_lines(text, cut=cut)
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        reader.read(line, number)
    return reader.ended(fragment, cut=cut)


@dataclass(slots=True)
class _Tagged:
    """A file whose tag was opened, or closed and not yet sure to be whole."""

    path: str
    line: int
    lines: list[str] = field(default_factory=list)
    inner: int = 0
    problem: str = ""

    def take(self, line: str) -> bool:
        """Take a line; False: it closes the file."""
        if line.strip() == _CLOSING:
            if not self.inner:
                return False
            self.inner -= 1
        elif _OPENING.fullmatch(line):
            self.inner += 1
            self.problem = "a file tag within it: where the file ends is unclear"
        self.lines.append(line)
        return True

    def doubt(self) -> str:
        """Why it cannot be read with certainty; empty: it can."""
        if not is_path(self.path, spaces=True):
            return "is no path"
        return self.problem or _spelling(self.lines)


class _Reader:
    def __init__(self) -> None:
        self._whole: list[_Tagged] = []
        self._open: _Tagged | None = None
        self._rejected: list[str] = []

    def read(self, line: str, number: int) -> None:
        if self._open is not None:
            if not self._open.take(line):
                self._whole.append(self._open)
                self._open = None
            return
        opening = _OPENING.fullmatch(line)
        if opening is not None:
            self._open = _Tagged(opening["double"] or opening["single"], number)
        elif line.strip() == _CLOSING and self._whole:
            self._whole[-1].problem = "its tag is closed twice: where the file ends is unclear"
        elif line.lstrip().startswith("<file "):
            self._rejected.append(f"line {number}: a file tag that cannot be read: {line[:80]!r}")

    def ended(self, fragment: str, *, cut: bool) -> WholeFiles:
        """What was read, when the answer has ended with this piece of a line."""
        unfinished = None
        if self._open is not None:
            begun = "" if _CLOSING.startswith(fragment.strip()) else fragment
            unfinished = self._unfinished(self._open, begun)
        elif cut and self._whole:
            last = self._whole.pop()
            *last.lines, begun = last.lines or [""]
            unfinished = self._unfinished(last, begun)
        files = [one for one in self._whole if self._is_readable(one)]
        creates = [file_of(one.path, one.lines) for one in files]
        return without_doubles(creates, unfinished, (), self._rejected)

    def _unfinished(self, file: _Tagged, fragment: str) -> UnfinishedFile | None:
        if not self._is_readable(file):
            return None
        return UnfinishedFile(file_of(file.path, file.lines), fragment)

    def _is_readable(self, file: _Tagged) -> bool:
        doubt = file.doubt()
        if doubt:
            self._rejected.append(f"line {file.line}: {file.path}: {doubt}")
        return not doubt


def _spelling(lines: list[str]) -> str:
    """Why lines may stand for others; empty: they are what they are."""
    first, last = (lines[0], lines[-1]) if lines else ("", "")
    text = "\n".join(lines)
    if "<![CDATA[" in first:
        return "CDATA, which is not read"
    if _ENTITY.search(text) and "<" not in text:
        return "entities, which may stand for characters or for themselves"
    fence = opening_fence(first)
    if fence is not None and (len(lines) == 1 or closes(last, fence)):
        return "a fence round its content, or one that is its content"
    return ""
