"""Whole files, in fences or one JSON document: complete ones are kept, the rest comes as NDJSON.

Once a first part has been read, the answer is one of operations: a file that was cut off goes on as
a ``continue``, which proves its seam as a fence never could.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from continuation.ndjson_answer import NdjsonAnswer
from continuation.outcomes import Evidence
from continuation.whole_files import read_whole_files
from ndjson import Create, Parsed, Partial, Rejected, Unfinished, instructions

if TYPE_CHECKING:
    from continuation.answer import Amount
    from continuation.found_files import UnfinishedFile, WholeFiles
    from ndjson import FileOperation


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What the parts of an answer of whole files hold together.

    Attributes:
        found: The operations, as an answer in NDJSON.
        told: Whether the model has shown that it knows that format.
    """

    found: NdjsonAnswer = field(default_factory=NdjsonAnswer)
    told: bool = False

    @property
    def operations(self) -> tuple[FileOperation, ...]:
        """The complete files, and what came as NDJSON."""
        return self.found.operations

    @property
    def text(self) -> str:
        """The operations as NDJSON."""
        return self.found.text

    @property
    def proven(self) -> bool:
        """Whether every seam within a file is proved."""
        return self.found.proven

    @property
    def rejected(self) -> tuple[str, ...]:
        """What the last part had wrong, in words."""
        return self.found.rejected

    @property
    def dropped(self) -> int:
        """UTF-8 bytes of the last part of which nothing is kept."""
        return self.found.dropped

    @property
    def notes(self) -> tuple[str, ...]:
        """What was dropped or tolerated, for people."""
        return self.found.notes

    def joined(self, text: str, *, cut: bool) -> FileAnswer:
        """With the next part: whole files at first, NDJSON after it; or whole files again.

        Raises:
            LimitExceeded: It is larger or deeper than `ndjson` reads.
            SeamMismatch: It cannot be joined with certainty.
        """
        if self.found.last.text:
            later = self.found.joined(text, cut=cut)
            if later.amount().beyond(self.found.amount()) or not _has_files(text, cut=cut):
                return FileAnswer(later, told=self.told or later.kept != self.found.kept)
        return FileAnswer(self._with_files(text, cut=cut), self.told)

    def evidence(self) -> Evidence:
        """Closed: it ended by itself, and not within a file; of NDJSON its ``done`` line came."""
        return self.found.evidence()

    def amount(self) -> Amount:
        """Complete files, and whole lines of the open one."""
        return self.found.amount()

    def missing(self, deliverables: tuple[str, ...]) -> tuple[str, ...]:
        """What is open, what was rejected, and which deliverables are not there."""
        return self.found.missing(deliverables)

    def request_for_rest(self, deliverables: tuple[str, ...], *, ended: bool) -> str:
        """As for NDJSON, which has to be explained first."""
        asked = self.found.request_for_rest(deliverables, ended=ended)
        if self.told:
            return asked
        return f"{asked}\n\nFrom here on the format is this one:\n\n{instructions()}"

    def _with_files(self, text: str, *, cut: bool) -> NdjsonAnswer:
        part = read_whole_files(text, cut=cut)
        answer = self.found.with_partial(_as_partial(part, cut=cut))
        new = answer.kept[len(self.found.kept) :]
        used = sum(len(one.content.encode()) for one in new if isinstance(one, Create))
        if part.unfinished is not None and answer.file is not None:
            used += len(part.unfinished.operation.content.encode())
        return replace(
            answer,
            last=Evidence(text=bool(text.strip()), closed=answer.last.closed),
            dropped=max(len(text.encode(errors="replace")) - used, 0),
            notes=(*answer.notes, *part.reports),
        )


def _as_partial(part: WholeFiles, *, cut: bool) -> Partial:
    """What was read as if it had come as operations; an answer of files is closed by its end."""
    whole = not cut and part.unfinished is None
    return Partial(
        parsed=tuple(Parsed(one, 0, (0, 0)) for one in part.operations),
        unfinished=_unfinished(part.unfinished) if part.unfinished else None,
        meta=None,
        done=None,
        cut_reasons=() if whole else ("no end",),
        rejected=tuple(Rejected(0, reason, "") for reason in part.rejected),
        rejected_count=len(part.rejected),
        notes=(),
        note_count=0,
        warnings=(),
    )


def _unfinished(file: UnfinishedFile) -> Unfinished:
    content = file.operation.content
    return Unfinished(
        kind="create",
        path=file.operation.path,
        content=content,
        last_line=content[:-1].rpartition("\n")[2] if content else None,
        after=None,
        overwrite=file.operation.overwrite,
        raw="",
        line=0,
        fragment=file.fragment,
    )


def _has_files(text: str, *, cut: bool) -> bool:
    part = read_whole_files(text, cut=cut)
    return bool(part.operations or part.unfinished)
