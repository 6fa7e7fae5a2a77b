r"""What is left of the object in which an answer was cut off.

jiter decodes a cut text without guessing: an escape, a surrogate pair or a UTF-8 sequence that is
not whole is left out. Fields count only when they came whole. Two count as far as they came: of the
content of a create or continue the whole source lines, each with its ``\n``, and the fragment after
them; of the edits of a modify those that were closed.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any, Literal

import jiter

from ndjson.aliases import canonical_fields
from ndjson.edits import EDIT_TYPES
from ndjson.errors import InvalidOperation
from ndjson.file_entries import operation_fields
from ndjson.operations import Meta, Modify, decode_fields
from ndjson.partial import Unfinished

if TYPE_CHECKING:
    from ndjson.edits import Edit

_FIELD_TYPES: dict[str, dict[str, type]] = {
    "create": {"path": str, "overwrite": bool, "content": str, "lines": list},
    "continue": {"path": str, "after": str, "content": str, "lines": list},
}
"""The fields of the kinds whose content is kept, with the type of each."""


def salvage(data: bytes, line: int, *, listed: bool) -> Unfinished:
    """What is left of a cut object.

    Args:
        data: Its bytes as far as they came.
        line: The line on which it begins.
        listed: Whether it stands in a list, where an entry may have a ``mode`` for a type, or
            neither. What it means is known only once a content has begun, or edits have.
    """
    whole, trailing = _fields(data, "on"), _fields(data, "trailing-strings")
    if listed and {"content", "lines", "edits"} & trailing.keys():
        whole = _entry_fields(whole)
    kind = whole.get("type")
    kind = kind if isinstance(kind, str) else None
    # One edit with the path of its file is a modify.
    kind = "modify" if kind in EDIT_TYPES else kind
    path = whole.get("path")
    kept = kind is not None and _can_become_valid(whole, kind)
    content, fragment = _content(whole, trailing) if kept else ("", "")
    after = whole.get("after")
    return Unfinished(
        kind=kind,
        path=path if isinstance(path, str) else None,
        content=content,
        last_line=_last_line(content),
        after=after if isinstance(after, str) else None,
        overwrite=whole.get("overwrite") is True,
        raw=without_cut_character(data),
        line=line,
        fragment=fragment,
        edits=_whole_edits(data, whole),
    )


def without_cut_character(data: bytes) -> str:
    """``data`` as text; the bytes of a half character at its end are left out."""
    return codecs.getincrementaldecoder("utf-8")("replace").decode(data)


def _fields(data: bytes, mode: Literal["on", "trailing-strings"]) -> dict[str, Any]:
    """The fields of the cut object under their canonical names; none when it is broken as well."""
    try:
        fields = jiter.from_json(
            data, partial_mode=mode, catch_duplicate_keys=True, allow_inf_nan=False
        )
        return canonical_fields(fields) if isinstance(fields, dict) else {}
    except (ValueError, InvalidOperation):
        return {}


def _entry_fields(fields: dict[str, Any]) -> dict[str, Any]:
    try:
        return operation_fields(fields)
    except InvalidOperation:
        return {}


def _can_become_valid(fields: dict[str, Any], kind: str) -> bool:
    types = _FIELD_TYPES.get(kind)
    if types is None or {"content", "lines"} <= fields.keys():
        return False
    return all(
        name == "type" or (name in types and isinstance(value, types[name]))
        for name, value in fields.items()
    )


def _content(whole: dict[str, Any], trailing: dict[str, Any]) -> tuple[str, str]:
    """The content up to its last whole source line, and the fragment after it."""
    if {"content", "lines"} <= trailing.keys():
        return "", ""
    if "lines" in trailing:
        return _joined(whole.get("lines", []), trailing["lines"])
    content = trailing.get("content", "")
    if not isinstance(content, str):
        return "", ""
    end = content.rfind("\n") + 1
    return content[:end], content[end:]


def _whole_edits(data: bytes, fields: dict[str, Any]) -> tuple[Edit, ...]:
    """The edits of a modify that were closed."""
    edits = fields.get("edits")
    if fields.get("type") != "modify" or not isinstance(edits, list):
        return ()
    whole = edits if _ends_after_an_element(data) else edits[:-1]
    try:
        found = decode_fields({"path": "", **fields, "edits": whole})
    except InvalidOperation:
        return ()
    return found.edits if isinstance(found, Modify) else ()


def _ends_after_an_element(data: bytes) -> bool:
    """Whether nothing but closing brackets is lacking, of a list and the object it stands in."""
    text = data.rstrip(b" \t\r\n,")
    return any(_is_json(text + brackets) for brackets in (b"]}", b"}"))


def _is_json(data: bytes) -> bool:
    try:
        jiter.from_json(data)
    except ValueError:
        return False
    return True


def _joined(closed: list[object], begun: list[object]) -> tuple[str, str]:
    """The closed strings of ``lines``, each a source line, and the one that had only begun."""
    if not _all_strings(begun):
        return "", ""
    fragment = begun[len(closed) :]
    return "".join(f"{line}\n" for line in closed), "".join(map(str, fragment))


def _all_strings(values: list[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _last_line(content: str) -> str | None:
    if not content:
        return None
    return content[:-1].rpartition("\n")[2].removesuffix("\r")


def summary_before_list(header: bytes) -> Meta | None:
    """The ``summary`` that a monolithic answer gives before its list."""
    summary = _fields(header, "on").get("summary")
    return Meta(summary=summary) if isinstance(summary, str) else None
