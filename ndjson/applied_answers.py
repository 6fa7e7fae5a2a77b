"""Which answers were applied, so that one that comes again is known.

An answer is recorded before it is carried out: it counts as applied only while its files are as it
was to leave them, so a record of one that was then undone says nothing.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from ndjson.errors import JournalDamaged
from ndjson.operations import encode
from ndjson.state_folder import EDITS_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ndjson.operations import FileOperation
    from ndjson.state_folder import StateFolder

APPLIED = "applied.json"

MOST_ANSWERS = 200
"""Answers that are remembered, the latest ones: more than one run of a program sends."""

Hashes = dict[str, str | None]
"""SHA-256 of files by path, in hexadecimal; ``None``: the file is not there."""

_ANSWERS = TypeAdapter(dict[str, Hashes])


def answer_digest(operations: Iterable[FileOperation]) -> str:
    """SHA-256 of the canonical text of the operations, in hexadecimal."""
    return hashlib.sha256(encode(operations).encode()).hexdigest()


def record(state: StateFolder, answer: str, result: Hashes) -> None:
    """Remember an answer, and what its files are once it is applied."""
    answers = _recorded(state)
    answers.pop(answer, None)
    latest = [*answers.items(), (answer, result)][-MOST_ANSWERS:]
    state.write(APPLIED, _ANSWERS.dump_json(dict(latest)))


def recorded_result(state: StateFolder, answer: str) -> Hashes | None:
    """What the files of an answer were when it was applied; ``None``: it never was.

    Raises:
        JournalDamaged: The record cannot be read.
    """
    return _recorded(state).get(answer)


def _recorded(state: StateFolder) -> dict[str, Hashes]:
    content = state.read(APPLIED)
    if content is None:
        return {}
    try:
        return _ANSWERS.validate_json(content, strict=True)
    except ValidationError as error:
        reason = "it is no record of applied answers; it may be deleted"
        raise JournalDamaged(f"{EDITS_FOLDER}/{APPLIED}", reason) from error
