"""Whether a hunk is the one that was cut off: it begins with all that had come of that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from continuation.diff_headers import essentials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from continuation.diff_files import CutHunk, DiffFile
    from continuation.hunks import Hunk

_PREFIX = re.compile(r"(?<=^--- )a/|(?<=^\+\+\+ )b/")
_HUNK_START = re.compile(r"@@ -(?P<start>[0-9]+)(?P<ended>[, ])?")


def is_resent(
    cut: CutHunk,
    file: DiffFile,
    hunk: Hunk | None,
    fragment: str | None = None,
    following: str = "",
) -> bool:
    """Whether a hunk begins with what came of the cut one.

    Its counts are right, or at least those that the cut one had: a line of a file may look like the
    header of a hunk.

    Args:
        cut: The hunk that was cut off.
        file: The file of the other one.
        hunk: The other one; None: a file without hunks.
        fragment: What came of its next line; None: it is whole.
        following: The header that comes after it, if it is whole: where the counts of the cut hunk
            were wrong, what had come of that header seemed to be a line of it.
    """
    if not _is_same_file(cut, file):
        return False
    if cut.hunk is None or hunk is None:
        return cut.hunk is None and (hunk is None or _may_start(cut.fragment, hunk))
    proven = any(line[1:].strip() for line in cut.hunk.lines)
    at_place = cut.hunk.old_start == hunk.old_start
    whole = fragment is None
    counted = not whole or hunk.said in (hunk.counted, cut.hunk.said)
    return (at_place or proven) and counted and _starts(hunk.lines, fragment, cut, following)


def _starts(lines: Sequence[str], fragment: str | None, cut: CutHunk, after: str) -> bool:
    """Whether lines, with the one after them, begin with those of the cut hunk and its fragment."""
    kept = cut.hunk.lines if cut.hunk else ()
    if tuple(lines[: len(kept)]) != kept:
        return False
    following = [*lines[len(kept) :], after if fragment is None else fragment][0]
    open_end = fragment is not None and len(lines) == len(kept)
    return following.startswith(cut.fragment) or (open_end and cut.fragment.startswith(following))


def begins(lines: Sequence[str], beginning: Sequence[str], fragment: str) -> bool:
    """Whether lines begin with others and then a fragment."""
    count = len(beginning)
    if tuple(lines[:count]) != tuple(beginning):
        return False
    return not fragment or (len(lines) > count and lines[count].startswith(fragment))


def _is_same_file(cut: CutHunk, file: DiffFile) -> bool:
    if cut.file is None:
        begins = any(
            one.startswith(cut.fragment) for one in (file.header[0], _bare(file.header)[0])
        )
        return begins or cut.fragment.startswith("@")
    if cut.file.path:
        changed = essentials(cut.file.header) - essentials(file.header)
        known = cut.file.old_path is None or cut.file.new_path is None or cut.hunk is not None
        same = cut.file.paths == file.paths or (not known and cut.file.path == file.path)
        return same and not changed
    return _bare(file.header)[: len(cut.file.header)] == _bare(cut.file.header)


def _bare(header: Sequence[str]) -> list[str]:
    """A header without ``a/`` and ``b/``, which are added where a model leaves them out."""
    return [_PREFIX.sub("", line) for line in header]


def _may_start(fragment: str, hunk: Hunk) -> bool:
    """Whether the header of a hunk can have begun like this; its counts may have been wrong."""
    match = _HUNK_START.match(fragment)
    if match is None:
        return True
    start = str(hunk.old_start)
    return match["start"] == start if match["ended"] else start.startswith(match["start"])


def length(cut: CutHunk) -> tuple[int, int]:
    """How much came of it: whole lines, and characters of the next one."""
    return (len(cut.hunk.lines) if cut.hunk else -1), len(cut.fragment)
