"""What an answer of whole files holds, whatever it marks its files by: values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ndjson import Create

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ndjson import FileOperation


@dataclass(frozen=True, slots=True)
class UnfinishedFile:
    r"""The file in which the answer ended.

    Attributes:
        operation: It, with its whole source lines: empty, or it ends with ``\n``.
        fragment: What came of the line after them. Evidence only, never to be written.
    """

    operation: Create
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class WholeFiles:
    """What an answer of whole files holds.

    Attributes:
        operations: The complete files. Those from blocks may overwrite.
        unfinished: The file in which it ended.
        reports: What was passed over, for people.
        rejected: What was meant as a file and cannot be read with certainty.
    """

    operations: tuple[FileOperation, ...] = ()
    unfinished: UnfinishedFile | None = None
    reports: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()

    @property
    def holds_files(self) -> bool:
        """Whether anything was meant as a file."""
        return bool(self.operations or self.unfinished or self.rejected)


def whole_lines(text: str, *, cut: bool) -> tuple[list[str], str]:
    """The whole lines of an answer, and what came of the one after them.

    Args:
        text: The answer.
        cut: Whether it was cut off; False: its last line is whole without a line end too.
    """
    lines = text.split("\n")
    fragment = lines.pop()
    if fragment and not cut:
        lines, fragment = [*lines, fragment], ""
    return lines, fragment


def file_of(path: str, lines: Sequence[str]) -> Create:
    """A file that an answer gives whole, and that may be there already."""
    return Create(path=path, content="".join(f"{line}\n" for line in lines), overwrite=True)


def without_doubles(
    files: Sequence[Create],
    unfinished: UnfinishedFile | None,
    reports: Sequence[str],
    rejected: Sequence[str],
) -> WholeFiles:
    """The files; one that is there twice is rejected, unless both are the same."""
    different = list(dict.fromkeys(files))
    paths = [one.path for one in different]
    if unfinished:
        paths.append(unfinished.operation.path)
    twice = {path for path in paths if paths.count(path) > 1}
    more = (f"{path}: there twice, with different contents" for path in sorted(twice))
    if unfinished and unfinished.operation.path in twice:
        unfinished = None
    kept = tuple(one for one in different if one.path not in twice)
    return WholeFiles(kept, unfinished, tuple(reports), (*rejected, *more))
