"""The paths that an answer has named so far, and what two of them must not be to each other."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ndjson.errors import Conflict, NdjsonError
from ndjson.operations import Rename
from ndjson.safe_path import twin_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ndjson.operations import FileOperation


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path of an operation really is.

    Attributes:
        named: The path as it was named, without its ``.`` components.
        path: Relative to the root, every link followed.
        link: Whether the path itself names a link.
    """

    named: str
    path: str
    link: bool = False


class Touched:
    """The paths of one answer, in the order in which its operations name them."""

    def __init__(self, locate: Callable[[str], Place]) -> None:
        """Start with no path.

        Args:
            locate: Where a path really is; raises `UnsafePath` for a refused one.
        """
        self._locate = locate
        self._spellings: dict[str, str] = {}
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._failed: dict[str, int] = {}

    @contextmanager
    def by(self, number: int, operation: FileOperation) -> Iterator[None]:
        """Carry out operation ``number``: what it names is spoilt for later ones if it fails."""
        try:
            yield
        except (NdjsonError, OSError):
            named = [operation.path]
            named += [operation.to] if isinstance(operation, Rename) else []
            for path in named:
                with suppress(NdjsonError, OSError):
                    self._failed.setdefault(self._locate(path).path, number)
            raise

    def place(self, path: str, *, link: bool = True) -> str:
        """Where ``path`` really is; from now on the answer has named it.

        Args:
            path: As an operation names it.
            link: Whether it may name a link.

        Raises:
            UnsafePath: A rule refuses it.
            Conflict: It cannot stand beside a path named earlier, or is a link.
        """
        found = self._locate(path)
        if found.path in self._failed:
            reason = f"not tried, because operation {self._failed[found.path]} on it failed"
            raise Conflict(path, reason)
        if found.link and not link:
            raise Conflict(path, f"it is a symbolic link to {found.path}; name that file instead")
        self._check_twins(found.named)
        self._check_folders(path, found.path)
        return found.path

    def _check_twins(self, path: str) -> None:
        for spelling in _with_folders(path):
            earlier = self._spellings.setdefault(twin_key(spelling), spelling)
            if earlier != spelling:
                raise Conflict(path, f"some file systems take {spelling!r} for {earlier!r}")

    def _check_folders(self, path: str, place: str) -> None:
        folders = _with_folders(place)[:-1]
        if place in self._folders or not self._files.isdisjoint(folders):
            raise Conflict(path, "this answer uses one path as a file and as a folder")
        self._files.add(place)
        self._folders.update(folders)


def _with_folders(path: str) -> list[str]:
    """A path and every folder on the way to it, outermost first."""
    names = path.split("/")
    return ["/".join(names[:count]) for count in range(1, len(names) + 1)]
