"""Puts the hunks of the next part of a diff to those that were kept, one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from continuation.cut_hunks import begins, is_resent, length
from continuation.diff_files import new_start, place
from continuation.diff_headers import essentials
from continuation.errors import SeamMismatch, shown

if TYPE_CHECKING:
    from continuation.diff_files import CutHunk, DiffFile, PartialDiff
    from continuation.hunks import Hunk


class Joint:
    """What was kept, and what is added to it.

    Attributes:
        files: The whole files and hunks of all parts.
        cut: Where the diff is cut off still.
        reports: What was decided, for people.
    """

    def __init__(self, kept: PartialDiff) -> None:
        """Start with what was kept."""
        self.files = list(kept.files)
        self.cut = kept.cut
        self.reports: list[str] = []
        self._before = kept.files
        self._added = False

    def take_file(self, file: DiffFile, following: str = "") -> None:
        """Take a file with its whole hunks; ``following`` is how the next one begins.

        Raises:
            SeamMismatch: It contradicts what was kept, or leaves the cut hunk out.
        """
        self._expect_same_change(file)
        if not file.hunks and not self._repeats(file, None):
            self._add(file, None)
        for hunk in file.hunks:
            if not self._repeats(file, hunk):
                self._add(file, hunk, following if hunk is file.hunks[-1] else "")

    def take_cut(self, cut: CutHunk | None) -> None:
        """Take the place where the next part ends.

        Raises:
            SeamMismatch: It contradicts what was kept, or leaves the cut hunk out.
        """
        if cut is None:
            return
        if cut.file is None or not cut.path:
            self.cut = self.cut or cut
            return
        if self._repeats_part(cut.file, cut.hunk, cut.fragment):
            return
        if cut.hunk is not None:
            self._expect_same_change(cut.file)
        if self.cut and not self._resumes_cut(cut):
            self._leave_cut(cut.file, cut.hunk)
        if self.cut is None or length(cut) >= length(self.cut):
            self._expect_in_order(cut.file, cut.hunk)
            self.cut = cut

    def _repeats(self, file: DiffFile, hunk: Hunk | None) -> bool:
        """Whether a hunk, or a file without any, is among what was kept."""
        known = [one for one in self._before if one.paths == file.paths]
        if hunk is None:
            lines = essentials(file.header)
            return any(essentials(one.header) == lines and not one.hunks for one in known)
        return any(
            hunk.lines == one.lines and hunk.old_start == one.old_start
            for before in known
            for one in before.hunks
        )

    def _repeats_part(self, file: DiffFile, hunk: Hunk | None, fragment: str) -> bool:
        """Whether a cut hunk is the beginning of one that was kept."""
        if hunk is None:  # the header may not be whole: only its path is known
            known_path = any(one.path == file.path for one in self._before)
            return known_path and not (self.cut and self.cut.path == file.path)
        known = [one for one in self._before if one.paths == file.paths]
        return any(
            hunk.old_start == one.old_start and begins(one.lines, hunk.lines, fragment)
            for before in known
            for one in before.hunks
        )

    def _add(self, file: DiffFile, hunk: Hunk | None, following: str = "") -> None:
        if self.cut:
            self._settle_cut(self.cut, file, hunk, following)
        elif not self._added and hunk:
            self._expect_other_lines(file, hunk)
        self._expect_in_order(file, hunk)
        self._added = True
        number = next((n for n, one in enumerate(self.files) if one.paths == file.paths), None)
        if hunk is None or number is None:
            self.files.append(replace(file, hunks=(hunk,) if hunk else ()))
        else:
            known = self.files[number]
            self.files[number] = replace(known, hunks=(*known.hunks, hunk))

    def _settle_cut(self, cut: CutHunk, file: DiffFile, hunk: Hunk | None, following: str) -> None:
        """The hunk that comes is the one that was cut off, or comes after it."""
        if not is_resent(cut, file, hunk, following=following):
            self._leave_cut(file, hunk)
            return
        if cut.hunk is None and hunk:
            self._expect_none_between(cut, file, hunk)
        self.cut = None

    def _expect_none_between(self, cut: CutHunk, file: DiffFile, hunk: Hunk) -> None:
        """Of a hunk whose header did not come, only its place in the new file can tell.

        A hunk that was left out before it would have moved it, unless it kept the count of lines.
        """
        known = [one for before in self.files if before.paths == file.paths for one in before.hunks]
        start = new_start(hunk, sum(one.new_count - one.old_count for one in known))
        if hunk.new_start != start:
            expected = f"a hunk from line {start:,} of the new file on, as none was left out"
            raise SeamMismatch(str(cut), expected, hunk.ranges)

    def _leave_cut(self, file: DiffFile, hunk: Hunk | None) -> None:
        """Go on after the cut hunk without it: only if nothing of it can be lacking."""
        if self.cut and self.cut.may_be_followed_by(file):
            self._close_by_count()
            return
        raise SeamMismatch(str(self.cut), "the hunk that was cut off", place(file.path, hunk))

    def _close_by_count(self) -> None:
        cut, self.cut = self.cut, None
        if cut and cut.file and cut.hunk:
            self.reports.append(f"{cut}: whole, as its counts are met and a later hunk follows")
            self._add(cut.file, cut.hunk)
            self._added = False

    def _resumes_cut(self, cut: CutHunk) -> bool:
        """Whether the next part was cut in the same hunk as this one."""
        if self.cut is None or cut.file is None:
            return False
        if cut.hunk is None:
            return self.cut.path in ("", cut.path)
        longer = is_resent(self.cut, cut.file, cut.hunk, cut.fragment)
        shorter = self.cut.hunk is not None and is_resent(
            cut, self.cut.file or cut.file, self.cut.hunk, self.cut.fragment
        )
        return longer or shorter

    def _expect_same_change(self, file: DiffFile) -> None:
        """A file is created, deleted, renamed or modified in one way only."""
        for known in self._before:
            shared = known.path == file.path and known.paths != file.paths
            differs = known.paths == file.paths and (
                essentials(known.header) - essentials(file.header) and essentials(file.header)
            )
            if shared or differs:
                expected = f"the header that was kept: {shown(' / '.join(known.header))}"
                raise SeamMismatch(file.path, expected, shown(" / ".join(file.header)))

    def _expect_in_order(self, file: DiffFile, hunk: Hunk | None) -> None:
        """A new hunk changes none of the lines before the end of those that were kept."""
        for known in (one for one in self._before if one.paths == file.paths and hunk):
            for one in known.hunks:
                if hunk and (hunk.overlaps(one) or hunk.old_start < one.old_start):
                    expected = f"a hunk after {one.ranges}, which was kept"
                    raise SeamMismatch(file.path, expected, f"another one: {hunk.ranges}")

    def _expect_other_lines(self, file: DiffFile, hunk: Hunk) -> None:
        """The first new hunk may be a kept one with other line numbers: nobody can tell."""
        known = (
            one for before in self._before for one in before.hunks if before.paths == file.paths
        )
        for one in known:
            if one.lines == hunk.lines:
                expected = f"a hunk other than {one.ranges}, which was kept"
                raise SeamMismatch(file.path, expected, f"the same lines at {hunk.ranges}")
