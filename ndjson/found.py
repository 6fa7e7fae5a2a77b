"""What `documents` finds in an answer: whole values, and where the text stops being JSON."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A whole JSON value that should be an operation.

    Attributes:
        data: Its bytes.
        line: The line on which it begins.
        span: Its first byte and the one after its last in the answer.
        lines: How many lines it goes over.
        listed: Whether it stands in a list.
    """

    data: bytes
    line: int
    span: tuple[int, int]
    lines: int
    listed: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the text stops being JSON.

    Attributes:
        line: The line on which the broken value begins.
        reason: What is wrong.
        data: The bytes of the value as far as they were read.
        reread: Whether the line that was fed does not belong to it, and is to be read afresh.
        in_string: Whether the line ended within a string.
    """

    line: int
    reason: str
    data: bytes
    reread: bool
    in_string: bool
