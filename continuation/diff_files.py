"""What a unified diff holds, whole or cut off: values, and their one text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from continuation.hunks import Hunk


@dataclass(frozen=True, slots=True)
class DiffFile:
    """The changes of one file.

    Attributes:
        header: The lines before its first hunk.
        old_path: Its path before; None: it is new.
        new_path: Its path after; None: it is deleted.
        hunks: Its whole hunks.
    """

    header: tuple[str, ...]
    old_path: str | None
    new_path: str | None
    hunks: tuple[Hunk, ...] = ()

    @property
    def path(self) -> str:
        """The path by which it is spoken of."""
        return self.new_path or self.old_path or ""

    @property
    def paths(self) -> tuple[str | None, str | None]:
        """The path before and after."""
        return self.old_path, self.new_path


@dataclass(frozen=True, slots=True)
class CutHunk:
    """Where a diff was cut off.

    Attributes:
        file: The file, with its header as far as it came and no hunks; None: the cut came before
            its path was known.
        hunk: The hunk, with its header as it was written and its whole lines; None: the cut fell
            in the header of the file or of the hunk.
        fragment: What came of the line after them. Evidence only, never to be applied.
        tail: What came after the lines and is no evidence of the next one: it may open the next
            file, such as ``--- a/s``, or be one more line.
        crlf: Whether the hunk came with carriage returns, which were taken off.
    """

    file: DiffFile | None
    hunk: Hunk | None = None
    fragment: str = ""
    tail: str = ""
    crlf: bool = False

    @property
    def path(self) -> str:
        """The file; empty: it is not known."""
        return self.file.path if self.file else ""

    def may_be_followed_by(self, file: DiffFile) -> bool:
        r"""Whether its lines are all, if a later hunk of a file comes next.

        They are when they meet its counts and the hunk is of the same file. Before another file,
        ``\ No newline at end of file`` may be lacking.
        """
        complete = self.hunk is not None and self.hunk.exact and not (self.fragment or self.tail)
        return complete and self.file is not None and self.file.paths == file.paths

    def __str__(self) -> str:
        """The place in words, such as ``src/a.py @@ -3,7 +3,8 @@``."""
        return place(self.path, self.hunk)


@dataclass(frozen=True, slots=True)
class PartialDiff:
    """All that a diff holds.

    Attributes:
        files: Files with their whole hunks, in their order.
        cut: Where it was cut off; None: it was not, or between two files.
        reports: What was tolerated or recounted, for people.
        rejected: What was meant as a change and could not be read: the diff lacks it.
    """

    files: tuple[DiffFile, ...] = ()
    cut: CutHunk | None = None
    reports: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()

    @property
    def hunk_count(self) -> int:
        """How many whole hunks there are."""
        return sum(len(file.hunks) for file in self.files)


def place(path: str, hunk: Hunk | None) -> str:
    """A hunk in words, by its path and header."""
    name = path or "a file without a path"
    return f"{name} {hunk.ranges}" if hunk else name


def encode_diff(diff: PartialDiff | Iterable[DiffFile]) -> str:
    r"""The whole files and hunks as a unified diff; every line ends with ``\n``.

    ``git apply`` takes it when it was joined to its end (`continuation.diff_seam.join_diff`).
    """
    files = diff.files if isinstance(diff, PartialDiff) else diff
    return "".join(f"{line}\n" for file in files for line in _lines(file))


def numbered(file: DiffFile) -> tuple[DiffFile, tuple[str, ...]]:
    """A file whose hunks are counted and placed anew, and what of their headers was wrong."""
    moved, hunks, reports = 0, [], []
    for hunk in file.hunks:
        counted = hunk.recounted()
        right = replace(counted, new_start=new_start(counted, moved))
        if right != hunk:
            reports.append(f"{place(file.path, hunk)}: counted anew: {right.ranges}")
        hunks.append(right)
        moved += counted.new_count - counted.old_count
    return replace(file, hunks=tuple(hunks)), tuple(reports)


def new_start(hunk: Hunk, moved: int) -> int:
    """Where a hunk begins in the new file.

    That is where it begins in the old one, moved by what the hunks before it added less what they
    removed. A side without lines is named by the line before it, hence the shift by one.
    """
    shift = (hunk.old_count == 0) - (hunk.new_count == 0)
    return max(0, hunk.old_start + moved + shift)


def _lines(file: DiffFile) -> Iterable[str]:
    yield from file.header
    for hunk in file.hunks:
        yield hunk.header
        yield from hunk.lines
