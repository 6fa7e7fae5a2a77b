"""Lines of an NDJSON answer that were cut off and of which nothing can be kept.

They are asked for again. What had come of a modify is remembered all the same: a model that goes on
without an edit that it had begun has skipped it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import jiter

from continuation.errors import shown
from continuation.part import tells
from ndjson import InvalidOperation, Modify
from ndjson.aliases import canonical_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ndjson import Edit, FileOperation, Partial, Unfinished

_DONE = re.compile(r'\{\s*"(?:type|op)"\s*:\s*"do')
"""How the last line of an answer begins, and no other."""

_SOUGHT = ("old", "anchor", "content")
"""The field of an edit that says what it is about: what it looks for, or else what it adds."""


@dataclass(frozen=True, slots=True)
class CutLine:
    """A line that was cut off and of which nothing can be kept.

    Attributes:
        kind: The ``type`` of its operation, as far as known.
        path: Its path, as far as known.
        edits: Of a modify, what each edit that had begun is about, as far as it came.
        partly: Whether others of its edits came again: only these are lacking.
    """

    kind: str | None
    path: str | None
    edits: tuple[str, ...] = ()
    partly: bool = False

    def __str__(self) -> str:
        """The operation in words."""
        named = f"{self.kind or 'an operation'} {self.path or ''}".strip()
        if not self.partly:
            return named
        return f"{named}, the edit of {', and that of '.join(map(shown, self.edits))}"


def closes(cut: Unfinished) -> bool:
    """Whether a line is the ``done`` of its answer, though it was cut off: nothing follows it."""
    return cut.kind == "done" or bool(_DONE.match(cut.raw))


def lines_left(
    lines: Iterable[CutLine], came: Sequence[FileOperation], part: Partial, *, closed: bool
) -> Iterator[CutLine]:
    """What a part still does not have of lines that were cut off.

    Args:
        lines: They.
        came: The operations of the next part, with what they complete.
        part: The next part.
        closed: Whether its answer is closed.
    """
    for line in lines:
        if line.path is None:
            left = _left(line, part, closed=closed)
        else:
            left = _edits_left(line, [one for one in came if one.path == line.path])
        if left is not None:
            yield left


def with_cut_line(
    lines: Sequence[CutLine], cut: Unfinished, kept: Iterable[FileOperation]
) -> tuple[CutLine, ...]:
    """The lines and one more; one that is there already may have come further.

    Args:
        lines: What is open.
        cut: The operation in which a part was cut off.
        kept: Edits in these are not lacking.
    """
    if cut.kind == "meta" or closes(cut):
        return tuple(lines)
    known = _texts(kept, cut.path)
    texts = map(sought, begun_edits(cut.raw)) if cut.kind == "modify" else ()
    begun = _not_among([text for text in texts if text], known)
    for place, line in enumerate(lines):
        if (line.kind, line.path) == (cut.kind, cut.path):
            merged = replace(line, edits=line.edits + _not_among(begun, line.edits))
            return (*lines[:place], merged, *lines[place + 1 :])
    return (*lines, CutLine(cut.kind, cut.path, begun))


def _left(line: CutLine, part: Partial, *, closed: bool) -> CutLine | None:
    """What is still open of a line whose path is not known; None: nothing.

    Any operation of its kind is the answer, unless the part seems to go on with the very next
    character; one of which nothing is known may have been the end of the answer.
    """
    if any(note.kind == "prose" and '"' in note.text for note in part.notes):
        return line
    kinds: set[str | None] = {one.type for one in part.operations}
    if part.unfinished is not None:
        kinds.add(part.unfinished.kind)  # it takes the place of the line
    answered = line.kind in kinds if line.kind else closed or bool(kinds - {None})
    return None if answered else line


def _edits_left(line: CutLine, arrived: Sequence[FileOperation]) -> CutLine | None:
    """A modify is there once every edit that had begun came again."""
    if not arrived:
        return line
    if not all(isinstance(one, Modify) for one in arrived):
        return None
    left = _not_among(line.edits, _texts(arrived, line.path))
    return replace(line, edits=left, partly=True) if left else None


def begun_edits(raw: str) -> list[Mapping[str, Any]]:
    """The edits of a modify that was cut off, the last one as far as it came."""
    try:
        fields = jiter.from_json(raw.encode(errors="replace"), partial_mode="trailing-strings")
    except ValueError:
        return []
    edits = fields.get("edits") if isinstance(fields, dict) else None
    return [_canonical(one) for one in edits or () if isinstance(one, dict)]


def _canonical(edit: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return canonical_fields(edit)
    except InvalidOperation:
        return {}


def sought(edit: Mapping[str, Any]) -> str:
    """What an edit is about: what it looks for, or else what it adds."""
    return next((str(edit[name]) for name in _SOUGHT if name in edit), "")


def _texts(operations: Iterable[FileOperation], path: str | None) -> tuple[str, ...]:
    """What the edits of a file are about."""
    edits: list[Edit] = []
    for one in operations:
        if isinstance(one, Modify) and one.path == path:
            edits.extend(one.edits)
    return tuple(sought(edit.model_dump()) for edit in edits)


def _not_among(texts: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Those that no other text holds; a long enough piece of one is it too, with less around it."""
    return tuple(
        text
        for text in texts
        if not any(text in other or (other in text and tells(other)) for other in others)
    )
