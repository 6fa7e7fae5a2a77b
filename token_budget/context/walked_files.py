"""The files below a folder by its own ``.gitignore`` files: where there is no git to ask."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from token_budget.context.ignore_patterns import parsed_patterns, verdict
from token_budget.context.values import LeftOut
from token_budget.storage_place import STATE_FOLDER
from token_budget.workspace import SKIPPED_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from token_budget.context.ignore_patterns import IgnorePattern

IGNORE_FILE = ".gitignore"

OWN_FOLDERS = frozenset({".git", STATE_FOLDER})
"""What git would not list either."""

MAXIMUM_IGNORE_BYTES = 1_000_000
"""Of a longer list of patterns only this much is read."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """One ``.gitignore`` and the folder that it speaks of ("" or ending in a slash)."""

    folder: str
    patterns: tuple[IgnorePattern, ...]

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether a path is ignored; None: nothing is said of it."""
        names = path.removeprefix(self.folder).split("/")
        return verdict(self.patterns, names, is_folder=is_folder)


def walked_files(root: Path, left_out: list[LeftOut]) -> Iterator[str]:
    """The names below ``root`` that nothing ignores; links are named and never followed.

    Folders of tools (`SKIPPED_FOLDERS`) are not entered.

    Args:
        root: An existing folder.
        left_out: Takes the folders that could not be listed, or are those of tools.
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
            is_folder = entry.is_dir(follow_symlinks=False)
            if _is_ignored(path, rules, is_folder=is_folder):
                continue
            if not is_folder:
                yield path
            elif entry.name not in SKIPPED_FOLDERS:
                waiting.append((f"{path}/", rules))
            elif entry.name not in OWN_FOLDERS:
                left_out.append(LeftOut(_printable(path), "a folder of tools"))


def _own_rules(
    root: Path, folder: str, entries: list[os.DirEntry[str]], left_out: list[LeftOut]
) -> tuple[_Rules, ...]:
    if not any(entry.name == IGNORE_FILE and entry.is_file() for entry in entries):
        return ()
    try:
        with (root / folder / IGNORE_FILE).open("rb") as file:
            text = os.fsdecode(file.read(MAXIMUM_IGNORE_BYTES))
    except OSError as error:
        left_out.append(LeftOut(f"{folder}{IGNORE_FILE}", f"unreadable: {error.strerror}"))
        return ()
    return (_Rules(folder, parsed_patterns(text)),)


def _is_ignored(path: str, rules: tuple[_Rules, ...], *, is_folder: bool) -> bool:
    """The nearest list that speaks of a path decides."""
    verdicts = (one.verdict(path, is_folder=is_folder) for one in rules)
    return next((verdict for verdict in verdicts if verdict is not None), False)


def _printable(path: str) -> str:
    return path.rstrip("/").encode(errors="surrogateescape").decode(errors="replace")
