"""What a file says it imports, as it says it; `resolver` finds the files that are meant.

A statement is kept as one text: ``..package.module:name`` in Python, the specifier of JavaScript,
the path of Go. A manifest states what it is called: ``=name``.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING

from token_budget.context.splitting.python_source import all_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_STATEMENTS = 500
"""Of more imports the first this many are kept: a longer list is generated."""

_PYTHON = re.compile(
    r"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+([\w*]+)|import[ \t]+([.\w]+))", re.M
)
_SCRIPT = re.compile(
    r"""(?:\bfrom\s*|\brequire\s*\(\s*|\bimport\s*\(\s*|\bimport\s+|@import\s+)["']([^"'\n]{1,300})["']"""
)
_GO_BLOCK = re.compile(r"^import\s*\(([^)]*)\)", re.M)
_GO_LINE = re.compile(r'^import\s+(?:[\w.]+\s+)?"([^"\n]+)"', re.M)
_QUOTED = re.compile(r'"([^"\n]+)"')
_RUST_MODULE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;", re.M)
_RUST_USE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?use\s+([^;]{1,2000});", re.M)
_JAVA = re.compile(r"^\s*import\s+(?:static\s+)?(\w+(?:\.\w+)*(?:\.\*)?)", re.M)
_C = re.compile(r'^\s*#\s*(?:include|import)\s*["<]([^">\n]+)[">]', re.M)
_RUBY = re.compile(
    r"""^\s*(require(?:_relative)?|load|autoload\s+:\w+,)\s*\(?\s*["']([^"'\n]+)["']""", re.M
)
_PHP_USE = re.compile(r"^\s*use\s+(?:function\s+|const\s+)?([\w\\]+)", re.M)
_PHP_FILE = re.compile(
    r"""\b(?:require|include)(?:_once)?\b[^;"'\n]{0,60}["']([^"'\n]+\.php)["']""", re.M
)
_CARGO_NAME = re.compile(r'^\[package\][^\[]*?^name\s*=\s*"([^"\n]+)"', re.M | re.S)
_GO_MODULE = re.compile(r"^module\s+(\S+)", re.M)


def import_statements(
    path: str, language: str, text: str, tree: ast.Module | None = None
) -> tuple[str, ...]:
    """What a file imports, or is called if it is a manifest; each once, in order.

    Args:
        path: Its path; manifests go by their names.
        language: As `estimators.classify.language_of` says.
        text: What stands in it.
        tree: The syntax tree of a Python module that parses.
    """
    if tree is not None:
        found: Iterator[str] = _by_tree(tree)
    else:
        name = path.rpartition("/")[2]
        reader = _MANIFESTS.get(name) or _READERS.get(language)
        found = reader(text) if reader else iter(())
    return tuple(dict.fromkeys(found))[:MOST_STATEMENTS]


def _by_tree(tree: ast.Module) -> Iterator[str]:
    for node in all_statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}:{alias.name}" for alias in node.names)


def _python(text: str) -> Iterator[str]:
    for source, name, plain in _PYTHON.findall(text):
        yield plain or f"{source}:{name}"


def _script(text: str) -> Iterator[str]:
    yield from _SCRIPT.findall(text)


def _go(text: str) -> Iterator[str]:
    for block in _GO_BLOCK.findall(text):
        yield from _QUOTED.findall(block)
    yield from _GO_LINE.findall(text)


def _rust(text: str) -> Iterator[str]:
    yield from (f"mod {name}" for name in _RUST_MODULE.findall(text))
    for used in _RUST_USE.findall(text):
        yield from _expanded("".join(re.sub(r"\s+as\s+\w+", "", used).split()))


def _expanded(used: str) -> Iterator[str]:
    """``a::{b, c::d}`` as ``a::b`` and ``a::c::d``."""
    # Each round opens one innermost group; the bound is far above what anyone writes.
    waiting, opened = [used], 0
    while waiting and opened < MOST_STATEMENTS:
        current = waiting.pop(0)
        group = re.search(r"\{([^{}]*)\}", current)
        if group is None:
            yield current
            continue
        opened += 1
        before, after = current[: group.start()], current[group.end() :]
        start = max(before.rfind(","), before.rfind("{")) + 1
        choices = [f"{before[start:]}{one}" for one in group[1].split(",") if one]
        rest = f"{before[:start]}{','.join(choices)}{after}"
        waiting += [rest] if "{" in before[:start] else choices


def _java(text: str) -> Iterator[str]:
    yield from _JAVA.findall(text)


def _c(text: str) -> Iterator[str]:
    yield from _C.findall(text)


def _ruby(text: str) -> Iterator[str]:
    for how, name in _RUBY.findall(text):
        yield f"./{name}" if how == "require_relative" else name


def _php(text: str) -> Iterator[str]:
    yield from _PHP_USE.findall(text)
    yield from (name.lstrip("/") for name in _PHP_FILE.findall(text))


def _package_json(text: str) -> Iterator[str]:
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError):
        return
    name = manifest.get("name") if isinstance(manifest, dict) else None
    if isinstance(name, str) and name:
        yield f"={name}"


def _cargo(text: str) -> Iterator[str]:
    yield from (f"={name}" for name in _CARGO_NAME.findall(text)[:1])


def _go_module(text: str) -> Iterator[str]:
    yield from (f"={name}" for name in _GO_MODULE.findall(text)[:1])


_MANIFESTS: dict[str, Callable[[str], Iterator[str]]] = {
    "package.json": _package_json,
    "Cargo.toml": _cargo,
    "go.mod": _go_module,
}
_READERS: dict[str, Callable[[str], Iterator[str]]] = {
    "python": _python,
    "go": _go,
    "rust": _rust,
    "ruby": _ruby,
    "php": _php,
    **dict.fromkeys(("javascript", "typescript", "vue", "svelte", "css"), _script),
    **dict.fromkeys(("java", "kotlin", "scala", "groovy"), _java),
    **dict.fromkeys(("c", "cpp", "objective-c"), _c),
}
