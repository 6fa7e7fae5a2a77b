"""Which paths the caller keeps from an answer: protected ones, and all that are not allowed.

Patterns are those of ``.gitignore``: anchored at the root where they have a slash, a folder stands
for everything below it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ndjson.errors import InvalidPattern
from ndjson.safe_path import twin_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pathspec import PathSpec


class PathRules:
    """The caller's patterns, asked for the rule that refuses a path."""

    def __init__(self, protected: Iterable[str] = (), allowed: Iterable[str] | None = None) -> None:
        """Read the patterns.

        Args:
            protected: What must not be changed; a leading ``!`` or ``#`` is part of a name.
            allowed: What may be changed; ``None``: anything that is not protected.

        Raises:
            InvalidPattern: One of them means nothing.
        """
        self._protected = _matcher(protected, twins=True)
        self._allowed = None if allowed is None else tuple(allowed)
        self._is_allowed = _matcher(self._allowed or (), twins=False)

    def refusal(self, path: str) -> str | None:
        """The rule that refuses ``path``, or ``None``.

        A protected path protects its twins: on some file systems they are the same file.
        """
        pattern = self._protected(path)
        if pattern is not None:
            return f"it is protected by {pattern!r}"
        if self._allowed is not None and self._is_allowed(path) is None:
            patterns = ", ".join(map(repr, self._allowed))
            return f"only these paths may be changed: {patterns or 'none'}"
        return None


def _matcher(patterns: Iterable[str], *, twins: bool) -> Callable[[str], str | None]:
    """The pattern that a path, or one of its twins, falls under, as it was written."""
    written = [pattern for pattern in patterns if pattern.strip("./ ")]
    if not written:
        return lambda _path: None
    lines = [_literal_start(pattern.removeprefix("./")) for pattern in written]
    exact = _compiled(lines)
    folded = _compiled([twin_key(line) for line in lines if twins])

    def match(path: str) -> str | None:
        checks = (exact.check_file(path), folded.check_file(twin_key(path)))
        return next((written[found.index] for found in checks if found.index is not None), None)

    return match


def _compiled(lines: list[str]) -> PathSpec[Any]:
    from pathspec import PathSpec

    for line in lines:
        try:
            PathSpec.from_lines("gitignore", [line])
        except (re.error, ValueError) as error:
            raise InvalidPattern(line, str(error)) from error
    return PathSpec.from_lines("gitignore", lines)


def _literal_start(pattern: str) -> str:
    return f"\\{pattern}" if pattern[0] in "!#" else pattern
