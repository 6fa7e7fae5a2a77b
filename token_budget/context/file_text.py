"""The text of a file: bounded reading, and which encoding it was read as.

UTF-8 with or without a byte order mark, UTF-16 and UTF-32 with one, and Latin-1 for what is none of
them. Lines end at a line feed and nowhere else, as git counts them.
"""

from __future__ import annotations

import codecs
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BINARY_PROBE_BYTES = 8192
"""A NUL byte in the first this many bytes makes a file binary: the rule that git uses."""

CONTROL_SHARE = 0.02
"""Bytes that are no UTF-8 are Latin-1 text unless more than this share of the first
`BINARY_PROBE_BYTES` are control characters: text has next to none, compressed data one in four."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = frozenset({*range(0x20), 0x7F, *range(0x80, 0xA0)}) - frozenset(b"\t\n\r\f\x1b")

Stamp = tuple[int, int, int, int]
"""Modification and change time in nanoseconds, size in bytes, inode: differs when a file does."""


class NotText(Exception):  # noqa: N818 - says what was found
    """A file that is no text; its argument is the reason."""


@dataclass(frozen=True, slots=True)
class FileText:
    """A file as it was read.

    Attributes:
        text: Without its byte order mark.
        encoding: "utf-8", "utf-8-sig", "utf-16", "utf-32" or "latin-1".
        sha256: Of the bytes, hexadecimal.
        size: Bytes.
    """

    text: str
    encoding: str
    sha256: str
    size: int


def read_text(file: Path, most_bytes: int) -> FileText:
    """A whole file.

    Raises:
        NotText: It is binary, or larger than ``most_bytes``.
        OSError: It cannot be read.
    """
    # A named pipe in the place of a file would be waited for without end.
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as opened:
        content = opened.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise NotText(f"larger than {most_bytes:,} bytes")
    text, encoding = decoded(content)
    return FileText(text, encoding, hashlib.sha256(content).hexdigest(), len(content))


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file's bytes, and its encoding.

    Raises:
        NotText: It is binary.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _by_mark(content, encoding)
    if b"\0" in content[:BINARY_PROBE_BYTES]:
        raise NotText("binary")
    try:
        return content.decode(), "utf-8"
    except UnicodeDecodeError:
        return _latin(content)


def _by_mark(content: bytes, encoding: str) -> tuple[str, str]:
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        if encoding == "utf-8-sig":
            return _latin(content)
        raise NotText(f"binary: begins as {encoding} and is not") from error


def _latin(content: bytes) -> tuple[str, str]:
    probe = content[:BINARY_PROBE_BYTES]
    controls = sum(byte in _CONTROLS for byte in probe)
    if controls > CONTROL_SHARE * len(probe):
        raise NotText("binary")
    return content.decode("latin-1"), "latin-1"


def lines_of(text: str) -> list[str]:
    """The lines of a text without their line feeds; an empty text has none."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def stamp_of(status: os.stat_result) -> Stamp:
    """What of a file's status tells that it changed."""
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
