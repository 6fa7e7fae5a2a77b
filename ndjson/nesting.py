"""The grammar of JSON above its strings and numbers: which token may come next, and how deep.

A token is one byte: a structural character, ``"`` for a string, ``v`` for a number or a word, and
``?`` for anything else. What strings and numbers hold is checked when they are decoded.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from ndjson.errors import LimitExceeded

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    rb'[ \t\r]*+(?:("[^"\\]*+(?:\\.[^"\\]*+)*+")|([{}\[\]:,])|([-+.0-9A-Za-z]++)|(.))', re.DOTALL
)
_KINDS = (b"", b'"', b"", b"v", b"?")


def tokens(line: bytes, begin: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """The tokens of a line with their first byte and the one after their last.

    A string that the line does not close is a ``?``, and so is every byte after it: stop there.
    """
    for match in _TOKEN.finditer(line, begin):
        group = match.lastindex or 0
        yield _KINDS[group] or match[group], match.start(group), match.end(group)


class Expect(Enum):
    """What may come next."""

    VALUE = auto()
    FIRST_VALUE = auto()
    KEY = auto()
    FIRST_KEY = auto()
    COLON = auto()
    AFTER_VALUE = auto()
    NOTHING = auto()


_VALUES = (Expect.VALUE, Expect.FIRST_VALUE)
_KEYS = (Expect.KEY, Expect.FIRST_KEY)
STRING_PLACES = (*_VALUES, *_KEYS)
"""Where a string may begin."""

_OPENED = {b"{": Expect.FIRST_KEY, b"[": Expect.FIRST_VALUE}
_OPENERS = {b"}": b"{", b"]": b"["}
_ENDS = {
    b"{": (Expect.AFTER_VALUE, Expect.FIRST_KEY),
    b"[": (Expect.AFTER_VALUE, Expect.FIRST_VALUE),
}


class Nesting:
    """One JSON value being read, token by token."""

    __slots__ = ("_most", "expect", "stack")

    def __init__(self, most: int) -> None:
        """Expect a value that is at most ``most`` deep."""
        self._most = most
        self.stack: list[bytes] = []
        self.expect = Expect.VALUE

    @property
    def complete(self) -> bool:
        """Whether the value is whole."""
        return self.expect is Expect.NOTHING

    def step(self, token: bytes) -> bool:
        """Take a token; False, and nothing is changed, when it cannot come here.

        Raises:
            LimitExceeded: The token opens more than may be open.
        """
        if token in _OPENED:
            return self._opened(token)
        if token in _OPENERS:
            return self._closed(_OPENERS[token])
        if token == b":":
            return self._moved(Expect.COLON, Expect.VALUE)
        if token == b",":
            within_object = bool(self.stack) and self.stack[-1] == b"{"
            return self._moved(Expect.AFTER_VALUE, Expect.KEY if within_object else Expect.VALUE)
        return token != b"?" and self._text_or_number(token)

    def _text_or_number(self, token: bytes) -> bool:
        if token == b'"' and self.expect in _KEYS:
            self.expect = Expect.COLON
            return True
        if self.expect in _VALUES:
            self._value_ended()
            return True
        return False

    def _moved(self, when: Expect, then: Expect) -> bool:
        if self.expect is not when:
            return False
        self.expect = then
        return True

    def _opened(self, token: bytes) -> bool:
        if self.expect not in _VALUES:
            return False
        if len(self.stack) >= self._most:
            raise LimitExceeded("depth", len(self.stack) + 1, self._most)
        self.stack.append(token)
        self.expect = _OPENED[token]
        return True

    def _closed(self, opener: bytes) -> bool:
        if not self.stack or self.stack[-1] != opener or self.expect not in _ENDS[opener]:
            return False
        self.stack.pop()
        self._value_ended()
        return True

    def _value_ended(self) -> None:
        self.expect = Expect.AFTER_VALUE if self.stack else Expect.NOTHING
