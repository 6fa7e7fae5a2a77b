"""Joins a unified diff that was cut off with what came next.

The next part starts with the hunk that was cut off, and proves that it is that one: it changes the
same file, at the same old line or with some kept line that is not blank, and it begins with every
line that had come and with the fragment of the next one. Hunks that were kept and come again are
dropped, so a part that starts over is joined too. Also accepted is a part that goes on with the
next line of the hunk, when the lines of both are exactly as many as its header says. Whatever
contradicts what was kept, or leaves the cut hunk out, is a `SeamMismatch`. Where the cut fell in
a header, the hunk is known by its file and its place in the new file only: one that was left out
before it is not noticed if it added as many lines as it removed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from continuation.diff_files import PartialDiff, numbered
from continuation.diff_headers import GIT_HEADER, has_marks, is_extended
from continuation.diff_joint import Joint
from continuation.errors import SeamMismatch, shown
from continuation.hunks import BODY_MARKS
from continuation.markdown_fences import opening_fence
from continuation.unified_diff import read_diff

if TYPE_CHECKING:
    from continuation.diff_files import CutHunk
    from continuation.hunks import Hunk

TELLING_CHARACTERS = 4
"""A fragment with this many characters after its mark, no white space and a letter or digit among
them, hardly stands twice in a row in one line."""


def join_diff(kept: PartialDiff, later: str, *, finished: bool) -> PartialDiff:
    """What was kept together with the next part.

    Args:
        kept: The parts before; ``PartialDiff()`` before the first one.
        later: The text of the next part.
        finished: Whether the model ended by itself; False: it was cut off again.

    Returns:
        The whole hunks of both, each once. When nothing is cut off any more, their headers are
        checked and counted anew.

    Raises:
        SeamMismatch: The parts cannot be joined with certainty.
    """
    joint = Joint(kept)
    arrived = _read_later(kept.cut, later, finished)
    headers = [file.header[0] for file in arrived.files]
    for file, following in zip(arrived.files, [*headers[1:], ""], strict=False):
        joint.take_file(file, following)
    joint.take_cut(arrived.cut)
    reports = (*kept.reports, *arrived.reports, *joint.reports)
    rejected = (*kept.rejected, *arrived.rejected)
    joined = PartialDiff(tuple(joint.files), joint.cut, reports, rejected)
    return _checked(joined) if finished and joined.cut is None else joined


def _checked(diff: PartialDiff) -> PartialDiff:
    """With every header counted anew, and reports of those that were wrong."""
    found = [numbered(file) for file in diff.files]
    reports = tuple(report for _, more in found for report in more)
    return replace(diff, files=tuple(file for file, _ in found), reports=(*diff.reports, *reports))


def _read_later(cut: CutHunk | None, later: str, finished: bool) -> PartialDiff:
    """The next part; one that goes on in the middle is read with the beginning of that."""
    if cut is None:
        return read_diff(later, cut=not finished)
    rest = _from_first_mark(later)
    if cut.hunk is None:
        opening = _opening(cut, cut.file.header if cut.file else (), rest)
        if not opening:
            _expect_header(cut, rest)
        return read_diff(opening + (rest if opening else later), cut=not finished, within=cut.file)
    if not rest.startswith(BODY_MARKS) or _is_file_header(rest):
        return read_diff(later, cut=not finished, within=cut.file)
    _expect_fragment(cut, rest)
    return _read_rest_of_hunk(cut, cut.hunk, rest, finished)


def _opening(cut: CutHunk, header: tuple[str, ...], rest: str) -> str:
    """The header that was cut off, where the next part goes on with a further line of it."""
    goes_on = is_extended(rest) or rest.startswith(("--- ", "+++ "))
    if not goes_on or not rest.startswith(cut.fragment) or has_marks(header):
        return ""
    again = rest.startswith("--- ")
    kept = [line for line in header if not (again and line.startswith("--- "))]
    return "".join(f"{line}\n" for line in kept)


def _from_first_mark(text: str) -> str:
    """The text without prose, blank lines and fences before its first line of a diff."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        marked = line.startswith((*BODY_MARKS, "@@", GIT_HEADER)) or is_extended(line)
        if marked and line.strip() and not opening_fence(line):
            return "\n".join(lines[number:])
    return ""


def _is_file_header(text: str) -> bool:
    """Whether a text begins with a plain header, as far as it came."""
    first, ended, rest = text.partition("\n")
    if not ended:
        return first.startswith("--- ") or "--- ".startswith(first)
    return first.startswith("--- ") and (rest.startswith("+++ ") or "+++ ".startswith(rest))


def _expect_header(cut: CutHunk, rest: str) -> None:
    """Lines of a hunk whose header was cut off belong nowhere."""
    if rest.startswith(BODY_MARKS) and not _is_file_header(rest):
        line = rest.partition("\n")[0]
        raise SeamMismatch(str(cut), f"a whole header, after {shown(cut.fragment)}", shown(line))


def _expect_fragment(cut: CutHunk, rest: str) -> None:
    """A line that goes on in its middle could be any line: it must come again from its mark.

    After ``+``, a line that begins with ``+`` may be either; so the fragment must tell. Nor may the
    mark of a missing line end have been left out.
    """
    written = "".join(cut.fragment[1:].split())
    marked = not cut.tail and (rest.startswith("\\") or not _may_lack_marker(cut))
    telling = len(written) >= TELLING_CHARACTERS and any(one.isalnum() for one in written)
    if not (rest.startswith(cut.fragment) and marked and (telling or not cut.fragment)):
        line = rest.partition("\n")[0]
        expected = f"the hunk from its header on, after {shown(cut.fragment)}"
        raise SeamMismatch(str(cut), expected, shown(line))


def _may_lack_marker(cut: CutHunk) -> bool:
    r"""Whether ``\ No newline at end of file`` may have been next: a side ended with a line."""
    if cut.hunk is None or cut.fragment or not cut.hunk.lines:
        return False
    old, new = cut.hunk.counted
    ended = {"-": old >= cut.hunk.old_count, "+": new >= cut.hunk.new_count}
    return ended.get(cut.hunk.lines[-1][0], False)


def _read_rest_of_hunk(cut: CutHunk, hunk: Hunk, rest: str, finished: bool) -> PartialDiff:
    end = "\r\n" if cut.crlf else "\n"
    opening = "".join(f"{line}{end}" for line in (hunk.header, *hunk.lines))
    arrived = read_diff(opening + rest, cut=not finished, within=cut.file)
    whole = next((one for file in arrived.files for one in file.hunks), None)
    partial = arrived.cut.hunk if arrived.cut else None
    found = (whole or partial or hunk).counted
    wanted = (hunk.old_count, hunk.new_count)
    fits = found == wanted if whole else max(found[0] - wanted[0], found[1] - wanted[1]) <= 0
    if arrived.rejected or not fits:
        expected = f"{wanted[0]:,} old and {wanted[1]:,} new lines, or the hunk from its header on"
        raise SeamMismatch(str(cut), expected, f"{found[0]:,} old and {found[1]:,} new lines")
    return arrived
