r"""The lines of a unified diff that say which file is changed, and their paths.

Read are git's headers (``diff --git`` with its extended lines) and plain ``---`` / ``+++`` pairs.
Paths may be quoted as git quotes them, and may be followed by a tab and a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NO_FILE = "/dev/null"
"""Stands where a file is created or deleted for the side that does not exist."""

GIT_HEADER = "diff --git "

_CHANGES = (
    "old mode ",
    "new mode ",
    "deleted file mode ",
    "new file mode ",
    "copy from ",
    "copy to ",
    "rename from ",
    "rename to ",
)
"""Extended lines that change a file even without a hunk, from the documentation of git-diff."""

_BINARY = "Binary files "
_REMARKS = ("similarity index ", "dissimilarity index ", "index ", _BINARY)
_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPE = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')


@dataclass(frozen=True, slots=True)
class Paths:
    """Which file a header is about; None: it does not exist on that side."""

    old: str | None
    new: str | None
    prefixed: bool = True


def is_extended(line: str) -> bool:
    """Whether a line is one of those that git writes between its header and the hunks."""
    return line.startswith(_CHANGES + _REMARKS)


def changes_without_hunk(header: tuple[str, ...]) -> bool:
    """Whether a header alone says what is done: a rename, a mode, an empty file.

    That a binary file differs does not say how.
    """
    binary = any(line.startswith(_BINARY) for line in header)
    return bool(essentials(header)) and not binary


def has_marks(header: tuple[str, ...]) -> bool:
    """Whether a header has ``---`` and ``+++``, without which no hunk can be applied."""
    return any(line.startswith("--- ") for line in header) and header[-1].startswith("+++ ")


def essentials(header: tuple[str, ...]) -> frozenset[str]:
    """The lines of a header that change something."""
    return frozenset(line for line in header if line.startswith(_CHANGES))


def could_open_file(fragment: str) -> bool:
    """Whether the beginning of a line may be that of a file's header, or of a hunk's."""
    openings = (GIT_HEADER, "--- ", "@@ -")
    return any(one.startswith(fragment) or fragment.startswith(one) for one in openings)


def read_paths(header: tuple[str, ...]) -> Paths | None:
    """The paths in a header; None: it does not tell them."""
    found = _from_marks(header) or _from_git_line(header)
    moved = _moved(header)
    if moved is not None:
        return Paths(*moved, prefixed=found is None or found.prefixed)
    if found is None:
        return None
    new = any(line.startswith("new file mode ") for line in header)
    gone = any(line.startswith("deleted file mode ") for line in header)
    return Paths(None if new else found.old, None if gone else found.new, found.prefixed)


def with_prefixes(header: tuple[str, ...], paths: Paths) -> tuple[str, ...]:
    """The header with ``a/`` and ``b/``, which ``git apply`` takes off."""
    old, new = paths.old or paths.new or "", paths.new or paths.old or ""
    opening = {GIT_HEADER: f"{GIT_HEADER}{quote(f'a/{old}')} {quote(f'b/{new}')}"}
    if paths.old is not None:
        opening["--- "] = f"--- {quote(f'a/{old}')}"
    if paths.new is not None:
        opening["+++ "] = f"+++ {quote(f'b/{new}')}"
    return tuple(
        next((text for start, text in opening.items() if line.startswith(start)), line)
        for line in header
    )


def quote(path: str) -> str:
    """A path as git writes it: in quotes when it has quotes, backslashes or control characters."""
    if not any(character in '"\\' or character < " " for character in path):
        return path
    names = {code: name for name, code in _ESCAPES.items()}
    escaped = (
        f"\\{names[ord(one)]}" if ord(one) in names else f"\\{ord(one):03o}" if one < " " else one
        for one in path
    )
    return f'"{"".join(escaped)}"'


def unquote(name: str) -> str:
    """The path that a quoted name stands for; bytes that are not UTF-8 become surrogates."""
    if not _QUOTED.fullmatch(name):
        return name
    data = _ESCAPE.sub(_byte, name[1:-1].encode())
    return data.decode(errors="surrogateescape")


def _byte(match: re.Match[bytes]) -> bytes:
    code = match[1].decode()
    return bytes([_ESCAPES[code] if code in _ESCAPES else int(code, 8) & 0xFF])


def _from_marks(header: tuple[str, ...]) -> Paths | None:
    old = next((line[4:] for line in header if line.startswith("--- ")), None)
    new = next((line[4:] for line in header if line.startswith("+++ ")), None)
    return None if old is None or new is None else _paths(_name(old), _name(new))


def _name(text: str) -> str:
    """A name without the time behind it."""
    return unquote(text.partition("\t")[0].rstrip())


def _from_git_line(header: tuple[str, ...]) -> Paths | None:
    """The paths of ``diff --git``; unquoted blanks are no doubt where both paths are the same."""
    text = next((line[len(GIT_HEADER) :] for line in header if line.startswith(GIT_HEADER)), "")
    for place in (one.start() for one in re.finditer(" ", text)):
        old, new = unquote(text[:place]), unquote(text[place + 1 :])
        if old == new or (old[:2], new[:2], old[2:]) == ("a/", "b/", new[2:]):
            return _paths(old, new)
    old, _, new = text.partition(" ")
    return _paths(unquote(old), unquote(new)) if new and " " not in new else None


def _paths(old: str, new: str) -> Paths:
    prefixed = (old == NO_FILE or old.startswith("a/")) and (new == NO_FILE or new.startswith("b/"))
    skip = 2 if prefixed else 0
    return Paths(
        None if old == NO_FILE else old[skip:], None if new == NO_FILE else new[skip:], prefixed
    )


def _moved(header: tuple[str, ...]) -> tuple[str, str] | None:
    for kind in ("rename", "copy"):
        old = next((one for one in header if one.startswith(f"{kind} from ")), None)
        new = next((one for one in header if one.startswith(f"{kind} to ")), None)
        if old is not None and new is not None:
            return unquote(old.split(" ", 2)[2]), unquote(new.split(" ", 2)[2])
    return None
