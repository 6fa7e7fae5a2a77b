"""What a file is to the applier: its bytes and its mode."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileState:
    """A regular file at one moment.

    Attributes:
        content: Its bytes.
        mode: Its permission bits, or ``None`` for a new file, which gets what the umask leaves.
        created: Whether the answer itself wrote it whole, so that it can go on with it.
    """

    content: bytes
    mode: int | None = None
    created: bool = False


def content_hash(state: FileState | None) -> str | None:
    """SHA-256 of the bytes, in hexadecimal; ``None`` for a file that is not there."""
    return None if state is None else hashlib.sha256(state.content).hexdigest()
