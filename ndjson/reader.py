"""Reads an answer line by line: decides what a line is, and hands it to what reads that.

`parser` has the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ndjson.broken_strings import (
    OpenString,
    Reading,
    may_begin_object,
    may_end_string,
    may_leave_string_open,
)
from ndjson.documents import Documents
from ndjson.errors import InvalidOperation, LimitExceeded
from ndjson.fences import Fences
from ndjson.file_entries import operation_fields
from ndjson.operations import decode_fields, decode_json, decode_line
from ndjson.partial import Parsed
from ndjson.reports import Reports, excerpt
from ndjson.salvage import salvage, summary_before_list, without_cut_character

if TYPE_CHECKING:
    from ndjson.found import Broken, Found
    from ndjson.limits import Limits
    from ndjson.partial import Unfinished

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DEPTH_OF_OPERATION = 3


class Reader:
    """Takes whole lines, in order; what they hold is in ``reports``."""

    def __init__(self, limits: Limits) -> None:
        """Start before the first line."""
        self.reports = Reports(limits.objects)
        self._limits = limits
        self._fences = Fences()
        self._documents = Documents(limits.depth, limits.line_bytes)
        self._open_string: OpenString | None = None
        self._number = 0  # of the last line read
        self._offset = 0  # of the first byte that is not read
        self._plain = False  # whether a line is read by itself; the first one never is
        self._skipping = False  # the rest of a broken object over several lines

    def read(self, line: bytes, *, last: bool = False) -> None:
        """Read a line without its line break; ``last``: the answer ends with it, without one.

        Raises:
            LimitExceeded: It is too long, or what it holds is too deep or too much.
        """
        number, offset = self._number + 1, self._offset
        self._number, self._offset = number, offset + len(line) + 1
        if len(line) > self._limits.line_bytes:
            raise LimitExceeded("line bytes", len(line), self._limits.line_bytes)
        if self._plain and self._read_operation(line, number, offset):
            return
        text = self._without_marks(line, number)
        offset += len(_BYTE_ORDER_MARK) * (number == 1 and line.startswith(_BYTE_ORDER_MARK))
        if self._open_string is not None:
            self._read_in_string(self._open_string, text, number, offset, last=last)
        else:
            self._read_apart(text, number, offset, last=last)
        usual = self._fences.passes_operations and not self._documents.open
        self._plain = usual and self._open_string is None

    def close(self) -> Unfinished | None:
        """No line follows: the object in which the answer was cut off.

        Raises:
            LimitExceeded: What was held back until now exceeds a limit.
        """
        if self._open_string is not None:
            self._read_again(self._open_string)
        if self._documents.unfinished is None:
            return None
        return salvage(*self._documents.unfinished, listed=self._documents.listing)

    def note_unclosed_fence(self) -> None:
        """No line follows, and a fence may quote what came since."""
        since = self._fences.quoting_since
        if since is not None:
            self.reports.note(since, "unclosed fence", "the rest of the answer is quoted by it")

    def _read_in_string(
        self, string: OpenString, line: bytes, number: int, offset: int, *, last: bool
    ) -> None:
        """A line after one that ended within a string."""
        listing = self._documents.listing
        reading = string.read(line, number, offset, last=last, listing=listing)
        if reading is Reading.FAILS:
            self._read_again(string)
        elif reading is Reading.ENDS:
            self._open_string, self._skipping = None, False
            for inner, inner_number, _, _ in string.lines:
                self.reports.note(inner_number, "skipped", excerpt(inner))
            if string.end < len(line):
                rest = b" " * string.end + line[string.end :]
                self._read_apart(rest, number, offset, last=last)

    def _read_again(self, string: OpenString) -> None:
        """Read the lines after a broken string as lines: what they are is left open."""
        self._open_string = None
        self.reports.hold_back(string.line)
        for line, number, offset, last in string.lines:
            self._read_apart(line, number, offset, last=last)

    def _read_apart(self, line: bytes, number: int, offset: int, *, last: bool) -> None:
        """A line that is no part of a broken string, or may be none."""
        if self._documents.open:
            self._read_objects(line, number, offset, last=last)
        else:
            self._read_fresh(line, number, offset, last=last)

    def _without_marks(self, line: bytes, number: int) -> bytes:
        """The line without a byte-order mark before it and a carriage return after it."""
        if number == 1 and line.startswith(_BYTE_ORDER_MARK):
            self.reports.note(1, "byte-order mark", "U+FEFF")
            line = line[len(_BYTE_ORDER_MARK) :]
        if line.endswith(b"\r"):
            self.reports.note_usual(number, "crlf")
            line = line[:-1]
        return line

    def _read_fresh(self, line: bytes, number: int, offset: int, *, last: bool) -> None:
        """A line that goes on with nothing."""
        fence = self._fences.kind(line, number)
        if fence is not None:
            self._skipping = False
            self._note_unread(line, number, fence)
        elif not line.strip():
            self.reports.note_usual(number, "blank")
        elif self._skipping and line[:1] not in (b"{", b"["):
            self._note_unread(line, number, "skipped")
        elif not self._read_operation(line, number, offset):
            self._skipping = False
            if self._may_hold_objects(line):
                self._read_objects(line, number, offset, last=last)
            else:
                self._read_prose(line, number, last=last)

    def _note_unread(self, line: bytes, number: int, kind: str) -> None:
        self._may_end(line)
        self.reports.note(number, kind, excerpt(line))

    def _may_end(self, line: bytes) -> None:
        """A line that is no JSON where it stands may be the end of a string left open before."""
        if self.reports.holding and may_end_string(line):
            self.reports.reject_held()

    def _read_operation(self, line: bytes, number: int, offset: int) -> bool:
        """Read a line that is one whole operation; False when it is none."""
        usual = line[:1] == b"{" and line[-1:] == b"}" and not self._documents.listing
        if not usual or self._limits.depth < _DEPTH_OF_OPERATION:
            return False
        try:
            operation = decode_line(line)
        except InvalidOperation:
            return False
        self.reports.count_object()
        self._skipping = False
        self.reports.keep(Parsed(operation, number, (offset, offset + len(line))), line)
        return True

    def _may_hold_objects(self, line: bytes) -> bool:
        """Whether a line begins like JSON; ``[`` needs an object, a list or nothing after it."""
        text = line.lstrip()
        if self._documents.listing:
            return text[:1] in (b"{", b"[", b"]", b",")
        if text.startswith(b"["):
            return text[1:].lstrip()[:1] in (b"", b"{", b"[", b"]")
        return text.startswith(b"{")

    def _read_prose(self, line: bytes, number: int, *, last: bool) -> None:
        text = without_cut_character(line) if last else line.decode(errors="replace")
        self._may_end(line)
        if may_begin_object(line):
            self.reports.hold_back(number)
        if text.encode() == line or (last and "�" not in text):
            self.reports.note(number, "prose", excerpt(line))
        else:
            self.reports.reject(number, "not valid UTF-8", line)

    def _read_objects(self, line: bytes, number: int, offset: int, *, last: bool) -> None:
        """Read a line that holds several objects, parts of one, or something broken."""
        broken = self._documents.read(line, number, offset, last=last)
        self._take_found(number)
        if broken is None:
            return
        self.reports.count_object()
        self.reports.reject(broken.line, broken.reason, broken.data)
        self._may_end(broken.data if broken.reread else line)
        raw_line_break = broken.in_string and not self._documents.listing
        self._skipping = broken.line < number or raw_line_break
        self._look_on(broken, number)
        if broken.reread:
            self._read_fresh(line, number, offset, last=last)

    def _look_on(self, broken: Broken, number: int) -> None:
        """The next lines may belong to the object that broke, if it was not closed before."""
        if broken.in_string and not self.reports.holding:
            self._open_string = OpenString(broken.data, number, self._limits)
        elif broken.reread or may_leave_string_open(broken.data):
            self.reports.hold_back(broken.line)

    def _take_found(self, number: int) -> None:
        documents = self._documents
        for kind in documents.opened:
            self.reports.note(number, kind, "a list of operations")
        if "monolithic" in documents.opened:
            self.reports.summary(summary_before_list(documents.header))
        for found in documents.found:
            self._take(found)
        if len(documents.found) > 1:
            text = f"{len(documents.found)} objects end on this line"
            self.reports.note(number, "several on a line", text)
        if documents.whole:
            self.reports.document_closed()
        documents.found, documents.opened, documents.whole = [], [], False

    def _take(self, found: Found) -> None:
        self.reports.count_object()
        try:
            fields = decode_json(found.data)
            if found.listed and isinstance(fields, dict):
                fields = operation_fields(fields)
            operation = decode_fields(fields)
        except InvalidOperation as error:
            self.reports.reject(found.line, error.reason, found.data)
            return
        if found.lines > 1:
            self.reports.note(found.line, "over several lines", f"{found.lines} lines")
        parsed = Parsed(operation, found.line, found.span)
        self.reports.keep(parsed, found.data, listed=found.listed)
