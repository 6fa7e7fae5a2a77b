"""Finds the objects of an answer that are not simply one a line.

An object may share its line with others, go over several lines, or stand in a list: an array, or
the ``operations`` or ``files`` of a monolithic object. Commas between objects are passed over.

Where an object ends is told by the grammar alone. JSON strings hold no raw line break, so a line
that ends within a string is broken. An object that is not complete at the end of its line goes on
only as long as the first token of the next line can come there; otherwise it is broken before that
line, which is then read afresh. After a broken object the rest of its line is passed over.
"""

from __future__ import annotations

from enum import Enum, auto

from ndjson.errors import LimitExceeded
from ndjson.file_entries import LIST_KEYS
from ndjson.found import Broken, Found
from ndjson.nesting import STRING_PLACES, Expect, Nesting, tokens

_TYPE_NAMES = frozenset((b"type", b"op"))
_LIST_NAMES = frozenset(name.encode() for name in LIST_KEYS)


class Place(Enum):
    """Where objects are looked for."""

    TOP = auto()
    ARRAY = auto()
    LIST_OF_OBJECT = auto()
    AFTER_LIST = auto()


class Documents:
    """Takes lines, keeps the values they complete, and tells where the text stops being JSON.

    Attributes:
        found: The whole values since they were last taken away.
        opened: The lists that were opened since they were last taken away: ``array`` or
            ``monolithic``.
        header: What stood before the list of the last monolithic object.
        whole: Whether a list, and the object round it, has been closed.
    """

    def __init__(self, depth: int, value_bytes: int) -> None:
        """Take the limits: open arrays and objects, and the bytes of one value."""
        self._depth, self._value_bytes = depth, value_bytes
        self.found: list[Found] = []
        self.opened: list[str] = []
        self.header = b""
        self.whole = False
        self._place = Place.TOP
        self._nesting: Nesting | None = None
        self._value = bytearray()  # of the value that goes on: its lines before this one
        self._begin = (0, 0)  # its line, and its first byte in the answer
        self._from = 0  # where it begins, or goes on, within this line
        self._here = (b"", 0, 0)  # this line, its number, its first byte in the answer
        self._last_found: Found | None = None  # with nothing after it on this line
        self._key = b""
        self._has_type = False

    @property
    def open(self) -> bool:
        """Whether a value, or the object round a finished list, goes on."""
        return self._nesting is not None

    @property
    def listing(self) -> bool:
        """Whether the next value would be an element of a list."""
        return self._place in (Place.ARRAY, Place.LIST_OF_OBJECT)

    @property
    def unfinished(self) -> tuple[bytes, int] | None:
        """The bytes and the first line of the value that goes on."""
        if self._nesting is None or self._place is Place.AFTER_LIST:
            return None
        return bytes(self._value), self._begin[0]

    def read(self, line: bytes, number: int, offset: int, *, last: bool = False) -> Broken | None:
        """Read a line; what it completes is added to ``found``, a list to ``opened``.

        Args:
            line: Its bytes without the line break.
            number: Its 1-based number.
            offset: Its first byte in the answer.
            last: Whether the answer ends with it, without a line break.

        Returns:
            Where the line stops being JSON; the value that was being read is forgotten then.

        Raises:
            LimitExceeded: A value is too deep or too long.
        """
        self._here, self._from, self._last_found = (line, number, offset), 0, None
        carried = self.open
        for token, start, end in tokens(line):
            if self._take(token, start, end):
                carried = False
                continue
            in_string = token == b"?" and line[start] == ord('"') and self._string_fits()
            if in_string and last:
                break
            broken = self._break(start, reread=carried and not in_string, in_string=in_string)
            self._forget()
            return broken
        self._carry(b"" if last else b"\n")
        return None

    def _take(self, token: bytes, start: int, end: int) -> bool:
        """Take one token; False when it cannot come here."""
        if self._nesting is None:
            return self._between(token, start, end)
        if self._opens_list(token, start, end):
            self._place, self._nesting = Place.LIST_OF_OBJECT, None
            self.opened.append("monolithic")
            self.header = bytes(self._value) + self._here[0][self._from : end]
            self._value = bytearray()
            return True
        fits = self._nesting.step(token)
        if self._nesting.complete:
            self._complete(end)
        return fits

    def _between(self, token: bytes, start: int, end: int) -> bool:
        """Take a token outside of any value: it begins a value, or opens or closes a list."""
        if token == b"," or (token == b"]" and self.listing):
            if token == b"]":
                self._close_list()
            elif self.listing:
                self._last_found = None
            return True
        if self._last_found is not None and token not in (b"{", b"["):
            return False
        if token == b"[" and self._place is Place.TOP:
            self._place = Place.ARRAY
            self.opened.append("array")
        elif token == b"{" or (self.listing and token in (b"[", b'"', b"v")):
            self._start(token, start, end)
        else:
            return False
        self._last_found = None if self.open else self._last_found
        return True

    def _start(self, token: bytes, start: int, end: int) -> None:
        _, number, offset = self._here
        self._nesting, self._has_type, self._key = Nesting(self._depth), False, b""
        self._begin, self._from = (number, offset + start), start
        self._nesting.step(token)
        if self._nesting.complete:
            self._complete(end)

    def _opens_list(self, token: bytes, start: int, end: int) -> bool:
        """Whether a token of the object that goes on opens the list of a monolithic answer.

        An object that has said its type is an operation, whatever its other fields.
        """
        nesting = self._nesting
        if self._place is not Place.TOP or nesting is None or nesting.stack != [b"{"]:
            return False
        if token == b'"' and nesting.expect in (Expect.KEY, Expect.FIRST_KEY):
            self._key = self._here[0][start + 1 : end - 1]
            self._has_type |= self._key in _TYPE_NAMES
        may_open = self._key in _LIST_NAMES and not self._has_type
        return token == b"[" and nesting.expect is Expect.VALUE and may_open

    def _close_list(self) -> None:
        self._last_found = None
        if self._place is Place.ARRAY:
            self._place, self.whole = Place.TOP, True
            return
        self._place = Place.AFTER_LIST
        self._nesting = Nesting(self._depth)
        self._nesting.stack, self._nesting.expect = [b"{"], Expect.AFTER_VALUE

    def _complete(self, end: int) -> None:
        """The value that went on is whole."""
        if self._place is Place.AFTER_LIST:
            self._place, self.whole = Place.TOP, True
        else:
            line, number, offset = self._here
            data = bytes(self._value) + line[self._from : end]
            first, begin = self._begin
            found = Found(data, first, (begin, offset + end), number - first + 1, self.listing)
            self.found.append(found)
            self._last_found = found
        self._nesting, self._value = None, bytearray()

    def _string_fits(self) -> bool:
        return self._nesting is not None and self._nesting.expect in STRING_PLACES

    def _break(self, start: int, *, reread: bool, in_string: bool) -> Broken:
        line, number, _ = self._here
        if self._last_found is not None:
            found = self.found.pop()
            reason = f"text follows the object at byte {start + 1} of the line"
            return Broken(found.line, reason, found.data, reread=False, in_string=False)
        first = self._begin[0] if self.open else number
        data = bytes(self._value) + (b"" if reread else line[self._from :])
        reason = self._reason(start, reread=reread, in_string=in_string)
        return Broken(first, reason, data, reread=reread, in_string=in_string)

    def _reason(self, start: int, *, reread: bool, in_string: bool) -> str:
        line, number, _ = self._here
        if in_string:
            return f"the string at byte {start + 1} of line {number} has no end on its line"
        if reread:
            return f"the object is not complete before line {number}"
        found = line[start : start + 1].decode(errors="replace")
        return f"not valid JSON: {found!r} cannot stand at byte {start + 1} of line {number}"

    def _forget(self) -> None:
        """Give up the value that goes on, but not the list round it."""
        if self._place is Place.AFTER_LIST:
            self._place = Place.TOP
        self._nesting, self._value = None, bytearray()

    def _carry(self, line_end: bytes) -> None:
        """Keep the bytes of this line for the value that goes on."""
        if self._nesting is None or self._place is Place.AFTER_LIST:
            return
        self._value += self._here[0][self._from :] + line_end
        if len(self._value) > self._value_bytes:
            raise LimitExceeded("line bytes", len(self._value), self._value_bytes)
