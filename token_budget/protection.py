"""Which paths a phase must not change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from token_budget.errors import SpecError, SpecProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from estimators.deliverable import Deliverable


def protection(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A test of paths against protected files, folders and patterns.

    The rules are those of ``.gitignore``, anchored at the root of the workspace where the pattern
    has a slash: a folder protects everything below it, with or without its final slash.

    Raises:
        SpecError: A pattern means nothing; has every one of them.
    """
    written = [pattern for pattern in patterns if pattern.strip("./")]
    if not written:
        return lambda _path: False
    wrong = [(pattern, problem) for pattern in written if (problem := pattern_problem(pattern))]
    if wrong:
        place = "scope.protected_paths"
        raise SpecError([SpecProblem("phase", place, *one) for one in wrong])
    from pathspec import PathSpec

    spec = PathSpec.from_lines("gitignore", map(_line, written))
    return lambda path: spec.match_file(path) or spec.match_file(f"{path.rstrip('/')}/")


def pattern_problem(pattern: str) -> str:
    """What was expected in place of a pattern; empty: nothing is wrong with it."""
    if not pattern.strip("./"):
        return ""
    from pathspec import PathSpec

    try:
        PathSpec.from_lines("gitignore", [_line(pattern)])
    except (re.error, ValueError) as error:
        return f"expected a path or a pattern as in .gitignore: {error}"
    return ""


def _line(pattern: str) -> str:
    """A pattern as pathspec reads it."""
    line = pattern.removeprefix("./")
    # A leading "!" or "#" is part of a name here: nothing may lift a protection.
    return f"\\{line}" if line[0] in "!#" else line


def touched_paths(deliverable: Deliverable) -> tuple[str, ...]:
    """The paths that a deliverable changes: one, two for a rename, none for prose."""
    return tuple(path for path in (deliverable.path, deliverable.new_path) if path)
