"""Imports of JavaScript and what compiles to it: relative ones, aliases, packages of a monorepo."""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from token_budget.context.imports.path_lookup import PathLookup

ENDINGS = tuple(".ts .tsx .d.ts .js .jsx .mjs .cjs .mts .cts .vue .svelte .json .css .scss".split())
_SCRIPT_ENDINGS = frozenset({"js", "jsx", "mjs", "cjs"})
ALIASES = ("@/", "~/", "#/")
"""What tools of the web by custom call the source folder."""

SOURCE_FOLDERS = ("src", "app", "lib", "")


class ScriptModules:
    """Finds the files of specifiers."""

    def __init__(self, lookup: PathLookup) -> None:
        """Look in one workspace."""
        self._lookup = lookup

    def files(self, importer: str, specifier: str) -> list[str]:
        """The file that a specifier means; empty: none of the workspace."""
        specifier = specifier.partition("?")[0]
        if specifier.startswith("."):
            (base,) = self._lookup.beside(importer, specifier)
            return self._lookup.first(_variants(base))
        if specifier.startswith(ALIASES):
            return self._lookup.first(_aliased(importer, specifier[2:]))
        return self._lookup.first(self._from_package(specifier))

    @cached_property
    def _packages(self) -> dict[str, str]:
        return self._lookup.manifests("package.json")

    def _from_package(self, specifier: str) -> Iterator[str]:
        parts = specifier.split("/")
        length = 2 if specifier.startswith("@") else 1
        folder = self._packages.get("/".join(parts[:length]))
        if folder is not None:
            inside = "/".join(parts[length:]) or "index"
            for source in SOURCE_FOLDERS:
                yield from _variants(posixpath.join(folder, source, inside))


def _aliased(importer: str, inside: str) -> Iterator[str]:
    """The source folders of every folder above the importer, the nearest first."""
    folder = posixpath.dirname(importer)
    while True:
        for source in SOURCE_FOLDERS:
            yield from _variants(posixpath.join(folder, source, inside))
        if not folder:
            return
        folder = posixpath.dirname(folder)


def _variants(base: str) -> Iterator[str]:
    """What a specifier with or without its ending may mean; ``x.js`` may be written ``x.ts``."""
    yield base
    stem, _, ending = base.rpartition(".")
    if ending in _SCRIPT_ENDINGS:
        yield from (f"{stem}.{other}" for other in ("ts", "tsx", "mts", "cts"))
    yield from (f"{base}{one}" for one in ENDINGS)
    yield from (f"{base}/index{one}" for one in ENDINGS)
