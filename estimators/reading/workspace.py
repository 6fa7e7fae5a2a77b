"""What deliverables need to know of a workspace, and how to ask it safely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from estimators.errors import DeliverableError
from estimators.reading.paths import safe_relative_path

if TYPE_CHECKING:
    from collections.abc import Sequence

MAXIMUM_PATH_BYTES = 4096
"""The longest path that a file system opens: bytes; PATH_MAX of Linux, more than elsewhere."""

MAXIMUM_NAME_BYTES = 255
"""The longest name of one file or directory: bytes; NAME_MAX of Linux, macOS and NTFS (units)."""


class WorkspaceView(Protocol):
    """The files of a workspace; paths are POSIX, relative to it and normal."""

    def exists(self, path: str) -> bool:
        """Whether ``path`` is a file."""
        ...

    def is_directory(self, path: str) -> bool:
        """Whether ``path`` is a directory."""
        ...

    def expand(self, pattern: str) -> Sequence[str]:
        """The files below a directory, or those that match a glob; sorted."""
        ...

    def tokens(self, path: str) -> int | None:
        """``cl100k_base`` tokens of the file; None if it is absent or not text."""
        ...


def has_file(workspace: WorkspaceView | None, text: str) -> bool:
    """Whether any ``text``, a path or not, is the name of a file."""
    if workspace is None:
        return False
    path = _askable(text)
    return path is not None and workspace.exists(path)


def has_directory(workspace: WorkspaceView | None, text: str) -> bool:
    """Whether any ``text``, a path or not, is the name of a directory."""
    if workspace is None:
        return False
    path = _askable(text)
    return path is not None and workspace.is_directory(path)


def _askable(text: str) -> str | None:
    """The normal form of ``text``; None if no file system can hold a file of that name."""
    if len(text) > MAXIMUM_PATH_BYTES:
        return None
    try:
        path = safe_relative_path(text)
    except DeliverableError:
        return None
    longest = max(map(len, path.encode().split(b"/")))
    return path if longest <= MAXIMUM_NAME_BYTES else None
