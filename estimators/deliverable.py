"""What a phase must deliver: one file and what happens to it, or prose that names no file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["create", "modify", "delete", "rename"]


@dataclass(frozen=True, slots=True)
class Deliverable:
    """One entry of a phase's list of deliverables.

    Attributes:
        path: POSIX path relative to the workspace; None for prose that names no path.
        action: What happens to the file; None if neither words nor the workspace tell.
        existing_tokens: ``cl100k_base`` tokens of the file now; 0 for a file to be created; None if
            unknown.
        new_path: Where a renamed file goes, like ``path``.
        note: What stood around the path.
        counts: Numbers with their nouns from the note, such as ``(("tests", 15),)``.
        many: A directory or glob that could not be expanded: files of unknown number.
        text: The entry as it was written.
    """

    path: str | None
    action: Action | None = None
    existing_tokens: int | None = None
    new_path: str | None = None
    note: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    many: bool = False
    text: str = ""
