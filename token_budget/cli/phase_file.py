"""Write a history file: one JSON object a line, compressed if its name says so, or not at all."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from token_budget.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    WriteRow = Callable[[Mapping[str, Any]], None]


@contextmanager
def phase_file(path: Path) -> Generator[WriteRow]:
    """A function that writes one row; the file appears under its name when the block ends well.

    The same rows give the same bytes, compressed (``.gz``) or not.

    Raises:
        ConfigError: The file cannot be written there.
    """
    try:
        with _replacing(path) as file, _compressed(path, file) as lines:
            yield lambda row: _write_row(lines, row)
    except OSError as error:
        raise ConfigError(
            f"cannot be written: {error.strerror or error}", "argument --output", str(path)
        ) from error


def _write_row(lines: IO[bytes] | gzip.GzipFile, row: Mapping[str, Any]) -> None:
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    lines.write(text.encode() + b"\n")


@contextmanager
def _replacing(path: Path) -> Generator[IO[bytes]]:
    """A temporary file beside ``path`` that takes its place when the block ends well."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # as other files: mkstemp's are for the owner's eyes only
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _compressed(path: Path, file: IO[bytes]) -> Generator[IO[bytes] | gzip.GzipFile]:
    if path.suffix != ".gz":
        yield file
        return
    # Neither name nor time in the header: the same rows are the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as lines:
        yield lines
