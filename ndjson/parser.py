r"""Reads an answer while it arrives: a state machine without input or output.

Every line is taken by the first of these that it fits:

1. It goes on with an object over several lines, if its first token can come there (`documents`).
2. It is a fence, or quoted by one (`fences` has the rule which fences may hold operations).
3. It is blank.
4. It is a whole operation. This is the usual case, and fast.
5. It begins with ``{`` or ``[``, or stands in a list: its objects are found and decoded one by one.
6. It is prose. Objects in the middle of a line of prose are not read.

Nothing is mended. A line that stops being JSON is rejected from there on, together with the
object before the break when nothing but the break follows it; whole objects before that are kept.
When an object over several lines breaks, or a line outside of a list ends within a string, reading
goes on at the next line that begins in its first column with ``{``, ``[`` or a fence; lines until
then are noted as skipped. A lone
``{"summary": "nothing to do"}`` is rejected: it lacks its type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ndjson.documents import Documents
from ndjson.errors import InvalidOperation, LimitExceeded, NdjsonError
from ndjson.fences import Fences
from ndjson.file_entries import operation_fields
from ndjson.limits import DEFAULT_LIMITS, Limits
from ndjson.lines import Encoder, Lines
from ndjson.operations import decode_fields, decode_json, decode_line
from ndjson.partial import Parsed
from ndjson.reports import Reports, excerpt
from ndjson.salvage import salvage, summary_before_list, without_cut_character

if TYPE_CHECKING:
    from ndjson.found import Found
    from ndjson.partial import Partial, Unfinished

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DEPTH_OF_OPERATION = 3


class Parser:
    """Takes an answer in chunks, text or bytes, and gives out its operations.

    How the answer is cut into chunks makes no difference. An operation is given out when its line
    is complete. Memory is bounded by the limits and linear in what is kept, time is linear in the
    bytes. Once a limit is exceeded, `feed` raises the same error again and `close` gives what was
    read before.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        """Start before the first byte."""
        self._limits = limits
        self._encoder = Encoder()
        self._lines = Lines(limits.line_bytes)
        self._fences = Fences()
        self._documents = Documents(limits.depth, limits.line_bytes)
        self._reports = Reports(limits.objects)
        self._number = 0  # of the last line read
        self._offset = 0  # of the first byte that is not read
        self._plain = False  # whether a line is read by itself; the first one never is
        self._skipping = False  # the rest of a broken object over several lines
        self._exceeded: LimitExceeded | None = None
        self._closed = False

    def feed(self, chunk: str | bytes) -> list[Parsed]:
        """Read a chunk; the operations whose lines it completes.

        Raises:
            LimitExceeded: The answer is larger or deeper than the limits allow.
            NdjsonError: The parser is closed.
        """
        if self._exceeded is not None:
            raise self._exceeded
        if self._closed:
            raise NdjsonError("the parser is closed; make a new one for a new answer")
        data = self._encoder.encode(chunk) if isinstance(chunk, str) else chunk
        try:
            lines = self._lines.feed(data)
            if not lines:
                return []
            return self._read_lines(lines)
        except LimitExceeded as error:
            self._exceeded = error
            raise

    def close(self, stop_reason: str | None = None) -> Partial:
        """The answer ends here.

        Args:
            stop_reason: Why the model stopped, as the API says it; None when that is not known.

        Raises:
            LimitExceeded: The last line exceeds a limit; a second call then gives what was read.
        """
        self._closed = True
        unfinished = None if self._exceeded else self._read_rest()
        since = self._fences.quoting_since
        if since is not None:
            self._reports.note(since, "unclosed fence", "the rest of the answer is quoted by it")
        return self._reports.partial(unfinished, self._exceeded, stop_reason)

    def _read_lines(self, lines: list[bytes]) -> list[Parsed]:
        known = len(self._reports.parsed)
        for line in lines:
            self._read_line(line)
        self._lines.check()
        return self._reports.parsed[known:]

    def _read_rest(self) -> Unfinished | None:
        rest = self._lines.rest() + self._encoder.rest()
        try:
            if rest:
                self._read_line(rest, last=True)
        except LimitExceeded as error:
            self._exceeded = error
            raise
        if self._documents.unfinished is None:
            return None
        return salvage(*self._documents.unfinished, listed=self._documents.listing)

    def _read_line(self, line: bytes, *, last: bool = False) -> None:
        number, offset = self._number + 1, self._offset
        self._number, self._offset = number, offset + len(line) + 1
        if len(line) > self._limits.line_bytes:
            raise LimitExceeded("line bytes", len(line), self._limits.line_bytes)
        if self._plain and self._read_operation(line, number, offset):
            return
        text = self._without_marks(line, number)
        offset += len(_BYTE_ORDER_MARK) * (number == 1 and line.startswith(_BYTE_ORDER_MARK))
        if self._documents.open:
            self._read_objects(text, number, offset, last=last)
        else:
            self._read_fresh(text, number, offset, last=last)
        self._plain = self._fences.passes_operations and not self._documents.open

    def _without_marks(self, line: bytes, number: int) -> bytes:
        """The line without a byte-order mark before it and a carriage return after it."""
        if number == 1 and line.startswith(_BYTE_ORDER_MARK):
            self._reports.note(1, "byte-order mark", "U+FEFF")
            line = line[len(_BYTE_ORDER_MARK) :]
        if line.endswith(b"\r"):
            self._reports.note_usual(number, "crlf")
            line = line[:-1]
        return line

    def _read_fresh(self, line: bytes, number: int, offset: int, *, last: bool) -> None:
        """A line that goes on with nothing."""
        fence = self._fences.kind(line, number)
        if fence is not None:
            self._skipping = False
            self._reports.note(number, fence, excerpt(line))
        elif not line.strip():
            self._reports.note_usual(number, "blank")
        elif self._skipping and line[:1] not in (b"{", b"["):
            self._reports.note(number, "skipped", excerpt(line))
        elif not self._read_operation(line, number, offset):
            self._skipping = False
            if self._may_hold_objects(line):
                self._read_objects(line, number, offset, last=last)
            else:
                self._read_prose(line, number, last=last)

    def _read_operation(self, line: bytes, number: int, offset: int) -> bool:
        """Read a line that is one whole operation; False when it is none."""
        usual = line[:1] == b"{" and line[-1:] == b"}" and not self._documents.listing
        if not usual or self._limits.depth < _DEPTH_OF_OPERATION:
            return False
        try:
            operation = decode_line(line)
        except InvalidOperation:
            return False
        self._reports.count_object()
        self._skipping = False
        self._reports.keep(Parsed(operation, number, (offset, offset + len(line))))
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
        if text.encode() == line or (last and "�" not in text):
            self._reports.note(number, "prose", excerpt(line))
        else:
            self._reports.reject(number, "not valid UTF-8", line)

    def _read_objects(self, line: bytes, number: int, offset: int, *, last: bool) -> None:
        """Read a line that holds several objects, parts of one, or something broken."""
        broken = self._documents.read(line, number, offset, last=last)
        self._take_found(number)
        if broken is None:
            return
        self._reports.count_object()
        self._reports.reject(broken.line, broken.reason, broken.data)
        if broken.in_string:
            self._reports.broken_string(number)
        raw_line_break = broken.in_string and not self._documents.listing
        self._skipping = broken.line < number or raw_line_break
        if broken.reread:
            self._read_fresh(line, number, offset, last=last)

    def _take_found(self, number: int) -> None:
        documents = self._documents
        for kind in documents.opened:
            self._reports.note(number, kind, "a list of operations")
        if "monolithic" in documents.opened:
            self._reports.summary(summary_before_list(documents.header))
        for found in documents.found:
            self._take(found)
        if len(documents.found) > 1:
            text = f"{len(documents.found)} objects end on this line"
            self._reports.note(number, "several on a line", text)
        if documents.whole:
            self._reports.document_closed()
        documents.found, documents.opened, documents.whole = [], [], False

    def _take(self, found: Found) -> None:
        self._reports.count_object()
        try:
            fields = decode_json(found.data)
            if found.listed and isinstance(fields, dict):
                fields = operation_fields(fields)
            operation = decode_fields(fields)
        except InvalidOperation as error:
            self._reports.reject(found.line, error.reason, found.data)
            return
        if found.lines > 1:
            self._reports.note(found.line, "over several lines", f"{found.lines} lines")
        parsed = Parsed(operation, found.line, found.span)
        self._reports.keep(parsed, listed=found.listed)


def parse(answer: str | bytes, stop_reason: str | None = None) -> Partial:
    """Read a whole answer at once, with the default limits.

    Raises:
        LimitExceeded: The answer is larger or deeper than the limits allow.
    """
    parser = Parser()
    parser.feed(answer)
    return parser.close(stop_reason)
