"""What an author is to write, all in all, and how the whole of it looks in each format."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Operation = dict[str, Any]
Format = Literal["ndjson", "diff", "whole_file", "text"]
Shape = Literal["fences", "json"]

SUMMARY = "The changes that were asked for."


@dataclass(frozen=True, slots=True)
class Target:
    """The whole answer that an author has in mind.

    Attributes:
        format: How it is written.
        operations: Canonical ones, without ``meta`` and ``done``: of the formats ``ndjson`` and
            ``whole_file``.
        text: Of the formats ``diff`` (a unified diff) and ``text``.
        shape: Of whole files: in fences, or as one JSON document.
        repeated_characters: Plain text goes on so many characters before where it stood.
        renumbers: A diff that goes on starts to count its new lines afresh.
    """

    format: Format
    operations: tuple[Operation, ...] = ()
    text: str = ""
    shape: Shape = "fences"
    repeated_characters: int = 0
    renumbers: bool = False

    @classmethod
    def ndjson(cls, operations: str | Iterable[Operation]) -> Target:
        """Operations, as dictionaries or as lines of NDJSON; ``meta`` and ``done`` are left out."""
        return cls("ndjson", tuple(_file_operations(operations)))

    @classmethod
    def whole_files(cls, operations: str | Iterable[Operation], shape: Shape = "fences") -> Target:
        """Whole files.

        Raises:
            ValueError: An operation is no create: only files can be written whole.
        """
        found = tuple(_file_operations(operations))
        other = next((one for one in found if one["type"] != "create"), None)
        if other is not None:
            raise ValueError(f"operations: expected creates only, found a {other['type']}")
        return cls("whole_file", found, shape=shape)

    @classmethod
    def diff(cls, text: str, *, renumbers: bool = False) -> Target:
        """A unified diff."""
        return cls("diff", text=text, renumbers=renumbers)

    @classmethod
    def plain(cls, text: str, *, repeated_characters: int = 0) -> Target:
        """Plain text."""
        return cls("text", text=text, repeated_characters=repeated_characters)

    def whole(self) -> str:
        """The answer, if it is written without a break."""
        match self.format:
            case "ndjson":
                return ndjson_text(self.operations, len(self.operations))
            case "whole_file":
                return "".join(one.text for one in whole_file_parts(self))
            case _:
                return self.text


def operation_line(operation: Mapping[str, Any]) -> str:
    r"""The line of an operation, with its ``\n``."""
    return json.dumps(operation, ensure_ascii=False, separators=(",", ":")) + "\n"


def ndjson_text(operations: Iterable[Operation], count: int) -> str:
    """A whole NDJSON answer that says that it has ``count`` operations."""
    meta = {"type": "meta", "summary": SUMMARY, "operations": count}
    return "".join(map(operation_line, (meta, *operations, done(count))))


def done(count: int) -> Operation:
    """The last line of an NDJSON answer."""
    return {"type": "done", "operations": count}


def content_of(operation: Mapping[str, Any]) -> str:
    """What a create or a continue writes, in whichever of its forms."""
    if "lines" in operation:
        return "".join(f"{line}\n" for line in operation["lines"])
    return str(operation.get("content", ""))


@dataclass(frozen=True, slots=True)
class FilePart:
    """A piece of an answer of whole files.

    Attributes:
        text: The piece.
        begin: Where the content of a file begins in it; -1: there is none.
        end: Where the content ends.
    """

    text: str
    begin: int = -1
    end: int = -1


def whole_file_parts(target: Target) -> Iterator[FilePart]:
    """The answer in pieces, one for each file; more before and after in one JSON document."""
    if target.shape == "fences":
        yield from (_fenced(one) for one in target.operations)
        return
    yield FilePart('{"files":[\n')
    for number, operation in enumerate(target.operations):
        yield _entry(operation, ",\n" if number < len(target.operations) - 1 else "\n")
    yield FilePart("]}\n")


def _fenced(operation: Operation) -> FilePart:
    content = content_of(operation)
    runs = re.findall(r"^`{3,}", content, re.MULTILINE)
    fence = "`" * max([3, *(len(run) + 1 for run in runs)])
    language = operation["path"].rpartition(".")[2] if "." in operation["path"] else ""
    opening = f"{operation['path']}\n{fence}{language}\n"
    body = content if content.endswith("\n") or not content else f"{content}\n"
    return FilePart(f"{opening}{body}{fence}\n\n", len(opening), len(opening) + len(body))


def _entry(operation: Operation, closing: str) -> FilePart:
    head = {"path": operation["path"], "mode": "create"}
    opening = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1] + ',"new_content":"'
    body = json.dumps(content_of(operation), ensure_ascii=False)[1:-1]
    return FilePart(f'{opening}{body}"}}{closing}', len(opening), len(opening) + len(body))


def _file_operations(operations: str | Iterable[Operation]) -> Iterator[Operation]:
    if isinstance(operations, str):
        operations = [json.loads(line) for line in operations.split("\n") if line]
    return (one for one in operations if one["type"] not in ("meta", "done"))
