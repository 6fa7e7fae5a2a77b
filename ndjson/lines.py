r"""From chunks to lines, in time linear in the bytes, however small the chunks are.

Lines end at ``\n`` alone. U+2028, U+0085 and form feeds are data: `str.splitlines` would break
strings apart at them. Lines are bytes, so a chunk may end inside a UTF-8 sequence.
"""

from __future__ import annotations

from ndjson.errors import LimitExceeded


class Lines:
    r"""Collects chunks of bytes and gives out the lines that they complete, without ``\n``."""

    def __init__(self, line_bytes: int) -> None:
        """Take the length of the longest line, in bytes."""
        self._line_bytes = line_bytes
        self._rest = bytearray()  # grows in place: appending a chunk copies only the chunk

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that ``chunk`` completes; `check` then looks at what is left.

        Raises:
            LimitExceeded: No line was completed, and the unfinished one is longer than allowed.
        """
        if b"\n" not in chunk:
            self._rest += chunk
            self.check()
            return []
        first, *lines = chunk.split(b"\n")
        self._rest += first
        whole = [bytes(self._rest), *lines[:-1]]
        self._rest = bytearray(lines[-1])
        return whole

    def rest(self) -> bytes:
        """The unfinished last line; empty when the text ended at a line end."""
        return bytes(self._rest)

    def check(self) -> None:
        """Refuse an unfinished line that is longer than allowed, and let go of it.

        Raises:
            LimitExceeded: It is.
        """
        length = len(self._rest)
        if length > self._line_bytes:
            self._rest = bytearray()
            raise LimitExceeded("line bytes", length, self._line_bytes)


class Encoder:
    """Text chunks as UTF-8, also where a chunk ends between the halves of a surrogate pair.

    A half that stays alone is passed on as the bytes that UTF-8 forbids, so that its line is
    rejected and no other.
    """

    def __init__(self) -> None:
        """Start with nothing held back."""
        self._half = ""

    def encode(self, text: str) -> bytes:
        """The bytes of ``text``, with a held-back half in front."""
        if not self._half:
            try:
                return text.encode()
            except UnicodeEncodeError:
                pass
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return _joined_halves(text).encode("utf-8", "surrogatepass")

    def rest(self) -> bytes:
        """The half that was held back for a partner that never came."""
        return self._half.encode("utf-8", "surrogatepass")


def _joined_halves(text: str) -> str:
    """``text`` with every surrogate pair as the one character that it means."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
