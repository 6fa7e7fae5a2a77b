"""Scopes: paths of names, and the one text that stands for a path in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from token_budget.errors import LedgerValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from token_budget.remaining import ScopePath

DEEPEST_SCOPE = 16
"""Names in a path, at the most: each of them is a row that every reservation locks."""

LONGEST_NAME = 200
"""Characters of a name, at the most: names are part of an index."""

ROOT_NAME = "ledger"
"""What the whole ledger is called in a message."""

_SEPARATOR, _AFTER_SEPARATOR, _ESCAPE = "/", "0", "~"


def checked_scope(scope: Sequence[str]) -> ScopePath:
    """The path, if it can be used.

    Args:
        scope: Names from the root; empty: the whole ledger.

    Raises:
        LedgerValueError: It is one text, too deep, or a name is empty, too long or no text.
    """
    if isinstance(scope, str) or len(scope) > DEEPEST_SCOPE:
        raise LedgerValueError("scope", scope, f"a sequence of at most {DEEPEST_SCOPE} names")
    for name in scope:
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or "\0" in name:
            expected = f"names of 1 to {LONGEST_NAME} characters, none of them NUL"
            raise LedgerValueError("scope", name, expected)
    return tuple(scope)


def key_of(scope: ScopePath) -> str:
    """The text of a path: every name after a slash; a slash within a name is escaped.

    What lies under a path sorts, byte by byte, from its key and a slash up to its key and a 0.
    """
    return "".join(f"{_SEPARATOR}{_escaped(name)}" for name in scope)


def scope_of(key: str) -> ScopePath:
    """The path of a text by `key_of`."""
    return tuple(_plain(name) for name in key.split(_SEPARATOR)[1:])


def keys_above(key: str) -> list[str]:
    """The keys of a scope and of every scope above it, from the root down."""
    names = key.split(_SEPARATOR)
    return [_SEPARATOR.join(names[: depth + 1]) for depth in range(len(names))]


def within(column: sa.ColumnElement[str], key: str) -> sa.ColumnElement[bool]:
    """Whether a column of keys names a scope or one under it."""
    if not key:
        return sa.true()
    below = sa.and_(column >= key + _SEPARATOR, column < key + _AFTER_SEPARATOR)
    return sa.or_(column == key, below)


def shown_scope(scope: ScopePath) -> str:
    """A path as messages name it."""
    return "/".join(scope) or ROOT_NAME


def _escaped(name: str) -> str:
    return name.replace(_ESCAPE, "~0").replace(_SEPARATOR, "~1")


def _plain(name: str) -> str:
    return name.replace("~1", _SEPARATOR).replace("~0", _ESCAPE)
