"""Which paths an answer may name, decided by their letters alone: no disk is looked at.

A path must mean one file below the root on every system that may check the work out, so what only
Windows or macOS would misread is refused everywhere.
"""

from __future__ import annotations

import re
import unicodedata

from ndjson.errors import UnsafePath

LONGEST_NAME_BYTES = 255
"""Bytes in one name: ``NAME_MAX`` of ext4; NTFS and APFS count larger units, so allow more."""

LONGEST_PATH_BYTES = 4095
"""Bytes in a path: ``PATH_MAX`` of Linux without its final NUL."""

STATE_FOLDER = ".token-budget"
"""Where the library keeps its own state, the journal among it."""

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in range(10)]
)
"""Names that are devices on Windows, with any extension (Microsoft, "Naming Files")."""

_RESERVED = frozenset([".git", STATE_FOLDER])
_SHORT_NAMES = re.compile(r"(?:git|token-)~[0-9]+")
"""What NTFS calls the reserved folders in its 8.3 names; git refuses ``git~1`` for that reason."""


def checked_path(path: str) -> str:
    """``path`` without its ``.`` components, if it is one that an answer may name.

    Args:
        path: Relative to the root, with forward slashes; ``./`` in front is dropped.

    Raises:
        UnsafePath: A rule refuses it; the error names the rule.
    """
    names = [name for name in path.split("/") if name != "."]
    rule = _rule_of_path(path) or _rule_of_names(names)
    if rule is not None:
        raise UnsafePath(path, rule)
    return "/".join(names)


def reserved_rule(path: str) -> str | None:
    """The rule against touching ``path`` because it is git's or the library's own, if any."""
    for name in path.split("/"):
        key = twin_key(name)
        if key in _RESERVED or _SHORT_NAMES.fullmatch(key):
            owner = "the library" if "token" in key else "git"
            return f"{name!r} is kept by {owner} itself"
    return None


def twin_key(path: str) -> str:
    """What all paths have in common that some file system takes for the same.

    Compatibility-normalised and case-folded, until neither changes anything, and without the
    invisible characters that HFS+ skips when it compares names.
    """
    key = path
    while (folded := _folded(key)) != key:
        key = folded
    return key


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")


def _rule_of_path(path: str) -> str | None:
    """What is wrong with the path as a whole."""
    checks = (
        (not path, "it must not be empty"),
        (any(unicodedata.category(c) == "Cs" for c in path), "it must be valid Unicode"),
        ("\0" in path, "it must not contain NUL"),
        (any(unicodedata.category(c) == "Cc" for c in path), "it must not contain control codes"),
        ("\u2028" in path or "\u2029" in path, "it must not contain line separators"),
        (path.startswith(("//", "\\\\")), "network paths are refused"),
        ("\\" in path, "folders are separated by forward slashes"),
        (path.startswith("/"), "it must be relative to the root"),
        (re.match(r"[A-Za-z]:", path) is not None, "drive letters are refused"),
        (":" in path, "it must not contain a colon (a stream of a file on Windows)"),
        (path == "~" or path.startswith("~/"), "it must not start at a home folder"),
        (len(path.encode(errors="replace")) > LONGEST_PATH_BYTES, "it is too long"),
    )
    return next((rule for broken, rule in checks if broken), None)


def _rule_of_names(names: list[str]) -> str | None:
    """What is wrong with the first component that breaks a rule."""
    if not names:
        return "it must name a file"
    return next((rule for name in names if (rule := _rule_of_name(name))), None)


def _rule_of_name(name: str) -> str | None:
    """What is wrong with one component."""
    if name == "..":
        return "it must not go up ('..')"
    checks = (
        (not name, "it must not have empty components"),
        (name.endswith((".", " ")), "names must not end with a dot or a space"),
        (name != name.strip(), "names must not begin or end with white space"),
        (_is_device(name), f"{name!r} is a device on Windows"),
        (len(name.encode()) > LONGEST_NAME_BYTES, "one of its names is too long"),
    )
    return next((rule for broken, rule in checks if broken), None) or reserved_rule(name)


def _is_device(name: str) -> bool:
    return twin_key(name).partition(".")[0].rstrip(" ") in _DEVICES
