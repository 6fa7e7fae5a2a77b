"""Imports of Python: modules from the top of their packages and from the usual source folders."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from token_budget.context.imports.path_lookup import nearest

if TYPE_CHECKING:
    from token_budget.context.imports.path_lookup import PathLookup

SOURCE_FOLDERS = frozenset({"src", "lib", "app", "python"})
"""Folders at the root from which modules are imported without their name."""

ENDINGS = (".py", ".pyi")


class PythonModules:
    """Finds the files of modules."""

    def __init__(self, lookup: PathLookup) -> None:
        """Look in one workspace."""
        self._lookup = lookup

    def files(self, importer: str, statement: str) -> list[str]:
        """The file that ``module`` or ``..module:name`` means; empty: none of the workspace."""
        module, _, name = statement.partition(":")
        level = len(module) - len(module.lstrip("."))
        if level:
            return self._relative(importer, module[level:], level, name)
        for wanted in (f"{module}.{name}", module) if name else (module,):
            if found := self._modules.get(wanted):
                return [nearest(found, importer)]
        return []

    def _relative(self, importer: str, module: str, level: int, name: str) -> list[str]:
        folder = importer
        for _ in range(level):
            folder = folder.rpartition("/")[0]
        base = posixpath.join(folder, *module.split(".")) if module else folder
        inside = posixpath.join(base, name)
        stems = (inside, f"{inside}/__init__", base, posixpath.join(base, "__init__"))
        return self._lookup.first(f"{stem}{ending}" for stem in stems for ending in ENDINGS)

    @cached_property
    def _modules(self) -> dict[str, list[str]]:
        """Paths by each dotted name that they can be imported by."""
        modules: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._lookup.paths):
            if path.endswith(ENDINGS):
                for name in self._names(path):
                    modules[name].append(path)
        return dict(modules)

    def _names(self, path: str) -> set[str]:
        stem = path.rpartition(".")[0]
        parts = stem.removesuffix("/__init__").split("/")
        package = stem.rpartition("/")[0]
        while package and f"{package}/__init__.py" in self._lookup.paths:
            package = package.rpartition("/")[0]
        from_package = parts[package.count("/") + 1 if package else 0 :]
        from_folder = parts[1:] if parts[0] in SOURCE_FOLDERS else parts
        return {".".join(one) for one in (parts, from_package, from_folder)} - {""}
