"""The paths of a workspace, looked up the ways that imports name them."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class PathLookup:
    """The files of one workspace, with what they say they import or are called."""

    def __init__(self, statements: Mapping[str, tuple[str, ...]]) -> None:
        """Take every file of the workspace with its `statements.import_statements`."""
        self.statements = statements
        self.paths = frozenset(statements)

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Paths by their last part; sorted."""
        named: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self.paths):
            named[path.rpartition("/")[2]].append(path)
        return dict(named)

    @cached_property
    def by_folder(self) -> dict[str, list[str]]:
        """Paths by their folder, "" for the root; sorted."""
        inside: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self.paths):
            inside[posixpath.dirname(path)].append(path)
        return dict(inside)

    def manifests(self, name: str) -> dict[str, str]:
        """The folders of the manifests of one kind, by what they say they are called."""
        return {
            statement[1:]: posixpath.dirname(path)
            for path in self.by_name.get(name, ())
            for statement in self.statements[path]
            if statement.startswith("=")
        }

    def first(self, candidates: Iterable[str]) -> list[str]:
        """The first candidate that is a file of the workspace; empty if none is."""
        normal = map(posixpath.normpath, candidates)
        found = next((one for one in normal if one in self.paths), None)
        return [] if found is None else [found]

    def beside(self, importer: str, *names: str) -> Iterator[str]:
        """Names as paths, relative to the importer's folder."""
        folder = posixpath.dirname(importer)
        return (posixpath.join(folder, name) for name in names)

    def ending_in(self, wanted: str, importer: str) -> list[str]:
        """The file whose path ends in ``wanted``; of several the one nearest to the importer."""
        wanted = posixpath.normpath(wanted).lstrip("./")
        named = self.by_name.get(wanted.rpartition("/")[2], ())
        matching = [path for path in named if path == wanted or path.endswith(f"/{wanted}")]
        return [nearest(matching, importer)] if matching else []


def nearest(paths: Sequence[str], importer: str) -> str:
    """The path that shares most folders with the importer; of several the shortest."""
    if len(paths) == 1:
        return paths[0]
    return max(paths, key=lambda path: (_shared_folders(path, importer), -len(path)))


def _shared_folders(left: str, right: str) -> int:
    shared = 0
    for one, other in zip(left.split("/"), right.split("/"), strict=False):
        if one != other:
            break
        shared += 1
    return shared
