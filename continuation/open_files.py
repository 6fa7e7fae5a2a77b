"""The file in which an NDJSON answer was cut off, and how what comes next goes on with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from continuation.errors import SeamMismatch, shown
from continuation.indentation import doubt_of_indentation
from continuation.part import Part
from continuation.seam import find_seam, joined
from ndjson import Continue, Create

if TYPE_CHECKING:
    from continuation.seam import Seam
    from ndjson import FileOperation, Unfinished

_WANTED = "a continue, or a create that begins with what was kept"


@dataclass(frozen=True, slots=True)
class ClosedSeam:
    """Where two parts of a file were joined.

    Attributes:
        place: The characters before it.
        known: What was known of those after it: the second part began with that as well.
    """

    place: int
    known: str

    def doubt(self, content: str) -> str | None:
        """Why the whole file may be joined wrongly here, in words; None: the parts prove it."""
        before, after = content[: self.place], content[self.place :]
        if self.known.strip():
            doubt = doubt_of_indentation(before, after, shown=self._shows_white_space)
            found = f"it may be indented otherwise than before: {doubt}" if doubt else ""
        else:
            found = "nothing shows that it goes on here"
        line = before.count("\n") + 1
        return f"from line {line:,} on: {found}" if found else None

    @property
    def _shows_white_space(self) -> bool:
        lines = (line for line in self.known.split("\n") if line.strip())
        return any(line.startswith((" ", "\t")) for line in lines)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A create or continue that was cut off.

    Attributes:
        operation: It, with the content that is kept: whole source lines.
        fragment: What came after them.
        seams: Where parts of it were joined.
    """

    operation: Create | Continue
    fragment: str = ""
    seams: tuple[ClosedSeam, ...] = ()

    @property
    def path(self) -> str:
        """The file."""
        return self.operation.path

    @property
    def part(self) -> Part:
        """The piece of the file that is kept."""
        return Part(self.operation.content, self.fragment)

    def kept_to(self, content: str, fragment: str, *seams: ClosedSeam) -> OpenFile:
        """With other content, and with a fragment that can tell the line that comes next."""
        part = Part(content, fragment).telling
        operation = self.operation.model_copy(update={"content": part.content})
        return OpenFile(operation, part.fragment, (*self.seams, *seams))

    def doubts(self) -> tuple[str, ...]:
        """Why what was joined may be wrong, in words."""
        found = (seam.doubt(self.operation.content) for seam in self.seams)
        return tuple(f"{self.path}, {one}" for one in found if one)


def completed(file: OpenFile, arrived: FileOperation) -> OpenFile:
    """The open file with the operation that finishes it: nothing of it is open then.

    Raises:
        SeamMismatch: They cannot be joined with certainty.
    """
    if isinstance(arrived, Continue):
        seam = find_seam(file.path, file.part, arrived.after, arrived.content)
        return _whole(file, joined(file.part, seam, arrived.content), _closed(file, seam))
    begun = isinstance(file.operation, Create)
    if begun and isinstance(arrived, Create) and arrived.content.startswith(file.part.text):
        return _whole(replace(file, seams=()), arrived.content)
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
    return file.kept_to(content, arrived.fragment, _closed(file, seam))


def _created_again(file: OpenFile, arrived: Part) -> OpenFile:
    """The file from its beginning once more: the longer one, if one begins with the other."""
    known = file.part.text
    if arrived.text.startswith(known):
        return replace(file, seams=()).kept_to(arrived.content, arrived.fragment)
    if known.startswith(arrived.text):
        return file
    raise SeamMismatch(file.path, _WANTED, f"a create that begins {shown(arrived.text)}")


def _closed(file: OpenFile, seam: Seam) -> ClosedSeam:
    return ClosedSeam(seam.kept, file.part.text[seam.kept :])


def _whole(file: OpenFile, content: str, *seams: ClosedSeam) -> OpenFile:
    operation = file.operation.model_copy(update={"content": content})
    return OpenFile(operation, seams=(*file.seams, *seams))


def opened(unfinished: Unfinished | None) -> OpenFile | None:
    """What can be gone on with; a file of which no whole line came is asked for again."""
    if unfinished is None or unfinished.path is None or not unfinished.content:
        return None
    path, content = unfinished.path, unfinished.content
    if unfinished.kind == "create":
        begun: Create | Continue = Create(path=path, overwrite=unfinished.overwrite, content="")
    elif unfinished.kind == "continue" and unfinished.after is not None:
        begun = Continue(path=path, after=unfinished.after, content="")
    else:
        return None
    return OpenFile(begun).kept_to(content, unfinished.fragment)
