"""Write a history file: one JSON object a line, compressed if its name says so, or not at all."""

from __future__ import annotations

import gzip
import json
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from token_budget.cli.replaced_file import replaced_file

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

    WriteRow = Callable[[Mapping[str, Any]], None]


@contextmanager
def phase_file(path: Path) -> Generator[WriteRow]:
    """A function that writes one row; the file appears under its name when the block ends well.

    The same rows give the same bytes, compressed (``.gz``) or not.

    Raises:
        ConfigError: The file cannot be written there.
    """
    with (
        replaced_file(path, "argument --output") as target,
        target.opened() as file,
        _compressed(path, file) as lines,
    ):
        yield lambda row: _write_row(lines, row)


def _write_row(lines: IO[bytes] | gzip.GzipFile, row: Mapping[str, Any]) -> None:
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    lines.write(text.encode() + b"\n")


@contextmanager
def _compressed(path: Path, file: IO[bytes]) -> Generator[IO[bytes] | gzip.GzipFile]:
    if path.suffix != ".gz":
        yield file
        return
    # Neither name nor time in the header: the same rows are the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as lines:
        yield lines
