"""What ``git diff-tree -z --raw -p`` writes about one commit, read into values. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FILE = b"diff --git "
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_TYPE_CHANGED = "T"


@dataclass(frozen=True, slots=True)
class Change:
    """One file of a commit, as git's raw records name it.

    Attributes:
        status: A, M, D, R (renamed) or T (a file became a link, or the like).
        old_mode: Octal mode before; ``000000`` for a file that was not there.
        new_mode: Octal mode after.
        old_blob: Object name before; zeros for a file that was not there.
        new_blob: Object name after.
        path: Where it is; for a renamed file where it is now. Bytes: git knows no encoding.
    """

    status: str
    old_mode: str
    new_mode: str
    old_blob: str
    new_blob: str
    path: bytes


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk of a unified diff: the lines that stand in its place before and after.

    Attributes:
        old_start: Lines of the old file before the hunk.
        new_start: Lines of the new file before the hunk.
        old_lines: Lines of the old file in the hunk: context and removed, each with its line end.
        new_lines: Lines of the new file in the hunk: context and added.
    """

    old_start: int
    new_start: int
    old_lines: tuple[bytes, ...]
    new_lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """The unified diff of one file.

    Attributes:
        text: The whole of it, header included.
        hunks: Its hunks, in order; none for a change of mode or a binary file.
        lines_added: Lines that begin with a plus sign.
        lines_removed: Lines that begin with a minus sign.
        binary: git took the file for a binary one.
    """

    text: bytes
    hunks: tuple[Hunk, ...]
    lines_added: int
    lines_removed: int
    binary: bool


def parse_changes(raw: bytes) -> list[Change]:
    """The raw records of one commit.

    Raises:
        ValueError: They are not in git's format.
    """
    pieces = iter(raw.lstrip(b"\n").split(b"\0"))
    changes = []
    for record in pieces:
        if not record:
            continue
        old_mode, new_mode, old_blob, new_blob, status = record.decode("ascii").split()
        path = next(pieces, b"")
        if status[0] in "RC":
            path = next(pieces, b"")
        change = Change(status[0], old_mode.lstrip(":"), new_mode, old_blob, new_blob, path)
        changes.append(change)
    return changes


def parse_commit(lines: Sequence[bytes]) -> list[tuple[Change, Patch]]:
    """Every file of a commit with its diff; a change of type, which has two diffs, with none.

    Args:
        lines: The output, each line with its end; the raw records run into the first diff.

    Raises:
        ValueError: It is not in git's format.
    """
    raw, *patches = _split_files(lines)
    parsed = iter([parse_patch(patch) for patch in patches])
    pairs = []
    for change in parse_changes(b"".join(raw)):
        patch = next(parsed, None)
        if change.status == _TYPE_CHANGED:
            patch = next(parsed, None) and Patch(b"", (), 0, 0, binary=False)
        if patch is None:
            raise ValueError(f"no diff of {change.path!r}")
        pairs.append((change, patch))
    return pairs


def parse_patch(lines: Sequence[bytes]) -> Patch:
    """The diff of one file, from its ``diff --git`` line on.

    Raises:
        ValueError: A line is in no place where a diff can have one.
    """
    starts = [place for place, line in enumerate(lines) if line.startswith(b"@@ ")]
    header = lines[: starts[0]] if starts else lines
    bounds = pairwise([*starts, len(lines)])
    hunks = tuple(_parse_hunk(lines[start:end]) for start, end in bounds)
    body = [line[:1] for line in lines[len(header) :]]
    return Patch(
        text=b"".join(lines),
        hunks=hunks,
        lines_added=body.count(b"+"),
        lines_removed=body.count(b"-"),
        binary=any(line.startswith((b"Binary files ", b"GIT binary patch")) for line in header),
    )


def _parse_hunk(lines: Sequence[bytes]) -> Hunk:
    found = _HUNK.match(lines[0])
    if not found:
        raise ValueError(f"not the head of a hunk: {lines[0]!r}")
    old_start, old_length, new_start, new_length = found.groups()
    old, new = _sides(lines[1:])
    return Hunk(_before(old_start, old_length), _before(new_start, new_length), old, new)


def _before(start: bytes, length: bytes | None) -> int:
    """Lines before a hunk: an empty side names the line that it stands behind."""
    return int(start) if length == b"0" else int(start) - 1


def _sides(lines: Iterable[bytes]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    old: list[bytes] = []
    new: list[bytes] = []
    sides_of = {b" ": (old, new), b"-": (old,), b"+": (new,)}
    last: tuple[list[bytes], ...] = ()
    for line in lines:
        if line[:1] == b"\\":  # "\ No newline at end of file" speaks of the line before
            for side in last:
                side[-1] = side[-1].removesuffix(b"\n")
            continue
        last = sides_of.get(line[:1], ())
        if not last:
            raise ValueError(f"not a line of a hunk: {line!r}")
        for side in last:
            side.append(line[1:])
    return tuple(old), tuple(new)


def _split_files(lines: Iterable[bytes]) -> list[list[bytes]]:
    """The raw records, then the diff of each file."""
    parts: list[list[bytes]] = [[]]
    for line in lines:
        if len(parts) == 1 and (place := line.find(b"\0" + _FILE)) >= 0:
            parts[0].append(line[: place + 1])
            parts.append([line[place + 1 :]])
        elif line.startswith(_FILE) and len(parts) > 1:
            parts.append([line])
        else:
            parts[-1].append(line)
    return parts
