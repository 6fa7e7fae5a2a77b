"""What a phase keeps of a commit's message: a title without people in it, and two facts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TITLE_CHARACTERS = 160

_ADDRESS = re.compile(r"\S+@\S+")
_HANDLE = re.compile(r"(?:\s?\bby)?\s?@\w[\w-]*")
_PEOPLE_LINE = re.compile(r"^(?:co-authored-by|signed-off-by):.*$", re.IGNORECASE | re.MULTILINE)
_WRITTEN_BY_CLAUDE = re.compile(
    r"^co-authored-by:.*\bclaude\b|\bgenerated (?:with|by) \[?claude\b|\bnoreply@anthropic\.com\b",
    re.IGNORECASE | re.MULTILINE,
)


def title_of(message: str, people: Iterable[str] = ()) -> str:
    """The first line of a message, without addresses, handles and the names of ``people``.

    A full name goes wherever it stands; a name of one word (``bot``, ``test``) only behind "by".

    Returns:
        At most 160 characters.
    """
    first_line = message.lstrip("\n").split("\n", 1)[0]
    bare = _HANDLE.sub("", _ADDRESS.sub("", first_line))
    for person in filter(None, map(str.strip, people)):
        by = r"\s?\bby\s+"
        whole_name = f"(?:{by})?" if " " in person else by
        bare = re.sub(rf"{whole_name}(?<!\w){re.escape(person)}(?!\w)", "", bare)
    return bare.strip()[:MAX_TITLE_CHARACTERS]


def body_characters(message: str) -> int:
    """Characters of a message behind its first line, without the lines that only name people."""
    _, _, body = message.strip().partition("\n")
    return len(_PEOPLE_LINE.sub("", body).strip())


def is_written_by_claude(message: str, people: Iterable[str] = ()) -> bool:
    """Whether a commit says that a Claude model wrote it: in a trailer, or as its author."""
    named = any(re.search(r"\bclaude\b", person, re.IGNORECASE) for person in people)
    return named or bool(_WRITTEN_BY_CLAUDE.search(message))
