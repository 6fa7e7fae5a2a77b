"""The lines of a ``.gitignore``, matched as git does: against one file or folder at a time.

What is inside a folder that a pattern names is not matched by it: who walks does not enter an
ignored folder. So ``!*/`` after ``*`` brings folders back and not what is in them. The patterns of
pathspec match whole paths, with all that is below a folder, and read ``*`` with ``!*/``, a lone
``/`` and ``b/**/`` otherwise than git does; they serve here for one name at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ANY_FOLDERS = "**"

_MAGIC = re.compile(r"[*?\[\\]")
_TRAILING_SPACES = re.compile(r"(?<!\\) +$")


@dataclass(frozen=True, slots=True)
class IgnorePattern:
    """One line that means something.

    Attributes:
        ignores: What it matches is ignored; false: it is not, whatever was said before.
        only_folders: It matches no files.
        names: What each name of a path is like, from the folder of the list on; `ANY_FOLDERS`
            stands for any number of them.
    """

    ignores: bool
    only_folders: bool
    names: tuple[str, ...]

    def matches(self, names: Sequence[str], *, is_folder: bool) -> bool:
        """Whether a path, split at its slashes, is one that the line means."""
        return (is_folder or not self.only_folders) and _match(self.names, names)


def parsed_patterns(text: str) -> tuple[IgnorePattern, ...]:
    """The lines of a list; one that means nothing is passed over, as git does."""
    lines = text.removeprefix("\ufeff").split("\n")
    return tuple(one for one in map(_parsed, lines) if one is not None)


def verdict(
    patterns: Iterable[IgnorePattern], names: Sequence[str], *, is_folder: bool
) -> bool | None:
    """Whether a path is ignored: the last line that matches decides; None: none does.

    Args:
        patterns: Of one list.
        names: The path from the folder of the list on, split at its slashes.
        is_folder: Whether it is a folder, and no link to one.
    """
    found = [one.ignores for one in patterns if one.matches(names, is_folder=is_folder)]
    return found[-1] if found else None


def _parsed(line: str) -> IgnorePattern | None:
    line = _TRAILING_SPACES.sub("", line.removesuffix("\r"))
    if line.startswith("#"):
        return None
    body = line.removeprefix("!")
    names = body.removesuffix("/").split("/")
    if len(names) == 1:
        names.insert(0, ANY_FOLDERS)
    elif not names[0]:
        del names[0]
    if not all(names) or not all(map(_is_sound, names)):
        return None
    return IgnorePattern(body == line, body.endswith("/"), tuple(names))


def _match(wanted: Sequence[str], names: Sequence[str]) -> bool:
    if not wanted:
        return not names
    first, rest = wanted[0], wanted[1:]
    if first != ANY_FOLDERS:
        return bool(names) and _matcher(first)(names[0]) and _match(rest, names[1:])
    if not rest:
        return bool(names)
    # Without another one in the rest, only its own length can be left for it.
    least = 0 if ANY_FOLDERS in rest else max(len(names) - len(rest), 0)
    return any(_match(rest, names[start:]) for start in range(least, len(names)))


def _is_sound(name: str) -> bool:
    try:
        _matcher(name)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=10_000)
def _matcher(name: str) -> Callable[[str], bool]:
    """What tells whether a name is like one of a pattern.

    Raises:
        ValueError: The pattern is none.
    """
    if not _MAGIC.search(name):
        return lambda found: found == name
    from pathspec import PathSpec

    # What has a meaning at the ends of a line has none at those of a name.
    escaped = f"\\{name}" if name[0] in "!#" else name
    escaped = f"{escaped[:-1]}\\ " if _TRAILING_SPACES.search(escaped) else escaped
    (pattern,) = PathSpec.from_lines("gitignore", [escaped]).patterns
    return lambda found: pattern.match_file(found) is not None
