"""The write-ahead journal of an apply: what is being changed, written before anything is.

It stands in the state folder from before the first temporary file until after the last rename, as
``staging`` while nothing of the workspace has been touched, then as ``committing``.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from ndjson.errors import JournalDamaged
from ndjson.file_state import content_hash
from ndjson.folder import parent_of
from ndjson.model import FormatModel
from ndjson.safe_path import reserved_rule
from ndjson.state_folder import EDITS_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ndjson.results import Change
    from ndjson.state_folder import StateFolder

JOURNAL = "journal"


def _inside(path: str) -> str:
    """``path``, if walking it cannot leave the root or touch what is git's or ours.

    Raises:
        ValueError: It can; a journal comes from the disk, and whoever unpacked it may have lied.
    """
    if any(name in ("", ".", "..") or "\0" in name for name in path.split("/")):
        raise ValueError("not a path below the root")
    if reserved_rule(path):
        raise ValueError("a reserved path")
    return path


PathInside = Annotated[str, AfterValidator(_inside)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Entry(FormatModel):
    """One file that changes: SHA-256 of what it was and of what it becomes; null: not there."""

    path: PathInside
    old: Hash | None
    new: Hash | None


class Journal(FormatModel):
    """All files that change together."""

    version: Literal[1] = 1
    transaction: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    state: Literal["staging", "committing"] = "staging"
    entries: Annotated[tuple[Entry, ...], Field(strict=False)]
    folders: Annotated[tuple[PathInside, ...], Field(strict=False)]

    def staged(self, entry: Entry) -> str:
        """Where the new content waits, beside the file."""
        return self._beside(entry, "new")

    def backup(self, entry: Entry) -> str:
        """Where the old file is kept, beside the file."""
        return self._beside(entry, "old")

    def _beside(self, entry: Entry, end: str) -> str:
        digest = hashlib.sha256(entry.path.encode()).hexdigest()[:16]
        name = f".token-budget-{self.transaction}-{digest}.{end}"
        return f"{parent_of(entry.path)}/{name}".lstrip("/")


def planned(changes: Sequence[Change], is_folder: Callable[[str], bool]) -> Journal:
    """The journal of changes that nothing has been done about yet.

    Args:
        changes: The files, as they are and as they become.
        is_folder: Whether a folder exists.
    """
    entries = tuple(
        Entry(path=c.path, old=content_hash(c.before), new=content_hash(c.after)) for c in changes
    )
    needed = {folder for c in changes if c.after is not None for folder in _folders_above(c.path)}
    return Journal(
        transaction=secrets.token_hex(8),
        entries=entries,
        folders=tuple(folder for folder in sorted(needed) if not is_folder(folder)),
    )


def _folders_above(path: str) -> list[str]:
    names = path.split("/")
    return ["/".join(names[:count]) for count in range(1, len(names))]


def write_journal(state: StateFolder, journal: Journal) -> None:
    """Put the journal on the disk."""
    state.write(JOURNAL, journal.model_dump_json().encode())


def read_journal(state: StateFolder) -> Journal | None:
    """The journal of an apply that did not end; ``None``: there is none.

    Raises:
        JournalDamaged: There is one that cannot be used; nothing was done about it.
    """
    content = state.read(JOURNAL)
    if content is None:
        return None
    try:
        return Journal.model_validate_json(content)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"])) or "the whole"
        raise JournalDamaged(f"{EDITS_FOLDER}/{JOURNAL}", f"{place}: {problem['msg']}") from error
