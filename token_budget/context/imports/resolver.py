"""Which files of the workspace an import means, by the conventions of each language.

Nothing is executed and no configuration is read but the names that manifests state. What resolves
to no file of the workspace is somebody else's package, and is passed over.
"""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING

from estimators.classify import language_of
from token_budget.context.imports.path_lookup import PathLookup
from token_budget.context.imports.python_modules import PythonModules
from token_budget.context.imports.rust_modules import RustModules
from token_budget.context.imports.script_modules import ScriptModules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

JVM_ENDINGS = (".java", ".kt", ".scala", ".groovy")
JVM_NESTED = 3
"""``a.b.Outer.Inner.member`` is in the file of Outer: so many last parts may be inside it."""

MOST_FILES_OF_A_PACKAGE = 60
"""Of a larger Go package an import says too little; its first files by name are taken."""


class ImportResolver:
    """Resolves the imports of one workspace."""

    def __init__(self, statements: Mapping[str, tuple[str, ...]]) -> None:
        """Take every file with what it imports, as `statements.import_statements` says."""
        self._lookup = lookup = PathLookup(statements)
        scripts = ScriptModules(lookup).files
        self._by_language: dict[str, Callable[[str, str], Iterable[str]]] = {
            "python": PythonModules(lookup).files,
            "rust": RustModules(lookup).files,
            "go": self._go,
            "ruby": self._ruby,
            "php": self._php,
            **dict.fromkeys(("javascript", "typescript", "vue", "svelte", "css"), scripts),
            **dict.fromkeys(("java", "kotlin", "scala", "groovy"), self._jvm),
            **dict.fromkeys(("c", "cpp", "objective-c"), self._included),
        }

    def imports(self) -> dict[str, frozenset[str]]:
        """The files that each file imports; a file that imports none of these is not in it."""
        found = {path: self.imports_of(path) for path in self._lookup.statements}
        return {path: targets for path, targets in found.items() if targets}

    def imports_of(self, path: str) -> frozenset[str]:
        """The files of the workspace that one of them imports; itself never."""
        resolve = self._by_language.get(language_of(path))
        if resolve is None:
            return frozenset()
        said = self._lookup.statements[path]
        return frozenset(target for one in said for target in resolve(path, one)) - {path}

    @cached_property
    def _go_modules(self) -> dict[str, str]:
        return self._lookup.manifests("go.mod")

    def _go(self, _importer: str, imported: str) -> list[str]:
        """Every source of the package, but not its tests."""
        found = []
        for module, folder in self._go_modules.items():
            if imported == module or imported.startswith(f"{module}/"):
                inside = posixpath.join(folder, imported[len(module) + 1 :]).rstrip("/")
                files = self._lookup.by_folder.get(inside, ())
                found += [p for p in files if p.endswith(".go") and not p.endswith("_test.go")]
        return found[:MOST_FILES_OF_A_PACKAGE]

    def _jvm(self, importer: str, imported: str) -> list[str]:
        parts = imported.split(".")
        for length in range(len(parts), max(len(parts) - JVM_NESTED, 0), -1):
            stem = "/".join(parts[:length])
            for ending in JVM_ENDINGS:
                if found := self._lookup.ending_in(f"{stem}{ending}", importer):
                    return found
        return []

    def _included(self, importer: str, name: str) -> list[str]:
        beside = self._lookup.first(self._lookup.beside(importer, name))
        return beside or self._lookup.ending_in(name, importer)

    def _ruby(self, importer: str, name: str) -> list[str]:
        file = f"{name.removesuffix('.rb')}.rb"
        if name.startswith("."):
            return self._lookup.first(self._lookup.beside(importer, file))
        return self._lookup.ending_in(file, importer)

    def _php(self, importer: str, name: str) -> list[str]:
        if name.endswith(".php"):
            return self._included(importer, name)
        parts = name.strip("\\").split("\\")
        # PSR-4: some beginning of the name stands for a folder, the rest is the path.
        for start in range(len(parts)):
            if found := self._lookup.ending_in("/".join(parts[start:]) + ".php", importer):
                return found
        return []
