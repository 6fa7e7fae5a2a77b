"""The folder below a root where the applier keeps its lock, its journal and what it applied.

``.token-budget/edits/``: not part of the workspace's history, never reached through a link, never
to be named by an operation.
"""

from __future__ import annotations

import errno
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ndjson.errors import Conflict, NdjsonError, WorkspaceBusy
from ndjson.safe_path import STATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ndjson.folder import Root

EDITS_FOLDER = f"{STATE_FOLDER}/edits"
LOCK = "lock"

POLL_SECONDS = 0.02
"""Seconds between two attempts at the lock: short beside an apply, long beside a system call."""


class StateFolder:
    """What the applier keeps for one root."""

    def __init__(self, root: Root) -> None:
        """Name the folder; it is made when something is first kept."""
        self._root = root

    def exists(self) -> bool:
        """Whether anything was ever kept."""
        try:
            return self._root.is_folder(EDITS_FOLDER)
        except OSError as error:
            raise Conflict(EDITS_FOLDER, f"the applier keeps its state there: {error}") from error

    def read(self, name: str) -> bytes | None:
        """What is kept under ``name``; ``None``: nothing."""
        found = self._root.read(f"{EDITS_FOLDER}/{name}")
        return None if found is None else found.content

    def write(self, name: str, content: bytes) -> None:
        """Keep ``content`` under ``name``: wholly, or what was there before; it is on the disk."""
        with self._root.folder(EDITS_FOLDER) as folder:
            write_file(f"{name}.new", content, folder, os.O_TRUNC)
            os.rename(f"{name}.new", name, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)

    def remove(self, name: str) -> None:
        """Keep nothing under ``name`` any more."""
        with self._root.folder(EDITS_FOLDER) as folder:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
            os.fsync(folder)

    @contextmanager
    def locked(self, seconds: float) -> Iterator[None]:
        """Be the only one that writes below the root; the end of a process frees its lock.

        Raises:
            WorkspaceBusy: Another one still does after ``seconds``.
            NdjsonError: This system has no such locks.
        """
        self._make()
        with self._root.folder(EDITS_FOLDER) as folder:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
            lock = os.open(LOCK, flags, 0o666, dir_fd=folder)
        try:
            if not _taken(lock, seconds):
                raise WorkspaceBusy(str(self._root.path), seconds, f"{EDITS_FOLDER}/{LOCK}")
            yield
        finally:
            os.close(lock)

    def _make(self) -> None:
        """Make the folder; what is kept in it is not for version control."""
        if self.exists():
            return
        for parent, name in (("", STATE_FOLDER), (STATE_FOLDER, EDITS_FOLDER.rpartition("/")[2])):
            with self._root.folder(parent) as folder, suppress(FileExistsError):
                os.mkdir(name, dir_fd=folder)
            with (
                self._root.folder(f"{parent}/{name}".lstrip("/")) as folder,
                suppress(FileExistsError),
            ):
                write_file(".gitignore", b"*\n", folder, os.O_EXCL)


def write_file(
    name: str, content: bytes, folder: int, flags: int = os.O_EXCL, mode: int | None = None
) -> None:
    """Write a new file into an open folder, to the disk.

    Args:
        name: Its name; no link is followed.
        content: Its bytes.
        folder: The descriptor of the folder.
        flags: What to do with a file that is there: ``O_EXCL`` or ``O_TRUNC``.
        mode: Its permission bits; ``None``: what the umask leaves of reading and writing.
    """
    opening = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | flags
    descriptor = os.open(name, opening, 0o666 if mode is None else 0o600, dir_fd=folder)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if mode is not None:
            os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _taken(lock: int, seconds: float) -> bool:
    """Whether the lock could be had in time."""
    try:
        import fcntl
    except ImportError as error:
        raise NdjsonError("applying needs file locks (fcntl), which this system lacks") from error
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            if time.monotonic() >= end:
                return False
            time.sleep(POLL_SECONDS)
        else:
            return True
