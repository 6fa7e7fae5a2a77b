"""Which paths a phase must not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from estimators.deliverable import Deliverable


def protection(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A test of paths against protected files, folders and patterns.

    The rules are those of ``.gitignore``, anchored at the root of the workspace where the pattern
    has a slash: a folder protects everything below it, with or without its final slash.
    """
    lines = [pattern.removeprefix("./") for pattern in patterns if pattern.strip("./")]
    if not lines:
        return lambda _path: False
    from pathspec import PathSpec

    # A leading "!" or "#" is part of a name here: nothing may lift a protection.
    spec = PathSpec.from_lines("gitignore", [_literal_start(line) for line in lines])
    return lambda path: spec.match_file(path) or spec.match_file(f"{path.rstrip('/')}/")


def _literal_start(line: str) -> str:
    return f"\\{line}" if line[0] in "!#" else line


def touched_paths(deliverable: Deliverable) -> tuple[str, ...]:
    """The paths that a deliverable changes: one, two for a rename, none for prose."""
    return tuple(path for path in (deliverable.path, deliverable.new_path) if path)
