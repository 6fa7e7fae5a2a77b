r"""Reads unified diffs as models write them, whole or cut off.

Kept are whole hunks of files whose header tells a path. A hunk is whole when

- a later hunk or file, or the end of its Markdown fence, follows it: its counts are put right, and
  that is reported; or
- something else follows it, and its lines meet its counts exactly; or
- the answer was not cut off and ends with it: its counts are put right likewise.

The last hunk of an answer that was cut off is never whole by itself, even where its counts are met:
``\ No newline at end of file`` may have been next. Prose and fences around are passed over. What
was meant as a change but cannot be read is rejected, with its place; nothing is repaired by
guessing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from continuation.diff_files import CutHunk, DiffFile, PartialDiff, place
from continuation.diff_headers import (
    GIT_HEADER,
    changes_without_hunk,
    could_open_file,
    has_marks,
    is_extended,
    read_paths,
    with_prefixes,
)
from continuation.hunk_body import read_body
from continuation.hunks import parse_hunk_header
from continuation.markdown_fences import closes, opening_fence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from continuation.hunk_body import Body
    from continuation.hunks import Hunk
    from continuation.markdown_fences import Fence

BINARY_PATCH = "GIT binary patch"


def read_diff(text: str, *, cut: bool = True, within: DiffFile | None = None) -> PartialDiff:
    r"""The whole files and hunks in a text, and where it was cut off.

    Args:
        text: The answer; lines end with ``\n`` or ``\r\n``.
        cut: Whether it was cut off; False: its last line is whole without a line end too.
        within: The file to which hunks before any header belong.
    """
    whole, _, fragment = text.rpartition("\n")
    lines = whole.split("\n") if whole or text.startswith("\n") else []
    if fragment and not cut:
        lines, fragment = [*lines, fragment], ""
    reader = _Reader(lines, fragment, cut, within, file=within)
    while reader.place < len(lines):
        reader.read_next()
    reader.end_text()
    return PartialDiff(
        tuple(reader.files), reader.cut_at, tuple(reader.reports), tuple(reader.rejected)
    )


@dataclass(slots=True)
class _Reader:
    lines: list[str]
    fragment: str
    cut: bool
    within: DiffFile | None
    file: DiffFile | None = None
    place: int = 0
    files: list[DiffFile] = field(default_factory=list)
    hunks: list[Hunk] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    cut_at: CutHunk | None = None
    fence: Fence | None = None
    crlf: bool = False

    def read_next(self) -> None:
        """Read a header, a hunk, or a line that is neither."""
        line = self.lines[self.place]
        if line.startswith(GIT_HEADER) or self._is_plain_header():
            self._read_header()
        elif line.startswith("@@"):
            self._read_hunk()
        else:
            self._pass_over(line)

    def end_text(self) -> None:
        """Close the last file; see what the fragment begins."""
        fits = could_open_file(self.fragment) and self.fragment
        if self.cut and self.cut_at is None and fits:
            same = self.fragment.startswith("@") and self.file is not None
            header = replace(self.file, hunks=()) if same and self.file else None
            self.cut_at = CutHunk(header, fragment=self.fragment)
        self._close_file()

    def _pass_over(self, line: str) -> None:
        if self.fence is None:
            self.fence = opening_fence(line)
        elif closes(line, self.fence):
            self.fence = None
        if line.rstrip("\r") == BINARY_PATCH:
            self._reject("a binary patch, which is not read")
            self.file, self.hunks = None, []
        self.place += 1

    def _reject(self, reason: str) -> None:
        self.rejected.append(f"line {self.place + 1}: {reason}")

    def _is_plain_header(self) -> bool:
        """``---`` and ``+++``, one after the other; at a cut, as much of them as there is."""
        if not self.lines[self.place].startswith("--- "):
            return False
        if self.place + 1 < len(self.lines):
            return self.lines[self.place + 1].startswith("+++ ")
        return self.cut and ("+++ ".startswith(self.fragment) or self.fragment.startswith("+++ "))

    def _read_header(self) -> None:
        self._close_file()
        end = self._header_end()
        header = tuple(line.rstrip("\r") for line in self.lines[self.place : end])
        self.file = self._named(header)
        at_end = end >= len(self.lines) and self.cut
        if at_end and not self.fragment.startswith((GIT_HEADER[:4], "`", "@@ -")):
            self.cut_at = CutHunk(self.file or DiffFile(header, None, None), fragment=self.fragment)
            self.file = None
        elif self.file is None:
            self._reject(f"a header without paths: {header[0]!r}")
        self.place = end

    def _header_end(self) -> int:
        end = self.place + self.lines[self.place].startswith(GIT_HEADER)
        while end < len(self.lines) and is_extended(self.lines[end]):
            end += 1
        if end < len(self.lines) and self.lines[end].startswith("--- "):
            end += 1
            end += end < len(self.lines) and self.lines[end].startswith("+++ ")
        return end

    def _named(self, header: tuple[str, ...]) -> DiffFile | None:
        paths = read_paths(header)
        if paths is None:
            return None
        if not paths.prefixed:
            self.reports.append(f"{paths.new or paths.old}: a header without a/ and b/")
            header = with_prefixes(header, paths)
        return DiffFile(header, paths.old, paths.new)

    def _read_hunk(self) -> None:
        line = self.lines[self.place]
        hunk = parse_hunk_header(line.removesuffix("\r"))
        if hunk is None or self.file is None or not has_marks(self.file.header):
            lack = "without line numbers" if hunk is None else "without --- and +++ before it"
            self._reject(f"a hunk {lack}: {line[:80]!r}")
            self.place += 1
            return
        if line.endswith("\r"):
            self._drop_carriage_returns()
        fenced = self.fence is not None
        body = read_body(self.lines, self.place + 1, hunk, fenced=fenced, cut=self.cut)
        self._keep(replace(hunk, lines=body.lines), body)
        self.place = max(body.end, self.place + 1)

    def _drop_carriage_returns(self) -> None:
        """The whole answer has them: the header of a hunk has none of its own."""
        self.crlf = True
        self.reports.append("lines ended with carriage returns, which were taken off")
        self.lines[:] = [line.removesuffix("\r") for line in self.lines]

    def _keep(self, hunk: Hunk, body: Body) -> None:
        """Sort a hunk in: whole, cut off or rejected."""
        if body.at_end and self.cut and not self._fragment_ends(hunk, body):
            self._cut_in(hunk, body)
        elif hunk.exact or body.at_end or self._header_follows(body.end):
            self._add(hunk)
        else:
            name = place(self.file.path if self.file else "", hunk)
            found = self.lines[body.end][:80]
            self._reject(f"{name}: its counts are not met before {found!r}")

    def _header_follows(self, end: int) -> bool:
        following = islice(self.lines, end, None)
        after = next((line for line in following if line.strip()), "")
        return after.startswith(("@@ -", GIT_HEADER, "--- ")) or opening_fence(after) is not None

    def _fragment_ends(self, hunk: Hunk, body: Body) -> bool:
        """Whether the cut line cannot belong to the hunk, so that this one is whole."""
        if self.fragment.startswith(("@@ -", GIT_HEADER)):
            return hunk.exact or not any(self.lines[body.end :])
        return hunk.exact and self.fragment[:1] not in " +-\\"

    def _cut_in(self, hunk: Hunk, body: Body) -> None:
        """The hunk is cut off; a beginning that may be the next file's is no evidence of it."""
        beyond = "\n".join([*self.lines[body.end :], self.fragment]).lstrip("\n")
        if _may_be_header(hunk.lines, beyond):
            hunk, beyond = replace(hunk, lines=hunk.lines[:-1]), f"{hunk.lines[-1]}\n{beyond}"
        opens = hunk.exact and ("--- ".startswith(beyond) or beyond.startswith("--- "))
        evidence = beyond == self.fragment and beyond[:1] in " +-\\" and not opens
        file = replace(self.file, hunks=()) if self.file else None
        fragment, tail = (beyond, "") if evidence else ("", beyond)
        self.cut_at = CutHunk(file, hunk, fragment, tail, self.crlf)
        self.place = len(self.lines)

    def _add(self, hunk: Hunk) -> None:
        self.hunks.append(hunk.recounted())
        if not hunk.exact and self.file:
            counted = self.hunks[-1].ranges
            self.reports.append(f"{place(self.file.path, hunk)}: counted anew: {counted}")

    def _close_file(self) -> None:
        """Keep the file that was read so far."""
        file, self.file = self.file, None
        hunks, self.hunks = tuple(self.hunks), []
        if file is None or (file is self.within and not hunks):
            return
        if hunks or (changes_without_hunk(file.header) and not self._is_cut(file)):
            self.files.append(replace(file, hunks=hunks))
        elif not self._is_cut(file):
            self._reject(f"{file.path}: a header without hunks")

    def _is_cut(self, file: DiffFile) -> bool:
        """Whether the cut fell in the first hunk of the file."""
        return self.cut_at is not None and self.cut_at.path == file.path


def _may_be_header(lines: Sequence[str], beyond: str) -> bool:
    """Whether the last line of a cut hunk may be the header of the next file: counts are wrong."""
    ends = bool(lines) and lines[-1].startswith("--- ")
    return ends and ("+++ ".startswith(beyond) or beyond.startswith("+++ "))
