"""Markdown fences round and between operations.

Which fences may hold operations:

- A fence without a tag, or tagged json, ndjson, jsonl or jsonlines: it is passed over, its lines
  are read as if it was not there. Opening or closing alone makes no difference.
- A fence with any other tag quotes: nothing in it is an operation, until a closing fence of at
  least its length. Without a closing fence that is the rest of the answer, and it is reported.
- One exception, for answers wrapped whole in a wrong tag: a fence that is the very first thing in
  the answer and whose first line is a ``meta`` operation holds operations whatever its tag.
"""

from __future__ import annotations

import re

from ndjson.errors import InvalidOperation
from ndjson.operations import Meta, decode_line

HOLDING_TAGS = frozenset((b"", b"json", b"ndjson", b"jsonl", b"jsonlines"))
"""Tags, in lower case, of fences that may hold operations."""

_FENCE = re.compile(rb" {0,3}(?P<mark>`{3,}|~{3,})[ \t]*(?P<tag>[^`\s]*)[^`]*")


class Fences:
    """Tells which lines are fences and which are quoted by one."""

    def __init__(self) -> None:
        """Start outside of any fence, before the first line that is not blank."""
        self._quoting = b""
        self._opened_on = 0
        self._undecided = False
        self._at_start = True

    @property
    def quoting_since(self) -> int | None:
        """The line of the fence that quotes at this point; None outside of one."""
        return self._opened_on if self._quoting else None

    @property
    def passes_operations(self) -> bool:
        """Whether a line that is an operation needs no look: it is read, and changes nothing."""
        return not self._quoting and not self._at_start

    def kind(self, line: bytes, number: int) -> str | None:
        """``fence``, ``quoted``, or None for a line that is neither."""
        at_start, self._at_start = self._at_start, self._at_start and not line.strip()
        if self._undecided and line.strip():
            self._undecided = False
            if _is_meta(line):
                self._quoting = b""
        match = _FENCE.fullmatch(line)
        if self._quoting:
            return self._quoted(match)
        if match is None:
            return None
        self._open(match, number, at_start=at_start)
        return "fence"

    def _quoted(self, match: re.Match[bytes] | None) -> str:
        closes = match is not None and not match["tag"] and match["mark"].startswith(self._quoting)
        if not closes:
            return "quoted"
        self._quoting = b""
        return "fence"

    def _open(self, match: re.Match[bytes], number: int, *, at_start: bool) -> None:
        if match["tag"].lower() in HOLDING_TAGS:
            return
        self._quoting, self._opened_on, self._undecided = match["mark"], number, at_start


def _is_meta(line: bytes) -> bool:
    try:
        return isinstance(decode_line(line), Meta)
    except InvalidOperation:
        return False
