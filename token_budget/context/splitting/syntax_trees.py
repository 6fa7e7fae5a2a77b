"""Blocks and outlines from the syntax trees of tree-sitter, the same way for every grammar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from token_budget.context.outline_entries import OutlineEntry
from token_budget.context.splitting.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

_DEFINES = re.compile(
    r"(?:function|method|class|interface|struct|enum|trait|impl|mod|module|namespace|type|object|"
    r"constructor|record|union|const|static|macro|protocol|singleton_method|field|annotation_type)"
    r"_(?:declaration|definition|item|statement|specifier|type|spec|alias|signature|declarator)"
    r"|export_statement|lexical_declaration|variable_declaration|type_alias_declaration"
    r"|generator_function_declaration|internal_module|abstract_class_declaration"
    r"|template_declaration|property_declaration|singleton_method|method|class|module"
    r"|declaration|preproc_function_def"
)
"""Kinds of nodes that may have a name worth keeping."""

_FUNCTIONS = re.compile(r"function|method|constructor|arrow|fn_|lexical|variable|singleton")
"""Kinds of nodes whose insides are no part of an outline."""

_NAMING_FIELDS = ("name", "declaration", "declarator", "type")
_NAMED_BY_CHILD = frozenset(
    {"lexical_declaration", "variable_declaration", "type_declaration", "const_declaration"}
    | {"template_declaration", "property_declaration", "field_declaration"}
)
_COMMENTS = frozenset({"comment", "line_comment", "block_comment", "multiline_comment"})
_NAME_STEPS = 6
"""How many fields are followed to a name: a pointer to a function in C takes four."""

_NAME_CHARACTERS = 80
_PLAIN_NAME = re.compile(r"[\w$.:~<>*#?! -]+")


def syntax_blocks(root: Node) -> list[Block]:
    """The outermost nodes of a tree; what is inside them is found when it is asked for."""
    return _blocks(root.named_children, "")


def _blocks(nodes: Sequence[Node], scope: str) -> list[Block]:
    return [_block(node, scope) for node in nodes if node.type not in _COMMENTS]


def _block(node: Node, scope: str) -> Block:
    own = _name(node)
    name = f"{scope}.{own}" if scope and own else own
    first, last = _lines(node)
    return Block(
        first, last, name, lambda: _blocks(_parts(node), name or scope), takes_comments=True
    )


def _lines(node: Node) -> tuple[int, int]:
    last = node.end_point[0] + (node.end_point[1] > 0)
    return node.start_point[0] + 1, max(last, node.start_point[0] + 1)


def _parts(node: Node) -> Sequence[Node]:
    """What a node is made of: its body's parts where it has a body."""
    parts = (node.child_by_field_name("body") or node).named_children
    # A wrapper of one part (``export``, a list of declarations) is no level of its own.
    while len(parts) == 1 and parts[0].start_point[0] == node.start_point[0]:
        deeper = (parts[0].child_by_field_name("body") or parts[0]).named_children
        if not deeper:
            break
        parts = deeper
    return parts


def _name(node: Node) -> str:
    if not _DEFINES.fullmatch(node.type):
        return ""
    current: Node | None = node
    for _ in range(_NAME_STEPS):
        following = _towards_name(current) if current else None
        if following is None:
            break
        current = following
    return _text(current) if current is not None and current is not node else ""


def _towards_name(node: Node) -> Node | None:
    for field in _NAMING_FIELDS:
        if (found := node.child_by_field_name(field)) is not None:
            return found
    if node.type in _NAMED_BY_CHILD and node.named_child_count:
        return node.named_children[0]
    return None


def _text(node: Node) -> str:
    text = " ".join((node.text or b"").decode(errors="replace").split())
    return text if len(text) <= _NAME_CHARACTERS and _PLAIN_NAME.fullmatch(text) else ""


def syntax_outline(root: Node, lines: Sequence[str]) -> Iterator[OutlineEntry]:
    """Definitions with their signatures: outside functions, at every depth of types and modules."""
    # A stack, not recursion: how deep code is nested is its author's choice.
    waiting: list[tuple[Node, int]] = [(child, 0) for child in root.named_children]
    while waiting:
        node, depth = waiting.pop()
        if not _DEFINES.fullmatch(node.type):
            continue
        if node.type in {"export_statement", "template_declaration"}:
            waiting += [(child, depth) for child in node.named_children]
            continue
        yield OutlineEntry(node.start_point[0] + 1, depth, _signature(node, lines))
        if not _FUNCTIONS.search(node.type):
            body = node.child_by_field_name("body")
            waiting += [(child, depth + 1) for child in (body.named_children if body else ())]


def _signature(node: Node, lines: Sequence[str]) -> str:
    """The lines of a definition up to its body; of one without a body, its first."""
    first = node.start_point[0]
    body = _body(node)
    if body is None:
        return lines[first].strip().rstrip("{").rstrip()
    if body.start_point[0] == first:
        before = lines[first].encode()[: body.start_point[1]].decode(errors="replace")
        return before.strip() or lines[first].strip()
    last_line = lines[body.start_point[0]].encode()[: body.start_point[1]].decode(errors="replace")
    return " ".join([*lines[first : body.start_point[0]], last_line]).strip()


def _body(node: Node) -> Node | None:
    """The body of a definition, or of the function that it binds to a name."""
    current: Node | None = node
    for _ in range(_NAME_STEPS):
        if current is None:
            return None
        if (body := current.child_by_field_name("body")) is not None:
            return body
        following = current.child_by_field_name("value") or current.child_by_field_name("type")
        if following is None and current.type in _NAMED_BY_CHILD and current.named_child_count:
            following = current.named_children[0]
        current = following
    return None
