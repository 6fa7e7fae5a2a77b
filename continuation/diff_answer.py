"""A unified diff in several parts, for callers whose own prompt asks for one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from continuation.answer import Amount
from continuation.diff_files import PartialDiff, encode_diff, place
from continuation.diff_seam import join_diff
from continuation.outcomes import NOTHING_SEEN, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from continuation.diff_files import CutHunk
    from ndjson import FileOperation

LISTED_FILES = 40
"""A request names this many files that are kept, the last ones."""

_RULES = """Go on with the unified diff: no Markdown fence, no other text. Begin with the header of
the file (--- and +++) and a whole hunk with its @@ line; write nothing of what is kept again."""


@dataclass(frozen=True, slots=True)
class DiffAnswer:
    """What the parts of a diff hold together.

    Attributes:
        diff: Whole files and hunks, and where it was cut off.
        dropped: UTF-8 bytes of the last part of which nothing is kept, about.
        rejected: What the last part had wrong, in words.
        last: What the last part shows of itself.
    """

    diff: PartialDiff = field(default_factory=PartialDiff)
    dropped: int = 0
    rejected: tuple[str, ...] = ()
    last: Evidence = NOTHING_SEEN

    @property
    def operations(self) -> tuple[FileOperation, ...]:
        """None: a diff is applied as one."""
        return ()

    @property
    def text(self) -> str:
        """The diff, its hunks counted anew."""
        return encode_diff(self.diff)

    @property
    def proven(self) -> bool:
        """Always: a seam without proof is refused."""
        return True

    @property
    def notes(self) -> tuple[str, ...]:
        """What was tolerated or counted anew."""
        return self.diff.reports

    def joined(self, text: str, *, cut: bool) -> DiffAnswer:
        """With the next part.

        Raises:
            SeamMismatch: It cannot be joined with certainty.
        """
        known = len(self.diff.rejected)
        diff = join_diff(self.diff, text, finished=not cut)
        new = len(encode_diff(diff).encode()) - len(self.text.encode())
        written = len(text.encode(errors="replace"))
        whole = not cut and diff.cut is None and not diff.rejected[known:]
        return replace(
            self,
            diff=diff,
            dropped=min(max(written - new, 0), written),
            rejected=diff.rejected[known:],
            last=Evidence(text=bool(text.strip()), closed=whole and bool(diff.files)),
        )

    def evidence(self) -> Evidence:
        """Closed: it ended by itself, and not in the middle of a hunk."""
        return self.last

    def amount(self) -> Amount:
        """Whole hunks, and files without any."""
        count = sum(max(len(file.hunks), 1) for file in self.diff.files)
        lines = len(self.diff.cut.hunk.lines) if self.diff.cut and self.diff.cut.hunk else 0
        return Amount(count, lines, self.last.closed)

    def missing(self, deliverables: tuple[str, ...]) -> tuple[str, ...]:
        """The hunk that was cut off, what was rejected, and files that no header names."""
        cut = (str(self.diff.cut),) if self.diff.cut else ()
        return (*cut, *self.rejected, *self._untouched(deliverables))

    def request_for_rest(self, deliverables: tuple[str, ...], *, ended: bool) -> str:
        """What is kept, where to begin again, what is missing."""
        opening = "Your diff is not complete." if ended else "Your diff was cut off."
        return "\n\n".join([opening, *self._parts(deliverables), _RULES])

    def _parts(self, deliverables: tuple[str, ...]) -> Iterator[str]:
        kept = [
            place(file.path, file.hunks[-1]) if file.hunks else file.path
            for file in self.diff.files[-LISTED_FILES:]
        ]
        yield _listed("Kept, up to the hunk that is named", kept) if kept else "Nothing is kept."
        if self.diff.cut is not None:
            yield _begin_again(self.diff.cut)
        if self.rejected:
            yield _listed("These could not be read; write them again, corrected", self.rejected)
        untouched = self._untouched(deliverables)
        if untouched:
            yield _listed("Still to be changed, as far as this needs them", untouched)

    def _untouched(self, deliverables: tuple[str, ...]) -> tuple[str, ...]:
        named = {path for file in self.diff.files for path in file.paths}
        open_path = self.diff.cut.path if self.diff.cut else ""
        return tuple(one for one in deliverables if one not in named and one != open_path)


def _begin_again(cut: CutHunk) -> str:
    if not cut.path:
        return "The file that you had begun is not kept: begin with its header."
    if cut.hunk is None:
        return f"Cut off in the header of {cut.path}: begin with this file."
    return f"Cut off in {cut}: begin with this hunk, with the same old line number."


def _listed(heading: str, lines: tuple[str, ...] | list[str]) -> str:
    return "\n".join([f"{heading}:", *(f"- {line}" for line in lines)])
