"""What a file is made of: chunks at its author's boundaries, an outline, and how they were found.

Python by its own grammar, documents by their headings, other languages by tree-sitter where the
extra ``treesitter`` has the grammar; all else, and Python that does not parse, by blank lines and
indentation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from token_budget.context.definitions import defined_names, plain_outline
from token_budget.context.outline_entries import written_outline
from token_budget.context.splitting.blocks import Block, ChunkSize, chunk_lines
from token_budget.context.splitting.grammars import grammar_of, parse
from token_budget.context.splitting.python_source import (
    parse_python,
    python_blocks,
    python_outline,
)
from token_budget.context.splitting.sections import headings, section_blocks, section_outline
from token_budget.context.splitting.syntax_trees import syntax_blocks, syntax_outline

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from tree_sitter import Node

DOCUMENTS = frozenset({"markdown", "restructuredtext"})


@dataclass(frozen=True, slots=True)
class Structure:
    """A file's chunks and outline.

    Attributes:
        chunks: In order, covering every line; blocks without children.
        outline: As text, with line numbers; "" where there is nothing to outline.
        mode: How it was found: "ast", "tree-sitter", "headings" or "lines"; for a file that does
            not parse followed by the reason: "lines: does not parse: line 12".
        tree: The syntax tree of a Python module that parses.
    """

    chunks: tuple[Block, ...]
    outline: str
    mode: str
    tree: ast.Module | None = field(default=None, compare=False, repr=False)


def structure_of(
    path: str, language: str, lines: Sequence[str], size: ChunkSize | None = None
) -> Structure:
    """Find the structure of a file; never fails.

    Args:
        path: Its path; tells JSX from plain TypeScript.
        language: As `estimators.classify.language_of` says.
        lines: Its lines, without line feeds.
        size: How large chunks should be; None: the default.
    """
    if language == "python":
        tree = parse_python("\n".join(lines))
        if isinstance(tree, str):
            return _by_lines(lines, language, size, f"lines: {tree}")
        return _by_ast(tree, lines, size)
    if language in DOCUMENTS:
        return _by_headings(lines, language, size)
    root = parse(grammar_of(path, language), "\n".join(lines))
    return _by_tree(root, lines, size) if root else _by_lines(lines, language, size, "lines")


def _by_ast(tree: ast.Module, lines: Sequence[str], size: ChunkSize | None) -> Structure:
    chunks = chunk_lines(lines, python_blocks(tree), size)
    return Structure(tuple(chunks), written_outline(python_outline(tree, lines)), "ast", tree)


def _by_tree(root: Node, lines: Sequence[str], size: ChunkSize | None) -> Structure:
    chunks = chunk_lines(lines, syntax_blocks(root), size)
    return Structure(tuple(chunks), written_outline(syntax_outline(root, lines)), "tree-sitter")


def _by_headings(lines: Sequence[str], language: str, size: ChunkSize | None) -> Structure:
    found = headings(lines, language)
    chunks = chunk_lines(lines, section_blocks(found, len(lines)), size)
    return Structure(tuple(chunks), written_outline(section_outline(found)), "headings")


def _by_lines(lines: Sequence[str], language: str, size: ChunkSize | None, mode: str) -> Structure:
    names = defined_names(lines, language)
    chunks = [_with_names(chunk, names) for chunk in chunk_lines(lines, (), size)]
    return Structure(tuple(chunks), written_outline(plain_outline(lines, names)), mode)


def _with_names(chunk: Block, names: dict[int, str]) -> Block:
    inside = (names[line] for line in range(chunk.first, chunk.last + 1) if line in names)
    return Block(chunk.first, chunk.last, ", ".join(dict.fromkeys(inside))[:160])
