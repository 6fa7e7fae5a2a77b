"""Which files of a workspace are no reading for a model: lock, vendored, generated, minified ones.

Wider than the rules by which histories are mined: what was recorded or built and yet is tracked
(``testdata``, ``build``) may well be what a phase is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from estimators.mining.mining_rules import LOCK_FILES

VENDORED_DIRECTORIES = tuple(
    "vendor node_modules bower_components third_party .yarn site-packages __pycache__".split()
)
"""Directories of other people's files, at any depth."""

BINARY_SUFFIXES = tuple(
    ".png .jpg .jpeg .gif .ico .webp .bmp .woff .woff2 .ttf .otf .eot .pdf .zip .gz .bz2 .xz .zst"
    " .tar .7z .jar .class .so .dylib .dll .exe .o .a .pyc .db .sqlite .mo .mp3 .mp4 .webm .wasm"
    " .parquet .npy .npz .pkl .onnx .safetensors".split()
)
"""Endings of files that hold no text; the content of any other file decides."""

MINIFIED_SUFFIXES = (".min.js", ".min.css", ".min.mjs", ".map")

GENERATED_SUFFIXES = tuple(
    ".lock .pb.go .pb.cc .pb.h _pb2.py _pb2_grpc.py _pb2.pyi .g.dart .freezed.dart .snap"
    " .designer.cs .po .pot .ipynb".split()
)
"""Endings of files that tools write."""

MAXIMUM_FILE_BYTES = 1_000_000
"""A larger file would by itself fill any context window with about 250,000 tokens."""

GENERATED_PROBE_CHARACTERS = 1_500
"""How far into a file its generator says so: tools write it into the first lines."""

MINIFIED_LINE_CHARACTERS = 400
"""A style sheet or script whose lines are longer than this on average was not typed."""

MINIFIED_CHARACTERS = 4_000
"""A shorter file is read whatever its lines."""

_GENERATED = re.compile(
    r"^.{0,8}code generated .{0,200}do not edit"  # Go's convention: golang.org/s/generatedcode
    r"|^\W{0,8}@generated\b"  # Meta's convention
    r"|\b(?:this file (?:is|was|has been) )?(?:auto-?generated|automatically generated|generated)"
    r"\b[^\n]{0,120}\bdo not (?:edit|modify|change)\b"
    r"|\bdo not (?:edit|modify)\b[^\n]{0,80}\b(?:auto-?generated|generated (?:by|file|from))\b",
    re.IGNORECASE | re.MULTILINE,
)
_MINIFIED_LANGUAGES = frozenset({"javascript", "css", "html"})


@dataclass(frozen=True, slots=True)
class CandidateRules:
    """Which files are left out. Names are compared without regard to case.

    To change a rule: ``CandidateRules(directories=(*VENDORED_DIRECTORIES, "fixtures"))``; a single
    path comes in whatever the rules by `ChunkIndex.refresh(include=…)`.

    Attributes:
        lock_files: Base names.
        directories: Names of directories; everything under them is left out as vendored.
        binary_suffixes: Endings of base names that are not even opened.
        minified_suffixes: Endings of base names.
        generated_suffixes: Endings of base names.
        max_file_bytes: Larger files are left out, also those that are asked for by name.
        by_content: Whether files that say that they are generated, and those that look minified,
            are left out too.

    Raises:
        ValueError: The size is not positive, or a name is not one plain name.
    """

    lock_files: tuple[str, ...] = (*LOCK_FILES, "npm-shrinkwrap.json", "flake.lock")
    directories: tuple[str, ...] = VENDORED_DIRECTORIES
    binary_suffixes: tuple[str, ...] = BINARY_SUFFIXES
    minified_suffixes: tuple[str, ...] = MINIFIED_SUFFIXES
    generated_suffixes: tuple[str, ...] = GENERATED_SUFFIXES
    max_file_bytes: int = MAXIMUM_FILE_BYTES
    by_content: bool = True

    def __post_init__(self) -> None:
        if self.max_file_bytes < 1:
            raise ValueError(f"max_file_bytes: expected 1 or more, found {self.max_file_bytes!r}")
        suffixes = (*self.binary_suffixes, *self.minified_suffixes, *self.generated_suffixes)
        for name in (*self.lock_files, *self.directories, *suffixes):
            if not name or "/" in name:
                raise ValueError(f"expected one plain name without a slash, found {name!r}")

    def left_out_by_path(self, path: str) -> str | None:
        """Why a file is left out, judged by its path; None if it is not."""
        *directories, name = path.lower().split("/")
        if name in _lowered(self.lock_files):
            return "lock file"
        if not _lowered(self.directories).isdisjoint(directories):
            return "vendored"
        by_suffix = (
            ("binary", self.binary_suffixes),
            ("minified", self.minified_suffixes),
            ("generated", self.generated_suffixes),
        )
        return next((why for why, endings in by_suffix if name.endswith(_endings(endings))), None)

    def left_out_by_content(self, text: str, language: str) -> str | None:
        """Why a file is left out, judged by its text; None if it is not."""
        if not self.by_content:
            return None
        if _GENERATED.search(text[:GENERATED_PROBE_CHARACTERS]):
            return "generated"
        long_lines = len(text) > MINIFIED_LINE_CHARACTERS * (text.count("\n") + 1)
        if language in _MINIFIED_LANGUAGES and long_lines and len(text) > MINIFIED_CHARACTERS:
            return "minified"
        return None


@cache
def _lowered(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


@cache
def _endings(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_lowered(names))
