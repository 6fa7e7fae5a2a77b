"""The modify in which an NDJSON answer was cut off, and how what comes next goes on with it.

An edit whose object was closed is whole. Whether it is meant still, only the next part can tell: it
must begin with the edit that was cut off, as far as that came. If too little came of that to be
known again, the last whole edit takes its place: it is asked for once more, and must come just as
it was. Edits that are repeated before it are dropped. A part that says anything else of the file
shows no such seam: then nothing of the modify is kept, and it is asked for from its beginning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from continuation.cut_lines import CutLine, begun_edits, sought
from continuation.part import tells
from continuation.seam import overlaps
from ndjson import Modify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ndjson import Edit, FileOperation, Unfinished


@dataclass(frozen=True, slots=True)
class BegunEdit:
    """The edit with which the next part of a modify must begin.

    Attributes:
        fields: Its fields under their canonical names, as far as they came.
        whole: Whether it came whole.
    """

    fields: tuple[tuple[str, str], ...] = ()
    whole: bool = False

    @property
    def tells(self) -> bool:
        """Whether enough is known of it that another edit hardly begins so by chance."""
        written = "".join(text for name, text in self.fields if name != "type")
        return self.whole or tells(written)

    def begins(self, other: BegunEdit) -> bool:
        """Whether another edit, or what came of it, may be this one, come further."""
        if not self.fields:
            return True
        if self.whole:
            return self == other
        *closed, (name, text) = self.fields
        theirs = dict(other.fields)
        same = all(theirs.get(one) == value for one, value in closed)
        return same and name in theirs and theirs[name].startswith(text)


@dataclass(frozen=True, slots=True)
class OpenModify:
    """A modify that was cut off after at least one whole edit.

    Attributes:
        path: The file.
        edits: Its first edits, which are kept if the next part goes on after them.
        begun: The edit after them.
    """

    path: str
    edits: tuple[Edit, ...]
    begun: BegunEdit

    def __str__(self) -> str:
        """What is lacking, in words."""
        return f"the modify of {self.path} from edit {len(self.edits) + 1:,} on"

    @property
    def kept(self) -> Modify:
        """What is kept, as an operation."""
        return Modify(path=self.path, edits=self.edits)

    @property
    def whole_edits(self) -> int:
        """How many edits came whole."""
        return len(self.edits) + self.begun.whole

    @property
    def lost(self) -> CutLine:
        """The same where nothing of it is kept: all of its edits that had begun must come again."""
        begun = sought(dict(self.begun.fields))
        texts = (*(sought(one.model_dump()) for one in self.edits), begun)
        return CutLine("modify", self.path, tuple(text for text in texts if text))


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a part makes of the open modify.

    Attributes:
        operations: Those of the part; the one that goes on with the modify is the whole of it.
        modify: What is open still.
        lost: What has to come again from its beginning.
        cut: The operation in which the part was cut off, unless it is the modify.
    """

    operations: tuple[FileOperation, ...]
    modify: OpenModify | None = None
    lost: tuple[CutLine, ...] = ()
    cut: Unfinished | None = None


def opened_modify(cut: Unfinished | None, kept: Sequence[FileOperation]) -> OpenModify | None:
    """What can be gone on with of an operation that was cut off.

    Args:
        cut: It.
        kept: Whole operations: a modify that repeats an edit of these is none of its own.
    """
    if cut is None or cut.kind != "modify" or cut.path is None or not cut.edits:
        return None
    known = {edit for one in _modifies(kept, cut.path) for edit in one.edits}
    return None if known & set(cut.edits) else _opened(cut.path, cut.edits, _begun(cut))


def resumed(
    modify: OpenModify, operations: Sequence[FileOperation], cut: Unfinished | None
) -> Resumed:
    """The open modify with a part of the answer.

    Args:
        modify: It.
        operations: The whole operations of the part.
        cut: The operation in which the part was cut off.
    """
    theirs = cut if cut and (cut.kind, cut.path) == ("modify", modify.path) else None
    about = [one for one in operations if one.path == modify.path]
    if not about and theirs is None:
        return Resumed(tuple(operations), modify, cut=cut)
    sent = [edit for one in _modifies(about, modify.path) for edit in one.edits]
    arrived = (*sent, *(theirs.edits if theirs else ()))
    begun = _begun(theirs) if theirs else None
    repeated = _repeated(modify, arrived, begun)
    if repeated is None or not all(isinstance(one, Modify) for one in about):
        return Resumed(tuple(operations), lost=(modify.lost,), cut=cut)
    if repeated < len(sent):
        return Resumed(tuple(_completed(modify, operations, repeated)), cut=cut)
    others = tuple(one for one in operations if one.path != modify.path)
    if begun is not None:
        modify = _extended(modify, arrived[repeated:], begun)
    return Resumed(others, modify, cut=None if theirs else cut)


def _opened(path: str, edits: tuple[Edit, ...], begun: BegunEdit) -> OpenModify | None:
    """With an edit to begin with that tells; None: no other one is whole."""
    if not begun.tells:
        edits, begun = edits[:-1], _whole(edits[-1])
    return OpenModify(path, edits, begun) if edits else None


def _repeated(modify: OpenModify, arrived: Sequence[Edit], begun: BegunEdit | None) -> int | None:
    """How many edits at the start of a part are kept already; None: it does not go on."""
    known = modify.edits
    counts = (0, *overlaps(known, arrived))
    fitting = [n for n in counts if n < len(arrived) and modify.begun.begins(_whole(arrived[n]))]
    if len(fitting) == 1:
        return fitting[0]
    again = [n for n in (0, len(known) - len(arrived)) if known[n:][: len(arrived)] == arrived]
    following = {_next(modify, n + len(arrived)) for n in again}
    if fitting or not any(_agree(one, begun or BegunEdit()) for one in following):
        return None
    return len(arrived)


def _next(modify: OpenModify, place: int) -> BegunEdit:
    """The edit that comes after so many."""
    return _whole(modify.edits[place]) if place < len(modify.edits) else modify.begun


def _agree(one: BegunEdit, other: BegunEdit) -> bool:
    return one.begins(other) or other.begins(one)


def _extended(modify: OpenModify, more: tuple[Edit, ...], begun: BegunEdit) -> OpenModify:
    """The modify cut off again, after further edits or in the same one."""
    if more:
        return _opened(modify.path, modify.edits + more, begun) or modify
    further = modify.begun.begins(begun) and not modify.begun.whole
    return OpenModify(modify.path, modify.edits, begun) if further else modify


def _completed(
    modify: OpenModify, operations: Sequence[FileOperation], repeated: int
) -> Iterator[FileOperation]:
    """The operations with what is kept before the first edit that is not repeated."""
    kept = modify.edits
    for one in operations:
        if not isinstance(one, Modify) or one.path != modify.path:
            yield one
            continue
        new, repeated = one.edits[repeated:], max(repeated - len(one.edits), 0)
        if new:
            yield one.model_copy(update={"edits": kept + new})
            kept = ()


def _modifies(operations: Sequence[FileOperation], path: str) -> Iterator[Modify]:
    return (one for one in operations if isinstance(one, Modify) and one.path == path)


def _whole(edit: Edit) -> BegunEdit:
    return BegunEdit(tuple(edit.model_dump().items()), whole=True)


def _begun(cut: Unfinished) -> BegunEdit:
    """The edit in which a modify was cut off, as far as it came."""
    edits = begun_edits(cut.raw)[len(cut.edits) :]
    fields = edits[0].items() if edits else ()
    return BegunEdit(tuple((name, text) for name, text in fields if isinstance(text, str)))
