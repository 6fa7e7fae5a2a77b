"""Python by its own grammar: blocks of statements, and an outline of what they define."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from token_budget.context.outline_entries import OutlineEntry
from token_budget.context.splitting.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BODIES = ("body", "handlers", "orelse", "finalbody", "cases")
_LONE_RETURN = re.compile(r"\r(?!\n)")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parse_python(text: str) -> ast.Module | str:
    """The syntax tree of a module, or in a few words why there is none."""
    # Python ends a line at a lone carriage return too; git and our line numbers do not.
    text = _LONE_RETURN.sub(" ", text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the author's business, not that of who reads it
            return ast.parse(text)
    except SyntaxError as error:
        return f"does not parse: line {error.lineno}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"does not parse: {type(error).__name__}"


def python_blocks(tree: ast.Module) -> list[Block]:
    """The statements of a module; what is inside them is found when it is asked for."""
    return [_block(statement, "") for statement in tree.body]


def _block(node: ast.AST, scope: str) -> Block:
    name = _named(node, scope)
    first, last = _first_line(node), _last_line(node)
    return Block(first, last, name, lambda: _inside(node, name or scope), takes_comments=True)


def _inside(node: ast.AST, scope: str) -> list[Block]:
    return [_block(child, scope) for child in statements_in(node)]


def all_statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Every statement of a module; a third of the time of `ast.walk`, which sees expressions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        inside = list(statements_in(waiting.pop()))
        yield from inside
        waiting += inside


def statements_in(node: ast.AST) -> Iterator[ast.AST]:
    """The statements directly inside one; handlers and cases count as statements."""
    for name in _BODIES:
        body = getattr(node, name, None)
        if isinstance(body, list):  # in a lambda or a conditional expression it is no list
            yield from body


def _named(node: ast.AST, scope: str) -> str:
    if isinstance(node, _DEFINITIONS):
        return f"{scope}.{node.name}" if scope else node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and not scope:
        return node.targets[0].id
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not scope:
        return node.target.id
    return ""


def _first_line(node: ast.AST) -> int:
    decorators = [decorator.lineno for decorator in getattr(node, "decorator_list", ())]
    own = getattr(node, "lineno", None)
    if own is None:  # a case of a match statement has no line of its own
        own = node.pattern.lineno if isinstance(node, ast.match_case) else 1
    return min(int(own), *decorators) if decorators else int(own)


def _last_line(node: ast.AST) -> int:
    if isinstance(node, ast.match_case):
        return _last_line(node.body[-1])
    return int(getattr(node, "end_lineno", None) or _first_line(node))


def python_outline(tree: ast.Module, lines: Sequence[str]) -> Iterator[OutlineEntry]:
    """Classes and functions with their signatures, and the first lines of all docstrings."""
    yield from _docstring(tree, 0)
    # A stack, not recursion: how deep code is nested is its author's choice.
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        for child in statements_in(node):
            if isinstance(child, _DEFINITIONS):
                yield OutlineEntry(child.lineno, depth, _signature(child, lines))
                yield from _docstring(child, depth + 1)
                if isinstance(child, ast.ClassDef):
                    waiting.append((child, depth + 1))
            elif not isinstance(child, ast.expr):
                waiting.append((child, depth))


def _signature(node: Definition, lines: Sequence[str]) -> str:
    """The lines of a definition up to its body, without decorators."""
    body = node.body[0]
    first = min([body.lineno, *(one.lineno for one in getattr(body, "decorator_list", ()))])
    written = lines[node.lineno - 1 : max(first - 1, node.lineno)]
    kept = [line for line in written if not line.lstrip().startswith("#")]
    return " ".join(kept).strip()


def _docstring(node: ast.Module | Definition, depth: int) -> Iterator[OutlineEntry]:
    first = node.body[0] if node.body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return
    if isinstance(first.value.value, str):
        said = first.value.value.strip().partition("\n")[0]
        if said:
            yield OutlineEntry(first.lineno, depth, f'"""{said}"""')
