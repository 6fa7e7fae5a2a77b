"""Grammars of other languages, by tree-sitter: those of the extra ``treesitter`` that are there."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_PACKAGES: dict[str, tuple[str, str]] = {
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "go": ("tree_sitter_go", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "java": ("tree_sitter_java", "language"),
    "kotlin": ("tree_sitter_kotlin", "language"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "php": ("tree_sitter_php", "language_php"),
}
"""The package of each grammar and the function in it that gives it."""


def grammar_of(path: str, language: str) -> str:
    """The grammar of a file: that of its language, but for JSX in TypeScript."""
    return "tsx" if language == "typescript" and path.lower().endswith(".tsx") else language


@cache
def parser_of(grammar: str) -> Parser | None:
    """A parser; None: it, or a binding that fits it, is not installed."""
    if grammar not in _PACKAGES:
        return None
    package, function = _PACKAGES[grammar]
    try:
        from tree_sitter import Language, Parser

        return Parser(Language(getattr(import_module(package), function)()))
    except (ImportError, AttributeError, ValueError, TypeError):
        return None


@cache
def installed_grammars() -> tuple[str, ...]:
    """The grammars that can be used here; sorted."""
    return tuple(sorted(grammar for grammar in _PACKAGES if parser_of(grammar)))


def parse(grammar: str, text: str) -> Node | None:
    """The root of a text's syntax tree; None: there is no such grammar here."""
    parser = parser_of(grammar)
    return parser.parse(text.encode(errors="replace")).root_node if parser else None
