"""The end of an attempt's log, in bounded room."""

from __future__ import annotations

from collections import deque

DEFAULT_BYTES = 2**20
"""What is kept of a log, new lines included: bytes."""


class LogTail:
    """The last lines of a log, and a count of what went before them.

    Attributes:
        most_bytes: What is kept at the most, with one new line a line: bytes.
        dropped_lines: Lines that are not there any more, or of which a part is missing.
        dropped_bytes: Bytes that are not there any more.
    """

    def __init__(self, most_bytes: int = DEFAULT_BYTES) -> None:
        """Start empty.

        Raises:
            ValueError: There is no room for anything.
        """
        if most_bytes < 1:
            raise ValueError(f"most_bytes: expected 1 or more, found {most_bytes}")
        self.most_bytes = most_bytes
        self.dropped_lines = 0
        self.dropped_bytes = 0
        self._lines: deque[bytes] = deque()
        self._size = 0
        self._cut = False

    def add(self, line: str | bytes) -> None:
        """Take in one line, without its new line; the oldest lines make room for it.

        Of a line that is longer than all the room its end is kept.
        """
        data = line.encode("utf-8", "backslashreplace") if isinstance(line, str) else bytes(line)
        excess = max(len(data) + 1 - self.most_bytes, 0)
        kept = data[excess:]
        while self._size + len(kept) + 1 > self.most_bytes:
            self._drop_oldest()
        self._lines.append(kept)
        self._size += len(kept) + 1
        if excess:
            self.dropped_bytes += excess
            self.dropped_lines += 1
            self._cut = True

    @property
    def lines(self) -> tuple[bytes, ...]:
        """The lines that are there, the oldest first, without their new lines."""
        return tuple(self._lines)

    def __len__(self) -> int:
        """Bytes that are kept."""
        return self._size

    def __bytes__(self) -> bytes:
        """The log as a file would hold it; the first line says what is missing, if anything is."""
        kept = b"".join(line + b"\n" for line in self._lines)
        if not self.dropped_lines:
            return kept
        what = f"[{self.dropped_lines} earlier lines dropped, {self.dropped_bytes} bytes]\n"
        return what.encode() + kept

    def _drop_oldest(self) -> None:
        size = len(self._lines.popleft()) + 1
        self._size -= size
        self.dropped_bytes += size
        if not self._cut:  # a line that was cut is counted already
            self.dropped_lines += 1
        self._cut = False
