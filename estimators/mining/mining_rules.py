"""What of a git history is no work of an author: the rules that leave files and commits out.

The defaults are those of the histories that the shipped prior was fitted on, so that what is mined
and what was learnt speak of the same thing.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

LOCK_FILES = (
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "poetry.lock",
    "uv.lock",
    "Cargo.lock",
    "go.sum",
    "Gemfile.lock",
    "composer.lock",
    "bun.lock",
)
"""Files that a package manager writes; any other ``.lock`` file goes by `LEFT_OUT_SUFFIXES`."""

LEFT_OUT_DIRECTORIES = (
    "vendor",
    "node_modules",
    "dist",
    "build",
    "third_party",
    ".yarn",
    "__snapshots__",
    "snapshots",
    "testdata",
)
"""Directories of files that were copied, built or recorded; at any depth."""

LEFT_OUT_SUFFIXES = tuple(
    ".lock .min.js .min.css .map .svg .png .jpg .gif .ico .woff .woff2 .ttf .pdf .zip .gz .snap .db"
    " .sqlite .pb.go .jsonl .csv .log .ipynb .po .pot .mo".split()
)
"""Endings of files that are generated, minified, data or binary."""

MAX_FILES = 60
"""Files of a commit; more is a sweep over the repository, not a phase of work."""

MAX_FILE_BYTES = 300_000
"""Bytes of a file before or after; nobody asks a model to write a larger one."""

RENAME_PERCENT = 50
"""How alike two files must be to be one that was renamed; git's own default."""


@dataclass(frozen=True, slots=True)
class MiningRules:
    """Which files and commits are left out. Names are compared without regard to case.

    To change a rule: ``MiningRules(max_files=200)``, or
    ``MiningRules(directories=(*LEFT_OUT_DIRECTORIES, "generated"))``.

    Attributes:
        lock_files: Base names.
        directories: Names of directories; everything under them is left out.
        suffixes: Endings of base names.
        max_files: A commit that changes more files is left out, left-out files counted too.
        max_file_bytes: A commit is left out if a file that is not left out is larger.
        rename_percent: Likeness from which a deleted and a created file are one renamed file.

    Raises:
        ValueError: A limit is out of range, or a directory is not one plain name.
    """

    lock_files: tuple[str, ...] = LOCK_FILES
    directories: tuple[str, ...] = LEFT_OUT_DIRECTORIES
    suffixes: tuple[str, ...] = LEFT_OUT_SUFFIXES
    max_files: int = MAX_FILES
    max_file_bytes: int = MAX_FILE_BYTES
    rename_percent: int = RENAME_PERCENT

    def __post_init__(self) -> None:
        for name, value in (("max_files", self.max_files), ("max_file_bytes", self.max_file_bytes)):
            if value < 1:
                raise ValueError(f"{name}: expected 1 or more, found {value!r}")
        if not 1 <= self.rename_percent <= 100:
            raise ValueError(f"rename_percent: expected 1 to 100, found {self.rename_percent!r}")
        for name in (*self.lock_files, *self.directories, *self.suffixes):
            if not name or "/" in name:
                raise ValueError(f"expected one plain name without a slash, found {name!r}")

    def left_out(self, path: str) -> str | None:
        """Why a file is left out, judged by its path; None if it is not."""
        *directories, name = path.lower().split("/")
        if name in _lowered(self.lock_files):
            return "lock file"
        if not _lowered(self.directories).isdisjoint(directories):
            return "vendored, built or recorded"
        if name.endswith(tuple(_lowered(self.suffixes))):
            return "generated, data or binary by its name"
        return None

    def pathspecs(self) -> tuple[str, ...]:
        """The same rules in git's language, so that git does not read what is left out."""
        return (
            *(f":(exclude,icase,glob)**/{_literal(name)}" for name in self.lock_files),
            *(f":(exclude,icase,glob)**/{_literal(name)}/**" for name in self.directories),
            *(f":(exclude,icase)*{_literal(name)}" for name in self.suffixes),
        )

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that differ when the rules do; for keys of caches."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def _lowered(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _literal(name: str) -> str:
    """A name as git matches it literally."""
    return re.sub(r"([\\*?\[\]])", r"\\\1", name)
