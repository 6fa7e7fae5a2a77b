"""The answer format: how a model is asked for it, and how its answer is read and applied.

One JSON object a line, one operation an object. Usable alone: nothing here imports the packages
above. Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ndjson.instructions import INSTRUCTIONS_VERSION, instructions
from ndjson.lazy import lazy_names

if TYPE_CHECKING:
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
    from ndjson.errors import (
        AmbiguousMatch,
        AnchorNotFound,
        Conflict,
        InvalidOperation,
        InvalidPattern,
        JournalDamaged,
        LimitExceeded,
        NdjsonError,
        UnsafePath,
        WorkspaceBusy,
        WriteFailed,
    )
    from ndjson.limits import Limits
    from ndjson.operations import (
        Continue,
        Create,
        Delete,
        Done,
        FileOperation,
        Meta,
        Modify,
        Operation,
        Rename,
        encode,
        json_schema,
    )
    from ndjson.parser import Parser, parse
    from ndjson.partial import Note, Parsed, Partial, Rejected, Unfinished
    from ndjson.results import Applied, Change, Outcome, Preview, Result, Status
    from ndjson.workspace import Workspace

DISTRIBUTION = "token-budget"
"""Who installed this package: another distribution of the same import name exists."""

_NAMES = {
    "edits": "Append DeleteText Edit InsertAfter InsertBefore Prepend Replace ReplaceAll",
    "errors": (
        "AmbiguousMatch AnchorNotFound Conflict InvalidOperation InvalidPattern JournalDamaged "
        "LimitExceeded NdjsonError UnsafePath WorkspaceBusy WriteFailed"
    ),
    "limits": "Limits",
    "operations": (
        "Continue Create Delete Done FileOperation Meta Modify Operation Rename encode json_schema"
    ),
    "parser": "Parser parse",
    "partial": "Note Parsed Partial Rejected Unfinished",
    "results": "Applied Change Outcome Preview Result Status",
    "workspace": "Workspace",
}

_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = [
    "DISTRIBUTION",
    "INSTRUCTIONS_VERSION",
    "AmbiguousMatch",
    "AnchorNotFound",
    "Append",
    "Applied",
    "Change",
    "Conflict",
    "Continue",
    "Create",
    "Delete",
    "DeleteText",
    "Done",
    "Edit",
    "FileOperation",
    "InsertAfter",
    "InsertBefore",
    "InvalidOperation",
    "InvalidPattern",
    "JournalDamaged",
    "LimitExceeded",
    "Limits",
    "Meta",
    "Modify",
    "NdjsonError",
    "Note",
    "Operation",
    "Outcome",
    "Parsed",
    "Parser",
    "Partial",
    "Prepend",
    "Preview",
    "Rejected",
    "Rename",
    "Replace",
    "ReplaceAll",
    "Result",
    "Status",
    "Unfinished",
    "UnsafePath",
    "Workspace",
    "WorkspaceBusy",
    "WriteFailed",
    "encode",
    "instructions",
    "json_schema",
    "parse",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
