"""The files of a workspace as the planner sees them: which exist, and how large they are.

Reads only. Sizes are cached by the file's stat, so that planning a phase twice reads nothing twice.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from token_budget.errors import ConfigError, DeliverableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNTED_BYTES = 4 * 2**20
"""Of a larger file this much is counted, and the rest in proportion: bytes; an answer that rewrites
such a file is far beyond any model's maximum, whatever the exact count."""

BINARY_PROBE_BYTES = 8192
"""A NUL byte in the first this many bytes makes a file binary: the rule that git uses."""

SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".token-budget"}
)
"""Folders that an expansion never enters: what tools keep there, nobody plans to write."""

MAXIMUM_ALTERNATIVES = 256
"""Braces multiply: a glob that stands for more patterns than this is a mistake or an attack."""

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class WorkspaceFiles:
    """The files below ``root``; paths are POSIX and relative to it.

    Attributes:
        root: The folder; it must exist.
        count: Counts the ``cl100k_base`` tokens of a text.
    """

    root: Path
    count: Callable[[str], int]
    _sizes: dict[str, tuple[_Stamp, int | None]] = field(default_factory=dict, repr=False)
    _inside: dict[str, tuple[_Stamp, bool]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not self.root.is_dir():
            raise ConfigError(
                "the workspace is not a folder",
                place="workspace",
                value=str(self.root),
                expected="an existing folder",
            )

    def exists(self, path: str) -> bool:
        """Whether ``path`` is a file inside the workspace; a link that leads outside is not."""
        stamp = self._stamp(path)
        return stamp is not None and self._is_inside_now(path, stamp)

    def is_directory(self, path: str) -> bool:
        """Whether ``path`` is a folder inside the workspace."""
        try:
            return (self.root / path).is_dir() and self._is_inside(path)
        except (OSError, ValueError):
            return False

    def tokens(self, path: str) -> int | None:
        """``cl100k_base`` tokens of the file now; None: absent, unreadable, or not text."""
        stamp = self._stamp(path)
        if stamp is None:
            return None
        known = self._sizes.get(path)
        if known is None or known[0] != stamp:
            inside = self._is_inside_now(path, stamp)
            known = (stamp, self._count_file(path) if inside else None)
            self._sizes[path] = known
        return known[1]

    def expand(self, pattern: str) -> list[str]:
        """The files below a folder, or those that match a glob (``*``, ``?``, ``**``, ``{a,b}``).

        Sorted. Folders in `SKIPPED_FOLDERS` and links to folders are not entered.
        """
        if self.is_directory(pattern):
            return sorted(self._files_below(pattern))
        matches = _glob_matcher(pattern)
        return sorted(path for path in self._files_below(_fixed_folder(pattern)) if matches(path))

    def _files_below(self, folder: str) -> Iterator[str]:
        for current, folders, names in os.walk(self.root / folder):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
            inside = Path(current).relative_to(self.root)
            yield from ((inside / name).as_posix() for name in names)

    def _stamp(self, path: str) -> _Stamp | None:
        try:
            status = os.stat(f"{self.root}/{path}")  # noqa: PTH116 - a third of the time of Path.stat
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _is_inside_now(self, path: str, stamp: _Stamp) -> bool:
        """Whether a file is inside, asked again only where the path leads to another one."""
        known = self._inside.get(path)
        if known is None or known[0] != stamp:
            known = self._inside[path] = (stamp, self._is_inside(path))
        return known[1]

    def _is_inside(self, path: str) -> bool:
        return (self.root / path).resolve().is_relative_to(self.root.resolve())

    def _count_file(self, path: str) -> int | None:
        try:
            with (self.root / path).open("rb") as file:
                head = file.read(COUNTED_BYTES)
                size = os.fstat(file.fileno()).st_size
        except OSError:
            return None
        if b"\0" in head[:BINARY_PROBE_BYTES]:
            return None
        counted = self.count(head.decode("utf-8", errors="replace"))
        return counted if size <= len(head) else round(counted * size / len(head))


def _fixed_folder(pattern: str) -> str:
    """The folders of a glob before its first wildcard: where a search can start."""
    folders = pattern.split("/")[:-1]
    wild = (number for number, name in enumerate(folders) if re.search(r"[*?{]", name))
    return "/".join(folders[: next(wild, len(folders))])


def _glob_matcher(pattern: str) -> Callable[[str], bool]:
    """A test of whole paths against a glob, by the rules of ``.gitignore`` anchored at the root."""
    from pathspec import PathSpec

    spec = PathSpec.from_lines("gitignore", [f"/{_escaped(one)}" for one in _braces(pattern)])
    return spec.match_file


def _escaped(pattern: str) -> str:
    """Square brackets stand for themselves: ``app/[id]/*.tsx`` is a path of many web frameworks."""
    return pattern.replace("[", r"\[").replace("]", r"\]")


def _braces(pattern: str) -> list[str]:
    """``a.{js,ts}`` as ``a.js`` and ``a.ts``; several and nested groups too."""
    done: list[str] = []
    waiting = [pattern]
    while waiting:
        if len(done) + len(waiting) > MAXIMUM_ALTERNATIVES:
            raise DeliverableError(pattern, f"a glob of over {MAXIMUM_ALTERNATIVES} alternatives")
        current = waiting.pop()
        group = re.search(r"\{([^{}]*)\}", current)
        if group is None:
            done.append(current)
            continue
        before, after = current[: group.start()], current[group.end() :]
        waiting += [before + choice + after for choice in group[1].split(",")]
    return done
