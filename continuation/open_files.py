"""The file in which an NDJSON answer was cut off, and how what comes next goes on with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from continuation.errors import SeamMismatch, shown
from continuation.seam import Part, find_seam, joined
from ndjson import Continue, Create

if TYPE_CHECKING:
    from ndjson import FileOperation, Unfinished

_WANTED = "a continue, or a create that begins with what was kept"


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A create or continue that was cut off.

    Attributes:
        operation: It, with the content that is kept: whole source lines.
        fragment: What came of the line after them.
    """

    operation: Create | Continue
    fragment: str = ""

    @property
    def path(self) -> str:
        """The file."""
        return self.operation.path

    @property
    def part(self) -> Part:
        """The piece of the file that is kept."""
        return Part(self.operation.content, self.fragment)


def completed(file: OpenFile, arrived: FileOperation) -> Create | Continue:
    """The open file with the operation that finishes it.

    Raises:
        SeamMismatch: They cannot be joined with certainty.
    """
    if isinstance(arrived, Continue):
        seam = find_seam(file.path, file.part, arrived.after, arrived.content)
        content = joined(file.part, seam, arrived.content)
        return file.operation.model_copy(update={"content": content})
    begun = isinstance(file.operation, Create)
    if begun and isinstance(arrived, Create) and arrived.content.startswith(file.part.text):
        return file.operation.model_copy(update={"content": arrived.content})
    raise SeamMismatch(file.path, _WANTED, f"another {arrived.type}")


def extended(file: OpenFile, unfinished: Unfinished) -> OpenFile:
    """The open file with a part of it that was cut off in its turn.

    Raises:
        SeamMismatch: They cannot be joined with certainty.
    """
    arrived = Part(unfinished.content, unfinished.fragment)
    if unfinished.kind == "create" and isinstance(file.operation, Create):
        return _created_again(file, arrived)
    if unfinished.kind != "continue":
        raise SeamMismatch(file.path, _WANTED, f"a {unfinished.kind or 'broken operation'}")
    if unfinished.after is None or not arrived.text:
        return file  # cut off before it said anything
    seam = find_seam(file.path, file.part, unfinished.after, arrived.text, whole=False)
    content = joined(file.part, seam, arrived.content)
    if file.part.text.startswith(content + arrived.fragment):
        return file  # it was cut off while it repeated
    return _with_content(file, content, arrived.fragment)


def _created_again(file: OpenFile, arrived: Part) -> OpenFile:
    """The file from its beginning once more: the longer one, if one begins with the other."""
    known = file.part.text
    if arrived.text.startswith(known):
        return _with_content(file, arrived.content, arrived.fragment)
    if known.startswith(arrived.text):
        return file
    raise SeamMismatch(file.path, _WANTED, f"a create that begins {shown(arrived.text)}")


def _with_content(file: OpenFile, content: str, fragment: str) -> OpenFile:
    return OpenFile(file.operation.model_copy(update={"content": content}), fragment)


def opened(unfinished: Unfinished | None) -> OpenFile | None:
    """What can be gone on with; a file of which no whole line came is asked for again."""
    if unfinished is None or unfinished.path is None or not unfinished.content:
        return None
    path, content = unfinished.path, unfinished.content
    if unfinished.kind == "create":
        made = Create(path=path, overwrite=unfinished.overwrite, content=content)
        return OpenFile(made, unfinished.fragment)
    if unfinished.kind == "continue" and unfinished.after is not None:
        begun = Continue(path=path, after=unfinished.after, content=content)
        return OpenFile(begun, unfinished.fragment)
    return None
