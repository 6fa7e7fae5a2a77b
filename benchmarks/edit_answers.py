"""Structured edits made from real source files: what the benchmarks of reading answers read."""

from __future__ import annotations

import random
import sysconfig
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ndjson import Create, Delete, InsertAfter, Modify, Rename, Replace
from ndjson.operations import encode_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ndjson import FileOperation

MEGABYTE = 1_000_000

SEED = 20_261_121
"""Fixes the order of the files, so that packages mix and two runs read the same."""

EDITS = 3
"""Edits of a modify."""

EDITED_LINES = 3
"""Lines that an edit replaces, as many as a hunk of a typical commit."""

CYCLE = ("create", "create", "modify", "create", "modify", "create", "rename", "create", "delete")
"""The kinds of operations, over and over: most bytes are those of whole files."""


def source_files(folder: Path | None = None) -> Iterator[tuple[str, str]]:
    """The Python files of the installed packages, or below a folder: path and text, mixed."""
    root = folder or Path(sysconfig.get_path("purelib"))
    paths = sorted(root.rglob("*.py"))
    random.Random(SEED).shuffle(paths)
    for path in paths:
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue  # a test file of some package, in an older encoding
        yield path.relative_to(root).as_posix(), text


def operations(files: Sequence[tuple[str, str]], megabytes: float) -> list[FileOperation]:
    """Operations until their lines make so many megabytes; no two of them are equal.

    Raises:
        ValueError: There are no files.
    """
    if not files:
        raise ValueError("files: expected at least one source file")
    made, left = [], megabytes * MEGABYTE
    for number in count():
        turn, index = divmod(number, len(files))
        path, text = files[index]
        made.append(operation(number, f"round_{turn}/{path}", text))
        left -= len(encode_one(made[-1]).encode()) + 1
        if left <= 0:
            return made
    raise AssertionError("counting never ends")


def operation(number: int, path: str, text: str) -> FileOperation:
    """What the ``number``-th operation does to a file."""
    kind = CYCLE[number % len(CYCLE)]
    lines = text.splitlines(keepends=True)
    if kind == "rename":
        return Rename(path=path, to=f"renamed/{path}")
    if kind == "delete":
        return Delete(path=path)
    if kind == "create" or len(lines) < 2 * EDITS:
        return Create(path=path, content=text)
    return Modify(path=path, edits=tuple(edits(lines)))


def edits(lines: Sequence[str]) -> Iterator[Replace | InsertAfter]:
    """Edits of a few lines each, spread over a file."""
    for number in range(EDITS):
        first = number * len(lines) // EDITS
        old = "".join(lines[first : first + EDITED_LINES])
        if number % 2:
            yield InsertAfter(anchor=old, content=lines[-1 - number])
        else:
            yield Replace(old=old, new=old.replace("self", "this").replace("    ", "  "))
