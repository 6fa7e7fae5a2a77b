r"""Strings with a raw line break in them: JSON has none, but models write them.

After a line that ends within a string, two readings are possible: the string was left unterminated,
and the next lines are operations; or the line break was meant, and they are its content, whatever
they look like. `OpenString` tries the second one by the grammar; where that fails, as it does when
quotes are not escaped either, `may_end_string` tells up to which line it stays possible.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from ndjson.errors import InvalidOperation, LimitExceeded
from ndjson.nesting import STRING_PLACES, Nesting, tokens
from ndjson.operations import decode_json

if TYPE_CHECKING:
    from ndjson.limits import Limits

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_AFTER_STRING = re.compile(
    rb"\s*+(?:[:,}\]](?:[\s{}\[\]:,]|true|false|null|[-+.0-9eE])*+)?+", re.DOTALL
)
_BEGINS_OPERATION = re.compile(
    rb'\s*+\{\s*+"(?:type|op)"\s*+:.*[:\[]\s*+"\s*+', re.DOTALL
)  # and ends where its last string begins
_OBJECT = re.compile(rb'\{\s*+"')
_SEPARATORS = re.compile(rb"[ \t\r,]*+")


def may_end_string(line: bytes) -> bool:
    """Whether a line that is no JSON where it stands may end a string that began before it.

    What follows the end of a string ends outside of any string. So the last quote of such a line
    ends one, and only what JSON allows after a string follows it. A line that begins an operation
    and ends with the first quote of a string leaves one open instead.
    """
    _, quote, rest = line.rpartition(b'"')
    if not quote or not _AFTER_STRING.fullmatch(rest):
        return False
    return not _BEGINS_OPERATION.fullmatch(line) and not is_whole_json(line)


def may_leave_string_open(data: bytes) -> bool:
    """Whether a broken object may end within a string, for it holds quotes that are not escaped.

    It does not when its quotes are even in number and a brace closes it after the last one.
    """
    _, quote, rest = data.rpartition(b'"')
    closed = b"}" in rest and _AFTER_STRING.fullmatch(rest)
    return bool(quote) and (_has_odd_quotes(data) or not closed)


def may_begin_object(prose: bytes) -> bool:
    """Whether a line of prose may hold an object that goes on behind it: one that is not closed."""
    begin = _OBJECT.search(prose)
    data = prose[begin.start() :] if begin else b""
    _, quote, rest = data.rpartition(b'"')
    return bool(quote) and (_has_odd_quotes(data) or b"}" not in rest)


def _has_odd_quotes(data: bytes) -> bool:
    """Whether the quotes that no backslash escapes are odd in number."""
    return _ESCAPE.sub(b"", data).count(b'"') % 2 == 1


def is_whole_json(line: bytes) -> bool:
    """Whether a line is one whole object or array by itself, with commas round it or not."""
    text = line.strip(b" \t\r,")
    if not text.startswith((b"{", b"[")):
        return False
    try:
        decode_json(text)
    except InvalidOperation:
        return False
    return True


class Reading(Enum):
    """What a further line is to an object that is read with its raw line breaks."""

    GOES_ON = auto()
    ENDS = auto()
    FAILS = auto()


class OpenString:
    """An object that ended within a string, read on as if the line breaks were part of it.

    Where the grammar ends it, it is whole but for its line breaks: that is as good as proof, for a
    line that is an operation has quotes which no such reading gets over.

    Attributes:
        line: The number of the line that ended within the string.
        lines: The lines read since, each with its number, its first byte in the answer, and
            whether the answer ends with it.
        end: Where the object ended on the last line, and what follows begins.
    """

    def __init__(self, data: bytes, line: int, limits: Limits) -> None:
        """Take the object so far, up to its line break; it may be as long as one value.

        It goes over at most as many lines as there may be objects: each is kept apart.
        """
        self.line = line
        self.lines: list[tuple[bytes, int, int, bool]] = []
        self.end = 0
        self._nesting = Nesting(limits.depth)
        self._in_string = False
        self._bytes_left = limits.line_bytes - len(data)
        self._most_lines = limits.objects
        self._fits = all(self._step_over(part) for part in data.split(b"\n")) and self._in_string

    def read(self, line: bytes, number: int, offset: int, *, last: bool, listing: bool) -> Reading:
        """Read a line; ``listing`` says whether the object stands in a list."""
        self.lines.append((line, number, offset, last))
        self._bytes_left -= len(line) + 1
        too_long = self._bytes_left < 0 or len(self.lines) > self._most_lines
        if too_long or not self._fits or not self._step_over(line):
            return Reading.FAILS
        if not self._nesting.complete:
            return Reading.GOES_ON
        fits = (b"", b"{", b"]") if listing else (b"", b"{")
        return Reading.ENDS if line[self.end : self.end + 1] in fits else Reading.FAILS

    def _step_over(self, line: bytes) -> bool:
        """Take the tokens of a line, up to the end of the object; False when one does not fit."""
        text = b'"' + line if self._in_string else line
        shift = len(text) - len(line)
        for token, start, end in tokens(text):
            self._in_string = self._opens(token, text[start : start + 1])
            if self._in_string:
                return True
            if not self._step(token):
                return False
            if self._nesting.complete:
                found = _SEPARATORS.match(line, end - shift)
                self.end = found.end() if found else len(line)
                return True
        return True

    def _opens(self, token: bytes, first: bytes) -> bool:
        return token == b"?" and first == b'"' and self._nesting.expect in STRING_PLACES

    def _step(self, token: bytes) -> bool:
        try:
            return self._nesting.step(token)
        except LimitExceeded:  # this reading is one of two: too deep is too unlikely
            return False
