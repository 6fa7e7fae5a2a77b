"""Operations in the monolithic shapes that models fall back to.

``{"files":[{"path","mode","new_content"}]}`` says with ``mode``, or ``action``, what other
operations say with ``type``. A whole new content for a file that may exist is a create that
overwrites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ndjson.aliases import canonical_fields
from ndjson.errors import InvalidOperation, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

LIST_KEYS = frozenset(("operations", "files", "changes"))
"""The keys under which a monolithic answer holds its list."""

MODES: Mapping[str, Mapping[str, object]] = {
    "create": {"type": "create"},
    "add": {"type": "create"},
    "new": {"type": "create"},
    "modify": {"type": "create", "overwrite": True},
    "update": {"type": "create", "overwrite": True},
    "overwrite": {"type": "create", "overwrite": True},
    "replace": {"type": "create", "overwrite": True},
    "write": {"type": "create", "overwrite": True},
    "rename": {"type": "rename"},
    "delete": {"type": "delete"},
    "remove": {"type": "delete"},
}
"""What each ``mode`` means beside a content. With ``edits``, any that overwrites is a modify."""


def operation_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the operation that an entry of a list stands for.

    An entry with a ``type`` is taken as it is. One without a mode is a create that does not
    overwrite: it can add a file, never destroy one.

    Raises:
        InvalidOperation: The mode is unknown, or two names of a field differ.
    """
    fields = canonical_fields({"mode" if name == "action" else name: entry[name] for name in entry})
    if "type" in fields or not {"path", "mode"} & fields.keys():
        return fields
    mode = fields.pop("mode", "create")
    meaning = MODES.get(mode) if isinstance(mode, str) else None
    if meaning is None:
        raise InvalidOperation(
            f"mode: expected one of {', '.join(MODES)}; found {shown(str(mode))}"
        )
    if meaning.get("overwrite") and "edits" in fields:
        meaning = {"type": "modify"}
    if meaning["type"] == "delete" and fields.get("content") in ("", None):
        fields.pop("content", None)
    return {**meaning, **fields}
