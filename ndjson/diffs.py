"""A change of a file as a unified diff that git and patch can read."""

from __future__ import annotations

import difflib


def unified_diff(path: str, before: bytes | None, after: bytes | None) -> str:
    """The change of one file; ``None`` is a file that is not there.

    Lines are split on the line feed alone, so ``git apply`` counts them as we do. Bytes that are
    not UTF-8 are named as changed, and not shown.
    """
    old_name = "/dev/null" if before is None else f"a/{path}"
    new_name = "/dev/null" if after is None else f"b/{path}"
    try:
        old, new = _lines(before or b""), _lines(after or b"")
    except UnicodeDecodeError:
        return f"Binary files {old_name} and {new_name} differ\n"
    diff = list(difflib.unified_diff(old, new, old_name, new_name))
    if not diff:
        return f"--- {old_name}\n+++ {new_name}\n"
    return "".join(_ended(line) for line in diff)


def _lines(content: bytes) -> list[str]:
    text = content.decode()
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
