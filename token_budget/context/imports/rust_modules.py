"""Imports of Rust: ``mod`` and ``use``, within a crate and between the crates of a workspace."""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from token_budget.context.imports.path_lookup import PathLookup

_ROOTS = frozenset({"mod.rs", "lib.rs", "main.rs"})
"""Files whose module's inner modules stand beside them."""


class RustModules:
    """Finds the files of modules."""

    def __init__(self, lookup: PathLookup) -> None:
        """Look in one workspace."""
        self._lookup = lookup

    def files(self, importer: str, statement: str) -> list[str]:
        """The file that ``mod name`` or a path of ``use`` means; empty: none of the workspace."""
        if statement.startswith("mod "):
            base = posixpath.join(_inner_folder(importer), statement[4:])
            return self._lookup.first((f"{base}.rs", f"{base}/mod.rs"))
        head, *parts = statement.lstrip(":").split("::")
        folder = self._folder(importer, head)
        while folder and parts and parts[0] == "super":
            folder, parts = posixpath.dirname(folder), parts[1:]
        return [] if folder is None else self._item(folder, parts)

    @cached_property
    def _crates(self) -> dict[str, str]:
        """Source folders by the names that crates have in code."""
        named = self._lookup.manifests("Cargo.toml")
        return {name.replace("-", "_"): posixpath.join(at, "src") for name, at in named.items()}

    def _folder(self, importer: str, head: str) -> str | None:
        """Where the modules below the first part of a path stand; None: not here."""
        own = _inner_folder(importer)
        if head == "crate":
            return self._crate_folder(importer)
        if head in {"self", "super"}:
            return own if head == "self" else posixpath.dirname(own)
        return self._crates.get(head)

    def _crate_folder(self, importer: str) -> str:
        folder = posixpath.dirname(importer)
        while folder and not {f"{folder}/lib.rs", f"{folder}/main.rs"} & self._lookup.paths:
            folder = posixpath.dirname(folder)
        return folder

    def _item(self, folder: str, parts: list[str]) -> list[str]:
        """The file of the longest beginning of a path that is a module."""
        stems = [posixpath.join(folder, *parts[:end]) for end in range(len(parts), 0, -1)]
        inner = [f"{stem}{ending}" for stem in stems for ending in (".rs", "/mod.rs")]
        roots = [f"{folder}/lib.rs", f"{folder}/main.rs", f"{folder}/mod.rs", f"{folder}.rs"]
        return self._lookup.first([*inner, *roots])


def _inner_folder(path: str) -> str:
    """Where the modules inside a file's module stand."""
    folder, _, name = path.rpartition("/")
    return folder if name in _ROOTS else path.removesuffix(".rs")
