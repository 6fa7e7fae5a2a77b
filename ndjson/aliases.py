"""Other names that models give to the fields, and the one name that is written.

Models misname fields often enough that refusing them would cost whole answers. An alias is only
another name: where it stands beside its canonical name, both must hold the same value.
Any other field that an operation does not have is refused, but for a few that only explain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ndjson.errors import InvalidOperation, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

ALIASES: Mapping[str, str] = {
    "op": "type",
    "file_path": "path",
    "filename": "path",
    "new_content": "content",
    "old_text": "old",
    "old_str": "old",
    "old_string": "old",
    "search": "old",
    "new_text": "new",
    "new_str": "new",
    "new_string": "new",
    "replace": "new",
}
"""The canonical name of each alias, in operations and in edits alike."""

REMARKS = frozenset(("comment", "description", "explanation", "language", "rationale", "reason"))
"""Fields that models add for people. They say nothing of what is done, and are passed over."""


def canonical_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields under their canonical names, without remarks.

    Raises:
        InvalidOperation: Two names of one field hold different values.
    """
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if name in REMARKS:
            continue
        canonical = ALIASES.get(name, name)
        if canonical in found and found[canonical] != value:
            raise InvalidOperation(f"two names of the field {shown(canonical)} differ in value")
        found[canonical] = value
    return found


def joined_lines(fields: dict[str, Any]) -> dict[str, Any]:
    r"""The fields with ``lines`` read as ``content``: joined by ``\n``, with a final one.

    No lines are an empty content. A ``\n`` within a line is kept as it is.

    Raises:
        InvalidOperation: ``lines`` are not a list of strings, or stand beside ``content``.
    """
    if "lines" not in fields:
        return fields
    lines = fields["lines"]
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise InvalidOperation("lines: expected a list of strings")
    content = "".join(f"{line}\n" for line in lines)
    if fields.get("content", content) != content:
        raise InvalidOperation("content and lines differ; give one of them")
    return {**{name: v for name, v in fields.items() if name != "lines"}, "content": content}
