"""An NDJSON answer in several parts: whole operations are kept, and a file as far as it came."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from continuation.answer import Amount
from continuation.asking import ask_for_rest
from continuation.cut_lines import CutLine, closes, lines_left, with_cut_line
from continuation.open_files import OpenFile, completed, extended, opened
from continuation.open_modifies import OpenModify, opened_modify, resumed
from continuation.outcomes import NOTHING_SEEN, Evidence, evidence_of
from continuation.repeats import repeats_cut_off, without_repeats
from ndjson import Meta, Parser, Rename
from ndjson.operations import encode

if TYPE_CHECKING:
    from ndjson import FileOperation, Partial, Unfinished


@dataclass(frozen=True, slots=True)
class NdjsonAnswer:
    """What the parts of an answer hold together.

    Attributes:
        kept: Whole operations, in their order, each once.
        file: The file in which the last part was cut off.
        modify: The modify in which it was, if an edit of that came whole.
        lines: Lines that were cut off and of which nothing can be kept.
        rejected: What the last part had wrong, in words, or an earlier one after which no operation
            came: those lines are asked for again.
        dropped: UTF-8 bytes of the last part of which nothing is kept.
        last: What the last part shows of itself.
        notes: What was dropped or tolerated.
        doubts: Where what was joined may be wrong, in words.
        summary: What the answer says of itself.
    """

    kept: tuple[FileOperation, ...] = ()
    file: OpenFile | None = None
    modify: OpenModify | None = None
    lines: tuple[CutLine, ...] = ()
    rejected: tuple[str, ...] = ()
    dropped: int = 0
    last: Evidence = NOTHING_SEEN
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    summary: str = ""

    @property
    def operations(self) -> tuple[FileOperation, ...]:
        """Whole operations."""
        return self.kept

    @property
    def text(self) -> str:
        """The whole operations as NDJSON."""
        return encode(self.kept)

    @property
    def proven(self) -> bool:
        """Whether every seam within a file is proved: one that contradicts the parts is refused."""
        return not self.doubts

    def joined(self, text: str, *, cut: bool) -> NdjsonAnswer:
        """With the next part.

        Raises:
            SeamMismatch: It cannot be joined with certainty.
            LimitExceeded: It is larger or deeper than the parser reads.
        """
        parser = Parser()
        parser.feed(text)
        partial = parser.close("max_tokens" if cut else None)
        answer = self.with_partial(partial)
        used = self._used_bytes(partial, answer)
        return replace(answer, dropped=max(len(text.encode(errors="replace")) - used, 0))

    def with_partial(self, partial: Partial) -> NdjsonAnswer:
        """With the next part, parsed; raises as `joined` does."""
        if not self._begun:
            came = partial.operations
            return self._added(partial, came, came, partial.unfinished)
        arrived, file, unfinished, doubts = _file_continued(self.file, partial)
        modify, lines = None, self.lines
        if self.modify is not None:
            found = resumed(self.modify, arrived, unfinished)
            arrived, modify, unfinished = found.operations, found.modify, found.cut
            lines += found.lost
        new = without_repeats(
            self.kept,
            arrived,
            open_paths=self._open_paths(),
            from_the_top=_starts_over(partial),
        )
        dropped = len(arrived) - len(new)
        note = (f"{dropped:,} repeated operations were dropped",) if dropped else ()
        joined = replace(
            self,
            file=file,
            modify=modify,
            lines=lines,
            notes=self.notes + note + doubts,
            doubts=self.doubts + doubts,
        )
        return joined._added(partial, arrived, new, unfinished)

    def evidence(self) -> Evidence:
        """Closed: its ``done`` line came, and no line is open or was rejected."""
        whole = not (self.file or self.modify or self.lines or self.rejected)
        return Evidence(text=self.last.text, closed=self.last.closed and whole)

    def amount(self) -> Amount:
        """Whole operations, whole lines of the open file, and whole edits of the open modify."""
        lines = self.file.part.text.count("\n") if self.file else 0
        edits = self.modify.whole_edits if self.modify else 0
        return Amount(len(self.kept), lines + edits, self.evidence().closed)

    def missing(self, deliverables: tuple[str, ...]) -> tuple[str, ...]:
        """What is open, what was rejected, and which deliverables no operation names."""
        open_file = (f"the rest of {self.file.path}",) if self.file else ()
        open_modify = (str(self.modify),) if self.modify else ()
        open_lines = tuple(str(one) for one in self.lines)
        return (
            *open_file,
            *open_modify,
            *open_lines,
            *self.rejected,
            *self.untouched(deliverables),
        )

    def untouched(self, deliverables: tuple[str, ...]) -> tuple[str, ...]:
        """Those files that no operation names, whole or cut off."""
        targets = {one.to for one in self.kept if isinstance(one, Rename)}
        named = {one.path for one in self.kept} | targets | set(self._open_paths())
        return tuple(path for path in deliverables if path not in named)

    def request_for_rest(self, deliverables: tuple[str, ...], *, ended: bool) -> str:
        """See `continuation.asking`."""
        return ask_for_rest(self, deliverables, ended=ended)

    @property
    def _begun(self) -> bool:
        """Whether anything came before."""
        return bool(self.kept or self.file or self.modify or self.lines)

    def _used_bytes(self, partial: Partial, answer: NdjsonAnswer) -> int:
        """Bytes of a part that say something new."""
        known = set(self.kept)
        spans = (one.span for one in partial.parsed if one.operation not in known)
        whole = sum(end - start + 1 for start, end in spans)
        cut = partial.unfinished
        if cut is None or cut.path is None:
            return whole
        if answer.file is not None and cut.path == answer.file.path:
            again = json.dumps(answer.file.fragment).encode()
            return whole + len(cut.raw.encode()) - len(again) + len('""')
        if answer.modify is not None and cut.path == answer.modify.path:
            return whole + sum(len(edit.model_dump_json().encode()) + 1 for edit in cut.edits)
        return whole

    def _open_paths(self) -> tuple[str, ...]:
        opened = (self.file, self.modify, *self.lines)
        return tuple(one.path for one in opened if one is not None and one.path is not None)

    def _added(
        self,
        partial: Partial,
        came: tuple[FileOperation, ...],
        new: tuple[FileOperation, ...],
        unfinished: Unfinished | None,
    ) -> NdjsonAnswer:
        """With the whole operations of a part: all that came, and what of it is new."""
        last = evidence_of(partial)
        if unfinished is not None and closes(unfinished):
            last = Evidence(text=True, closed=True)
        if unfinished is not None and repeats_cut_off(self.kept, unfinished):
            unfinished = None
        file = self.file or opened(unfinished)
        modify = self.modify
        if modify is None and not (self._begun and _starts_over(partial)):
            modify = opened_modify(unfinished, (*self.kept, *new))
        if modify is not None:
            came += (modify.kept,)
        lines = tuple(lines_left(self.lines, came, partial, closed=last.closed))
        if unfinished is not None and not _is_begun(unfinished, file, modify):
            lines = with_cut_line(lines, unfinished, (*self.kept, *new))
        rejected = tuple(map(str, partial.rejected))
        return replace(
            self,
            kept=self.kept + new,
            file=file,
            modify=modify,
            lines=lines,
            rejected=rejected or (self.rejected if not new else ()),
            last=last,
            summary=self.summary or (partial.meta.summary if partial.meta else ""),
        )


class _Continued(NamedTuple):
    """A part whose continue was joined to the open file.

    Attributes:
        arrived: Its operations; the one that finishes the file is the whole of it.
        file: What stays open.
        unfinished: The operation in which the part was cut off, unless it is that file.
        doubts: Where the finished file may be joined wrongly.
    """

    arrived: tuple[FileOperation, ...]
    file: OpenFile | None
    unfinished: Unfinished | None
    doubts: tuple[str, ...] = ()


def _file_continued(file: OpenFile | None, partial: Partial) -> _Continued:
    arrived, cut = list(partial.operations), partial.unfinished
    if file is None:
        return _Continued(tuple(arrived), None, cut)
    for place, one in enumerate(arrived):
        if one.path == file.path:
            whole = completed(file, one)
            arrived[place] = whole.operation
            return _Continued(tuple(arrived), None, cut, whole.doubts())
    if cut is not None and cut.path == file.path:
        return _Continued(tuple(arrived), extended(file, cut), None)
    if cut is not None and cut.kind == "continue" and cut.path is None:
        cut = None  # cut off before it named the file, which can only be this one
    return _Continued(tuple(arrived), file, cut)


def _starts_over(partial: Partial) -> bool:
    """Whether a part opens like a new answer: it may be another version of the first one."""
    return bool(partial.parsed) and isinstance(partial.parsed[0].operation, Meta)


def _is_begun(cut: Unfinished, file: OpenFile | None, modify: OpenModify | None) -> bool:
    """Whether something is kept of an operation that was cut off."""
    if cut.kind == "modify":
        return modify is not None and modify.path == cut.path
    return file is not None and file.path == cut.path
