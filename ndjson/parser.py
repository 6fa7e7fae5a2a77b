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
then are noted as skipped. A lone ``{"summary": "nothing to do"}`` is rejected: it lacks its type.

A line that ends within a string may have lost its end, or its line break was meant and the next
lines are content, whatever they look like. Content never becomes an operation:

- If the object, read on with its line breaks, is complete by the grammar at a later line, it ends
  there. Its lines are skipped, and reading goes on behind it as before.
- If it cannot be read on so, because quotes within it are not escaped or because operations follow
  it, nothing after it is given out before `Parser.close`. Every line that is no JSON where it
  stands and may end the string (`broken_strings.may_end_string`) rejects the operations between.
  What is left at the end is given out if a ``done``, or the end of a list, is the last of it and
  the answer was not cut off; otherwise the end of the string may be in what did not come, and all
  of it is rejected.
- The same holds after any other broken object that was not closed before the break, or whose
  quotes, those with a backslash aside, are odd in number or have text after the last one; and
  after prose in which such an object begins.

So one unterminated string costs its own line only, once the answer is whole. What no reader can
tell: content whose own quotes and braces close its object by the grammar ends there; and a last
line of content that the end of its object makes a whole operation is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ndjson.errors import LimitExceeded, NdjsonError
from ndjson.limits import DEFAULT_LIMITS, Limits
from ndjson.lines import Encoder, Lines
from ndjson.reader import Reader

if TYPE_CHECKING:
    from ndjson.partial import Parsed, Partial, Unfinished


class Parser:
    """Takes an answer in chunks, text or bytes, and gives out its operations.

    How the answer is cut into chunks makes no difference. An operation is given out when its line
    is complete, or by `close` when it follows an object that was left open. Memory is bounded by
    the limits and linear in what is kept, time is linear in the bytes. Once a limit is exceeded,
    `feed` raises the same error again and `close` gives what was read before.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        """Start before the first byte."""
        self._encoder = Encoder()
        self._lines = Lines(limits.line_bytes)
        self._reader = Reader(limits)
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
        self._reader.note_unclosed_fence()
        return self._reader.reports.partial(unfinished, self._exceeded, stop_reason)

    def _read_lines(self, lines: list[bytes]) -> list[Parsed]:
        parsed = self._reader.reports.parsed
        known = len(parsed)
        for line in lines:
            self._reader.read(line)
        self._lines.check()
        return parsed[known:]

    def _read_rest(self) -> Unfinished | None:
        rest = self._lines.rest() + self._encoder.rest()
        try:
            if rest:
                self._reader.read(rest, last=True)
            return self._reader.close()
        except LimitExceeded as error:
            self._exceeded = error
            raise


def parse(answer: str | bytes, stop_reason: str | None = None) -> Partial:
    """Read a whole answer at once, with the default limits.

    Raises:
        LimitExceeded: The answer is larger or deeper than the limits allow.
    """
    parser = Parser()
    parser.feed(answer)
    return parser.close(stop_reason)
