"""The formats of answers, each with the answer that it starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from continuation.diff_answer import DiffAnswer
from continuation.file_answer import FileAnswer
from continuation.ndjson_answer import NdjsonAnswer
from continuation.text_answer import TextAnswer

if TYPE_CHECKING:
    from continuation.answer import Answer, Format

_EMPTY: dict[Format, Answer] = {
    "ndjson": NdjsonAnswer(),
    "diff": DiffAnswer(),
    "whole_file": FileAnswer(),
    "text": TextAnswer(),
}


def empty_answer(format: Format) -> Answer:  # noqa: A002 - the field's own word
    """The answer before its first part.

    Raises:
        ValueError: The format is none that is known.
    """
    if format not in _EMPTY:
        raise ValueError(f"format: expected one of {', '.join(_EMPTY)}, found {format!r}")
    return _EMPTY[format]
