"""Files below one root, reached folder by folder from an open one, never by a whole path.

`Root.resolve` follows links, in our own code, and finds where a path really is; `Root.folder`
then walks there and follows none. So a link that someone swaps in between leads nowhere: what is
opened is below the root at the moment of opening.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ndjson.errors import Conflict, UnsafePath
from ndjson.file_state import FileState

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LINKS = 40
"""Links followed for one path: as many as Linux follows (``MAXSYMLINKS``)."""


class Root:
    """A folder of which nothing outside is ever opened."""

    def __init__(self, path: str | Path) -> None:
        """Take the folder ``path``, which may itself be reached through links.

        Raises:
            NotADirectoryError: It is a file.
            FileNotFoundError: It is not there.
        """
        self.path = Path(path).resolve(strict=True)
        if not self.path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))

    def resolve(self, path: str) -> str:
        """Where ``path`` really is, relative to the root; it need not exist.

        Raises:
            UnsafePath: A link on the way leads outside, or links never end.
        """
        real: list[str] = []
        pending = path.split("/")[::-1]
        links = 0
        while pending:
            name = pending.pop()
            if name == "..":
                if not real:
                    raise UnsafePath(path, "a symbolic link leads outside the root")
                real.pop()
            elif name not in ("", "."):
                target = self.link_target("/".join([*real, name]))
                links += target is not None
                if target is None:
                    real.append(name)
                elif links > MOST_LINKS:
                    raise UnsafePath(path, "its symbolic links do not end")
                else:
                    real = [] if target.startswith("/") else real
                    pending += self._inside(target, path).split("/")[::-1]
        return "/".join(real)

    def _inside(self, target: str, path: str) -> str:
        """A link's target, relative to the root if it is absolute."""
        if not target.startswith("/"):
            return target
        with suppress(ValueError):
            return Path(target).relative_to(self.path).as_posix()
        raise UnsafePath(path, "a symbolic link leads outside the root")

    def link_target(self, path: str) -> str | None:
        """What the link at the real path ``path`` points to; ``None``: there is no link."""
        try:
            with self.folder(parent_of(path)) as folder:
                return os.readlink(name_of(path), dir_fd=folder)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return None
            raise

    @contextmanager
    def folder(self, path: str) -> Iterator[int]:
        """A descriptor of the folder at a real path, ``""`` for the root; no link is followed.

        Raises:
            OSError: It is missing, is no folder or is a link.
        """
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for name in path.split("/") if path else ():
                inner = os.open(
                    name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor
                )
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)

    def is_folder(self, path: str) -> bool:
        """Whether a folder stands at a real path."""
        with suppress(FileNotFoundError), self.folder(path):
            return True
        return False

    def read(self, path: str) -> FileState | None:
        """The file at a real path; ``None``: there is none.

        Raises:
            Conflict: Something else than a regular file is there, or on the way.
            OSError: It cannot be read.
        """
        try:
            with self.folder(parent_of(path)) as folder:
                return _read(path, folder)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise Conflict(path, "a file or a link stands where a folder is needed") from error
            raise


def parent_of(path: str) -> str:
    """The folder of a path; ``""`` is the root."""
    return path.rpartition("/")[0]


def name_of(path: str) -> str:
    """The last component of a path."""
    return path.rpartition("/")[2]


def _read(path: str, folder: int) -> FileState:
    # Without O_NONBLOCK, opening a pipe would wait for a writer that may never come.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(name_of(path), flags, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
            raise Conflict(path, f"it is {kind}; operations change regular files only")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return FileState(file.read(), stat.S_IMODE(status.st_mode))
    finally:
        os.close(descriptor)
