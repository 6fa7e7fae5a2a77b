"""The files below a folder by its own ``.gitignore`` files: where there is no git to ask."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from token_budget.context.values import LeftOut
from token_budget.workspace import SKIPPED_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pathspec import PathSpec
    from pathspec.pattern import Pattern

IGNORE_FILE = ".gitignore"

MAXIMUM_IGNORE_BYTES = 1_000_000
"""Of a longer list of patterns only this much is read."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """One ``.gitignore`` and the folder that it speaks of ("" or ending in a slash)."""

    folder: str
    patterns: PathSpec[Pattern]

    def verdict(self, path: str) -> bool | None:
        """Whether a path is ignored; None: nothing is said of it."""
        return self.patterns.check_file(path.removeprefix(self.folder)).include


def walked_files(root: Path, left_out: list[LeftOut]) -> Iterator[str]:
    """The names below ``root`` that nothing ignores; links are named and never followed.

    Folders of tools (`SKIPPED_FOLDERS`) are passed over.

    Args:
        root: An existing folder.
        left_out: Takes the folders that could not be listed.
    """
    yield from _below(root, "", (), left_out)


def _below(
    root: Path, folder: str, above: tuple[_Rules, ...], left_out: list[LeftOut]
) -> Iterator[str]:
    # A stack, not recursion: how deep folders go is the workspace's choice.
    waiting = [(folder, above)]
    while waiting:
        current, inherited = waiting.pop()
        try:
            with os.scandir(root / current) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            left_out.append(LeftOut(_printable(current), f"unreadable: {error.strerror}"))
            continue
        rules = (*_own_rules(root, current, entries, left_out), *inherited)
        for entry in entries:
            path = f"{current}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_FOLDERS and not _is_ignored(f"{path}/", rules):
                    waiting.append((f"{path}/", rules))
            elif not _is_ignored(path, rules):
                yield path


def _own_rules(
    root: Path, folder: str, entries: list[os.DirEntry[str]], left_out: list[LeftOut]
) -> tuple[_Rules, ...]:
    if not any(entry.name == IGNORE_FILE and entry.is_file() for entry in entries):
        return ()
    try:
        with (root / folder / IGNORE_FILE).open("rb") as file:
            lines = file.read(MAXIMUM_IGNORE_BYTES).decode("utf-8", "replace").splitlines()
    except OSError as error:
        left_out.append(LeftOut(f"{folder}{IGNORE_FILE}", f"unreadable: {error.strerror}"))
        return ()
    return (_Rules(folder, _patterns(lines)),)


def _patterns(lines: list[str]) -> PathSpec[Pattern]:
    """The patterns of a list; one that means nothing is passed over, as git does."""
    from pathspec import PathSpec

    try:
        return PathSpec.from_lines("gitignore", lines)
    except ValueError:
        return PathSpec.from_lines("gitignore", [line for line in lines if _means_something(line)])


def _means_something(line: str) -> bool:
    from pathspec import PathSpec

    try:
        PathSpec.from_lines("gitignore", [line])
    except ValueError:
        return False
    return True


def _is_ignored(path: str, rules: tuple[_Rules, ...]) -> bool:
    """The nearest list that speaks of a path decides."""
    verdicts = (one.verdict(path) for one in rules)
    return next((verdict for verdict in verdicts if verdict is not None), False)


def _printable(path: str) -> str:
    return path.rstrip("/").encode(errors="surrogateescape").decode(errors="replace")
