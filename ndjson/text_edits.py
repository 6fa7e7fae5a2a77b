r"""The edits of one ``modify``, carried out on a text.

Edits apply in their order, each to what those before it left. So an edit may name text that an
earlier edit of the same operation wrote; that is carried out, and reported, because it may also be
a mistake. Texts are put in as they are: no line end is translated and none is added, also where
the file ends its lines with ``\r\n`` or its last line with nothing; both are reported.

Only a match by a looser rung (see `ndjson.matching`) changes what is put in: the new text gets the
indentation and the line ends of the lines that were found, and the result says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ndjson.edits import (
    Append,
    DeleteText,
    Edit,
    InsertAfter,
    InsertBefore,
    Prepend,
    Replace,
    ReplaceAll,
)
from ndjson.errors import AnchorNotFound, InvalidOperation
from ndjson.matching import Match, Matching, find_once, not_found
from ndjson.splices import Splice, Written, spliced, touched_edits, written_after

if TYPE_CHECKING:
    from collections.abc import Sequence

BYTE_ORDER_MARK = "\ufeff"
"""Stays the first character of a file: what is prepended comes after it."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A text after its edits, and what is to be said about them."""

    text: str
    notes: tuple[str, ...]


def edited_text(text: str, edits: Sequence[Edit], path: str, loosest: Matching = "exact") -> Edited:
    """``text`` after all ``edits``.

    Raises:
        AnchorNotFound: An edit's text stands nowhere.
        AmbiguousMatch: An edit's text stands in several places.
        InvalidOperation: An edit's text is empty.
    """
    notes: list[str] = []
    written: list[Written] = []
    for number, edit in enumerate(edits, start=1):
        found = _matched(text, edit, path, loosest)
        splices = _splices(text, edit, path, found)
        remarks = _remarks(text, edit, found, splices, written)
        notes += [f"edit {number}: {remark}" for remark in remarks]
        written = written_after(written, splices, number)
        text = spliced(text, splices)
    return Edited(text, tuple(notes))


def _matched(text: str, edit: Edit, path: str, loosest: Matching) -> Match | None:
    """Where the edit's own text stands; ``None`` for edits that name none, or name all places."""
    wanted = _wanted(edit)
    if wanted == "":
        raise InvalidOperation(f"{path}: the text that {edit.type} looks for is empty")
    if wanted is None or isinstance(edit, ReplaceAll):
        return None
    return find_once(text, wanted, path, loosest)


def _wanted(edit: Edit) -> str | None:
    match edit:
        case Append() | Prepend():
            return None
        case InsertBefore() | InsertAfter():
            return edit.anchor
        case Replace() | ReplaceAll() | DeleteText():
            return edit.old


def _splices(text: str, edit: Edit, path: str, found: Match | None) -> list[Splice]:
    """What the edit changes, from the front to the back of the text, without overlaps."""
    if isinstance(edit, ReplaceAll):
        return _all_places(text, edit, path)
    start, end = _stretch(text, edit, found)
    new = _new(edit)
    return [Splice(start, end, new if found is None else _fitted(text, new, path, found))]


def _stretch(text: str, edit: Edit, found: Match | None) -> tuple[int, int]:
    """The characters that the edit replaces."""
    if found is None:
        mark = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
        return (mark, mark) if isinstance(edit, Prepend) else (len(text), len(text))
    if isinstance(edit, InsertBefore):
        return found.start, found.start
    return (found.end if isinstance(edit, InsertAfter) else found.start), found.end


def _new(edit: Edit) -> str:
    match edit:
        case DeleteText():
            return ""
        case Replace() | ReplaceAll():
            return edit.new
    return edit.content


def _all_places(text: str, edit: ReplaceAll, path: str) -> list[Splice]:
    """Every place of ``old`` from the front, none overlapping the one before; always exact."""
    splices, start = [], text.find(edit.old)
    while start >= 0:
        splices.append(Splice(start, start + len(edit.old), edit.new))
        start = text.find(edit.old, start + len(edit.old))
    if not splices:
        raise AnchorNotFound(path, edit.old, not_found(text, edit.old))
    return splices


def _fitted(text: str, new: str, path: str, found: Match) -> str:
    """``new`` with the indentation and the line ends of the lines that a looser rung found."""
    if found.rung == "exact":
        return new
    lines = new.split("\n")
    if any(line.strip() and not line.startswith(found.removed) for line in lines):
        reason = "lines with less indentation, which cannot be taken away from the new text"
        raise AnchorNotFound(path, new, reason)
    lines = [_shifted(line, found) for line in lines]
    there = text[found.start : found.end].removesuffix("\n").split("\n")
    if "\r\n" in text[found.start : found.end + 2] and all(s.endswith("\r") for s in there[:-1]):
        return "\r\n".join(line.removesuffix("\r") for line in lines)
    return "\n".join(lines)


def _shifted(line: str, found: Match) -> str:
    return found.added + line.removeprefix(found.removed) if line.strip() else line


def _remarks(
    text: str,
    edit: Edit,
    found: Match | None,
    splices: Sequence[Splice],
    written: Sequence[Written],
) -> list[str]:
    """What a reader of the result should know about one edit."""
    remarks = []
    if found is not None and found.rung != "exact":
        line = text.count("\n", 0, found.start) + 1
        remarks.append(f"matched on line {line} only by ignoring {_IGNORED[found.rung]}")
    places = [(s.start, s.end) for s in splices] if found is None else [(found.start, found.end)]
    remarks += [f"its text is what edit {n} wrote" for n in touched_edits(places, written)]
    if all(text[s.start : s.end] == s.new for s in splices):
        remarks.append("changes nothing")
    elif isinstance(edit, Append) and text and not text.endswith("\n"):
        remarks.append("the file's last line has no line end, so the text was added to that line")
    if _mixes_line_ends(text, splices):
        remarks.append(r"writes \n into a file whose lines end with \r\n")
    return remarks


_IGNORED = {
    "trailing": "white space at the ends of lines",
    "indentation": "the indentation of lines",
}


def _mixes_line_ends(text: str, splices: Sequence[Splice]) -> bool:
    crlf = text.count("\r\n")
    if not crlf or crlf != text.count("\n"):
        return False
    return any(splice.new.count("\n") > splice.new.count("\r\n") for splice in splices)
