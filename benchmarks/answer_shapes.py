"""Answers in every shape that models give them, with what has arrived at each of their bytes.

Written by the standard library alone, so that what the parser makes of a cut is judged by something
that shares no code with it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ndjson import Create

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ndjson import FileOperation

SHAPES = (
    "ndjson",
    "ndjson, ASCII",
    "ndjson with lines",
    "in a fence, with prose",
    "all on one line",
    "pretty-printed",
    "JSON array",
    '{"operations": [...]}',
    '{"files": [...]}',
)

BY_LINE = SHAPES[:4]
"""The shapes in which every line is an object of its own, or none."""

CONTENT_KEYS = ("content", "new_content", "lines")


@dataclass(frozen=True, slots=True)
class Placed:
    """An operation in the text of an answer.

    Attributes:
        operation: What was written.
        end: The byte after its last.
        begin: The byte at which its content begins; -1 without a content.
        ends: After how many bytes from there each character of the content has arrived.
    """

    operation: FileOperation
    end: int
    begin: int = -1
    ends: tuple[int, ...] = ()

    def arrived(self, cut: int) -> str:
        """The content of a create as far as it has come when the answer ends at byte ``cut``."""
        content = self.operation.content if isinstance(self.operation, Create) else ""
        return content[: bisect_right(self.ends, cut - self.begin)]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of one shape."""

    shape: str
    data: bytes
    placed: tuple[Placed, ...]

    def complete(self, cut: int) -> int:
        """How many operations are whole in the first ``cut`` bytes."""
        return bisect_right([one.end for one in self.placed], cut)


def written(operations: Sequence[FileOperation], shape: str) -> Answer:
    """The answer that holds these operations in this shape."""
    opening, between, closing = _frame(shape, len(operations))
    data, placed = bytearray(opening.encode()), []
    for number, operation in enumerate(operations):
        if number:
            data += between.encode()
        fields = _fields(operation, shape)
        body = _dumps(shape)(fields).encode()
        placed.append(_placed(operation, fields, body, len(data), shape))
        data += body
    return Answer(shape, bytes(data) + closing.encode(), tuple(placed))


def _frame(shape: str, count: int) -> tuple[str, str, str]:
    """What stands before, between and after the operations."""
    meta, done = ({"type": kind, "operations": count} for kind in ("meta", "done"))
    first, last = (f"{_dumps(shape)(one)}\n" for one in (meta, done))
    frames = {
        "in a fence, with prose": (
            f"These are the changes:\n\n```json\n{first}",
            "\n",
            f"\n{last}```\n\nI hope this helps.\n",
        ),
        "all on one line": (first.replace("\n", " "), " ", f" {last}"),
        "JSON array": ("[\n", ",\n", "\n]\n"),
        '{"operations": [...]}': ('{"summary": "A change", "operations": [\n', ",\n", "\n]}\n"),
        '{"files": [...]}': ('{"summary": "A change", "files": [\n', ",\n", "\n]}\n"),
    }
    return frames.get(shape, (first, "\n", f"\n{last}"))


def _dumps(shape: str) -> Callable[[object], str]:
    pretty = shape not in BY_LINE and shape != "all on one line"
    encoder = json.JSONEncoder(
        ensure_ascii=shape == "ndjson, ASCII",
        indent=2 if pretty else None,
        separators=None if pretty else (",", ":"),
    )
    return encoder.encode


def _fields(operation: FileOperation, shape: str) -> dict[str, Any]:
    fields = operation.model_dump(mode="json")
    if isinstance(operation, Create):
        del fields["overwrite"]
        if shape == "ndjson with lines" and operation.content.endswith("\n"):
            fields["lines"] = fields.pop("content").removesuffix("\n").split("\n")
    if shape == '{"files": [...]}':
        return _file_entry(operation, fields)
    return fields


def _file_entry(operation: FileOperation, fields: dict[str, Any]) -> dict[str, Any]:
    """An entry of a list of files: a mode for a type, and a new content."""
    entry = {"path": fields.pop("path"), "mode": fields.pop("type"), **fields}
    if isinstance(operation, Create):
        entry["new_content"] = entry.pop("content")
    return entry


def _placed(
    operation: FileOperation, fields: dict[str, Any], body: bytes, offset: int, shape: str
) -> Placed:
    end = offset + len(body)
    name, value = list(fields.items())[-1]
    if name not in CONTENT_KEYS:
        return Placed(operation, end)
    encode = _dumps(shape)
    sizes = _line_sizes(value, encode) if name == "lines" else _sizes(value, encode)
    begin = body.rindex(encode(value).encode()) + 1
    return Placed(operation, end, offset + begin, tuple(accumulate(sizes)))


def _sizes(text: str, encode: Callable[[object], str]) -> Iterator[int]:
    """The bytes of every character of a string, without its quotes."""
    return (len(encode(character).encode()) - 2 for character in text)


def _line_sizes(lines: Sequence[str], encode: Callable[[object], str]) -> Iterator[int]:
    """The bytes with which every character of a list of lines comes.

    The first of a line brings the opening quote and the comma before it; the line feed is the
    closing quote.
    """
    for number, line in enumerate(lines):
        opening = 2 if number else 1
        for size in _sizes(line, encode):
            yield opening + size
            opening = 0
        yield opening + 1
