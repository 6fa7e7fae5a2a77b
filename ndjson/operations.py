"""The operations of an answer, their one canonical text, and their schema.

Seven kinds, told apart by ``type``. Five of them change one file each (`FileOperation`); ``meta``
opens an answer and ``done`` closes it. Paths are relative with forward slashes; whether a path is
safe is for whoever writes it to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import jiter
from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticSerializationError

from ndjson.aliases import canonical_fields, joined_lines
from ndjson.edits import EDIT_TYPES, Edit
from ndjson.errors import InvalidOperation, shown
from ndjson.model import FormatModel, Text


class Meta(FormatModel):
    """Opens an answer: what it does, in a sentence, and how many operations it promises."""

    type: Literal["meta"] = "meta"
    summary: Text = ""
    operations: int | None = None


class Create(FormatModel):
    """Write a new file; over an existing one only when ``overwrite`` says so.

    ``overwrite`` is written before ``content``: it is known when the content is cut off.
    """

    type: Literal["create"] = "create"
    path: Text
    overwrite: bool = False
    content: Text


class Modify(FormatModel):
    """Change an existing file by at least one edit, in their order."""

    type: Literal["modify"] = "modify"
    path: Text
    edits: Annotated[tuple[Edit, ...], Field(strict=False, min_length=1)]


class Continue(FormatModel):
    """Go on with a file that was cut off after the line ``after``, its last kept line."""

    type: Literal["continue"] = "continue"
    path: Text
    after: Text
    content: Text


class Rename(FormatModel):
    """Move a file to the path ``to``."""

    type: Literal["rename"] = "rename"
    path: Text
    to: Text


class Delete(FormatModel):
    """Take a file away."""

    type: Literal["delete"] = "delete"
    path: Text


class Done(FormatModel):
    """Closes an answer; ``operations`` is how many the model believes it gave."""

    type: Literal["done"] = "done"
    operations: int | None = None


FileOperation = Create | Modify | Continue | Rename | Delete
Operation = FileOperation | Meta | Done

SHOWN_PROBLEMS = 3
"""A reason names this many problems of an operation: enough to mend it, short enough to read."""

_ADAPTER: TypeAdapter[Operation] = TypeAdapter(Annotated[Operation, Field(discriminator="type")])


def decode_fields(fields: object) -> Operation:
    """The operation that a decoded JSON object stands for, aliases and ``lines`` read.

    Raises:
        InvalidOperation: It is none; the reason names the field.
    """
    if not isinstance(fields, Mapping):
        raise InvalidOperation("expected a JSON object")
    canonical = joined_lines(canonical_fields(fields))
    if "type" not in canonical:
        raise InvalidOperation(f"the field 'type' is missing from {shown(_names(canonical))}")
    edits = canonical.get("edits")
    if isinstance(edits, list):
        canonical["edits"] = [_canonical_edit(edit) for edit in edits]
    if _is_edit(canonical):
        path = canonical.pop("path")
        canonical = {"type": "modify", "path": path, "edits": [canonical]}
    try:
        return _ADAPTER.validate_python(canonical)
    except ValidationError as error:
        raise InvalidOperation(_reason(error)) from error


def decode_line(text: str | bytes) -> Operation:
    """The operation in a line of NDJSON.

    Raises:
        InvalidOperation: The line is not JSON, holds a key twice, or is no operation.
    """
    return decode_fields(decode_json(text))


def decode_json(text: str | bytes) -> Any:  # noqa: ANN401 - any JSON value
    """One whole JSON value; a key that stands twice, NaN and lone surrogates are errors.

    Raises:
        InvalidOperation: The text is not one JSON value; the reason names line and column.
    """
    try:
        data = text.encode() if isinstance(text, str) else text
        return jiter.from_json(data, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError as error:  # jiter's own, and UnicodeEncodeError
        raise InvalidOperation(f"not valid JSON: {error}") from error


def encode_one(operation: Operation) -> str:
    r"""The canonical line of an operation, without its ``\n``.

    Compact JSON; what is None, and an ``overwrite`` that is false, is left out. Characters outside
    ASCII are written as they are.

    Raises:
        InvalidOperation: It was built unchecked and holds a lone surrogate.
    """
    left_out = {"overwrite"} if isinstance(operation, Create) and not operation.overwrite else None
    try:
        return operation.model_dump_json(exclude_none=True, exclude=left_out)
    except PydanticSerializationError as error:
        raise InvalidOperation(f"cannot be written: {error}") from error


def encode(operations: Iterable[Operation]) -> str:
    r"""The operations as NDJSON: one line each, every line ended by ``\n``.

    Split it on ``\n`` alone: strings may hold U+2028, U+0085 and form feeds as they are.

    Raises:
        InvalidOperation: An operation was built unchecked and holds a lone surrogate.
    """
    return "".join(f"{encode_one(operation)}\n" for operation in operations)


def json_schema() -> dict[str, Any]:
    """The JSON schema of one operation in its canonical form, for prompts and tools."""
    return _ADAPTER.json_schema()


def _is_edit(canonical: Mapping[str, Any]) -> bool:
    """Whether fields are those of one edit with the path of its file: a modify of that edit."""
    kind = canonical["type"]
    return isinstance(kind, str) and kind in EDIT_TYPES and "path" in canonical


def _canonical_edit(edit: object) -> object:
    return canonical_fields(edit) if isinstance(edit, Mapping) else edit


def _names(fields: Mapping[str, Any]) -> str:
    return ", ".join(fields) or "an empty object"


def _reason(error: ValidationError) -> str:
    """What is wrong, one clause a problem, at most three."""
    problems = error.errors(include_url=False)
    return "; ".join(_clause(problem) for problem in problems[:SHOWN_PROBLEMS])


def _clause(problem: ErrorDetails) -> str:
    """Such as ``edits.0.old: Field required``; the tags of the unions are no place."""
    place = ".".join(str(step) for step in problem["loc"][1:])
    return f"{place}: {problem['msg']}" if place else problem["msg"]
