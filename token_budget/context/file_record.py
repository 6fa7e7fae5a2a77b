"""What the index knows of one file, and how it is found out."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from estimators.classify import language_of
from token_budget.context.file_text import NotText, lines_of, read_text, stamp_of
from token_budget.context.imports.statements import import_statements
from token_budget.context.postings import packed_postings
from token_budget.context.source_structure import structure_of
from token_budget.context.splitting.grammars import installed_grammars
from token_budget.context.values import Chunk, SourceFile
from token_budget.context.words import path_word_keys, word_keys_of
from token_budget.count_engines import Engine, count_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from token_budget.context.candidate_rules import CandidateRules
    from token_budget.context.file_text import FileText, Stamp
    from token_budget.context.source_structure import Structure
    from token_budget.context.splitting.blocks import ChunkSize

ANALYSIS_VERSION = 1
"""Rises when the same file gives other chunks, words, outlines or imports than before."""

CLOCK_TICK_NANOSECONDS = 50_000_000
"""A file that was written this shortly before it was read may change again within the same tick of
the file system's clock, and nobody could tell; kernels tick every 10 milliseconds or faster."""

UNTRUSTED: Stamp = (0, 0, 0, 0)
"""The stamp of a file that is to be read again next time."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What decides what is known of a file.

    Attributes:
        rules: Which files are left out.
        size: How large chunks should be.
        engine: What counts tokens; all engines count the same.
    """

    rules: CandidateRules
    size: ChunkSize
    engine: Engine

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that differ when what is found out may differ."""
        parts = (ANALYSIS_VERSION, self.rules, self.size, installed_grammars())
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What the index knows of one file.

    Attributes:
        path: Relative to the workspace.
        stamp: Of the file when it was read.
        wanted: It was asked for by name, whatever the rules.
        sha256: Of its bytes; "" if it could not be read.
        left_out: Why it is no part of the index; "": it is.
        size: Bytes.
        lines: Lines.
        tokens: ``cl100k_base`` tokens of its chunks together: those of the whole text, and one or
            two more where a chunk ends within a run of white space.
        encoding: What it was read as.
        outline: As `source_structure` writes it.
        outline_tokens: Its tokens.
        path_tokens: Tokens of the path.
        mode: How its structure was found.
        chunks: ``[first, last, tokens, sha256, name]`` each, as JSON.
        chunk_count: How many they are.
        imports: As `import_statements` says, as JSON.
        postings: As `postings.packed_postings` says; may be kept elsewhere once it is stored.
    """

    path: str
    stamp: Stamp
    wanted: bool = False
    sha256: str = ""
    left_out: str = ""
    size: int = 0
    lines: int = 0
    tokens: int = 0
    encoding: str = ""
    outline: str = ""
    outline_tokens: int = 0
    path_tokens: int = 0
    mode: str = ""
    chunks: str = "[]"
    chunk_count: int = 0
    imports: str = "[]"
    postings: bytes = b""

    def source_file(self) -> SourceFile:
        """The file as the index shows it."""
        return SourceFile(
            self.path,
            self.size,
            self.lines,
            self.tokens,
            self.sha256,
            language_of(self.path),
            self.outline_tokens,
            self.path_tokens,
            self.encoding,
        )

    def chunk_values(self) -> tuple[Chunk, ...]:
        """Its chunks, in order."""
        return tuple(Chunk(self.path, *values) for values in json.loads(self.chunks))

    def import_values(self) -> tuple[str, ...]:
        """What it imports, as it says it."""
        return tuple(json.loads(self.imports))


def analysed(root: Path, path: str, settings: IndexSettings, *, wanted: bool) -> FileRecord:
    """Read one file and find out what the index wants to know; what fails is a reason in it."""
    try:
        file = root / path
        stamp = _trusted(stamp_of(os.lstat(file)))
        read = read_text(file, settings.rules.max_file_bytes)
    except NotText as error:
        return FileRecord(path, stamp, wanted, left_out=str(error))
    except FileNotFoundError:
        return FileRecord(path, UNTRUSTED, wanted, left_out="disappeared while it was read")
    except OSError as error:
        return FileRecord(path, UNTRUSTED, wanted, left_out=f"unreadable: {error.strerror}")
    reason = None if wanted else settings.rules.left_out_by_content(read.text, language_of(path))
    if reason:
        return FileRecord(path, stamp, wanted, read.sha256, reason, read.size)
    return _described(path, stamp, read, settings, wanted=wanted)


def _trusted(stamp: Stamp) -> Stamp:
    written = max(stamp[0], stamp[1])
    return stamp if time.time_ns() - written > CLOCK_TICK_NANOSECONDS else UNTRUSTED


def _described(
    path: str, stamp: Stamp, read: FileText, settings: IndexSettings, *, wanted: bool
) -> FileRecord:
    count = partial(count_with, settings.engine)
    lines, language = lines_of(read.text), language_of(path)
    structure = structure_of(path, language, lines, settings.size)
    statements = import_statements(path, language, read.text, structure.tree)
    chunks, words = _chunked(lines, structure, count)
    return FileRecord(
        path=path,
        stamp=stamp,
        wanted=wanted,
        sha256=read.sha256,
        size=read.size,
        lines=len(lines),
        tokens=sum(tokens for _, _, tokens, _, _ in chunks),
        encoding=read.encoding,
        outline=structure.outline,
        outline_tokens=count(structure.outline),
        path_tokens=count(path),
        mode=structure.mode,
        chunks=json.dumps(chunks, separators=(",", ":")),
        chunk_count=len(chunks),
        imports=json.dumps(statements),
        postings=_postings(path, words),
    )


def _chunked(
    lines: Sequence[str], structure: Structure, count: Callable[[str], int]
) -> tuple[list[tuple[int, int, int, str, str]], list[dict[int, int]]]:
    """The values of the chunks, and the words of each; a name's words count as the text's."""
    chunks, words = [], []
    for block in structure.chunks:
        text = "\n".join(lines[block.first - 1 : block.last]) + "\n"
        digest = hashlib.sha256(text.encode()).hexdigest()
        chunks.append((block.first, block.last, count(text), digest, block.name))
        words.append(word_keys_of(f"{text} {block.name}"))
    return chunks, words


def _postings(path: str, chunks: Sequence[dict[int, int]]) -> bytes:
    """The words of each chunk and of the file; those of the path count once in each of them."""
    of_path = path_word_keys(path)
    whole = _added([of_path, *chunks])
    return packed_postings([_added((of_path, one)) for one in chunks], whole)


def _added(parts: Iterable[dict[int, int]]) -> dict[int, int]:
    total: dict[int, int] = {}
    for part in parts:
        for key, count in part.items():
            total[key] = total.get(key, 0) + count
    return total
