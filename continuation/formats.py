"""The formats of answers, each with the answer that it starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from continuation.ndjson_answer import NdjsonAnswer

if TYPE_CHECKING:
    from continuation.answer import Answer, Format


def empty_answer(format: Format) -> Answer:  # noqa: A002 - the field's own word
    """The answer before its first part.

    Raises:
        ValueError: The format is none that is known.
    """
    match format:
        case "ndjson":
            return NdjsonAnswer()
    raise ValueError(f"format: expected one of ndjson, found {format!r}")
