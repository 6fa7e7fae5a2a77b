"""Phases whose output is known, and the files that hold them: JSON lines, one phase each.

The format is that of a mined git commit: its files were the deliverables, its diff is what was
written. Files end in ``.jsonl`` or ``.jsonl.gz``.
"""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from estimators.deliverable import Deliverable
from estimators.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TextIO

    from estimators.deliverable import Action

ACTIONS: tuple[Action, ...] = ("create", "modify", "delete", "rename")

FORMATS = ("ndjson", "whole_file", "diff")
"""Answer formats whose length is known of an observed phase."""

DELETION_TOKENS = 10
"""What a whole-file answer writes for a file that is deleted: its path and a mark."""

SHORT_COMMIT = 10
"""Characters of a commit's name that people are shown: enough to be its only one for git."""

LARGEST_TOKENS = 100_000_000
"""A larger size of one file is no size: mining leaves out files over 300,000 bytes."""

_COUNTS = ("existing_tokens", "final_tokens", "ndjson_tokens", "diff_tokens")
_LINE_COUNTS = ("lines_added", "lines_removed", "hunks")


@dataclass(frozen=True, slots=True)
class ObservedFile:
    """One file of an observed phase; sizes are in ``cl100k_base`` tokens.

    Attributes:
        path: POSIX path after the phase.
        action: What happened to it.
        existing_tokens: The file before; 0 for a new one.
        final_tokens: The file after: what a whole-file answer has to write.
        ndjson_tokens: What a structured edit has to write.
        diff_tokens: The unified diff.
        lines_added: As git counts them.
        lines_removed: As git counts them.
        hunks: Of the unified diff with three lines of context.
    """

    path: str
    action: Action
    existing_tokens: int
    final_tokens: int
    ndjson_tokens: int
    diff_tokens: int
    lines_added: int = 0
    lines_removed: int = 0
    hunks: int = 0

    def tokens(self, output_format: str) -> int:
        """What an answer of this format had to write for the file."""
        if output_format == "whole_file":
            return DELETION_TOKENS if self.action == "delete" else self.final_tokens
        return self.diff_tokens if output_format == "diff" else self.ndjson_tokens

    def deliverable(self) -> Deliverable:
        """The file as a spec would have named it before the phase ran."""
        return Deliverable(self.path, self.action, self.existing_tokens, text=self.path)


@dataclass(frozen=True, slots=True)
class ObservedPhase:
    """A phase with known output.

    Attributes:
        repo: Where it comes from.
        commit: What it is called there.
        time: Seconds since 1970, UTC.
        title: The first line of its message.
        files: At least one.
        ai_written: Whether it says that a model wrote it; hindsight.
        body_chars: Length of the rest of the message in characters; hindsight.
    """

    repo: str
    commit: str
    time: int
    title: str
    files: tuple[ObservedFile, ...]
    ai_written: bool = False
    body_chars: int = 0

    @property
    def name(self) -> str:
        """What it is called for people: its commit, shortened as git does."""
        return self.commit[:SHORT_COMMIT]

    def tokens(self, output_format: str = "ndjson") -> int:
        """What an answer of this format had to write: ``cl100k_base`` tokens of the mined form."""
        return sum(file.tokens(output_format) for file in self.files)

    def deliverables(self) -> tuple[Deliverable, ...]:
        """What was known of its files before it ran."""
        return tuple(file.deliverable() for file in self.files)

    def as_json(self) -> dict[str, Any]:
        """The row of a history file."""
        return {
            "repo": self.repo,
            "commit": self.commit,
            "time": self.time,
            "ai_written": self.ai_written,
            "title": self.title,
            "body_chars": self.body_chars,
            "files": [{name: getattr(one, name) for name in one.__slots__} for one in self.files],
        }

    @classmethod
    def from_json(cls, row: object) -> ObservedPhase:
        """A phase from the row of a history file; unknown keys are passed over.

        Raises:
            ValueError: The row is not of the format; says which key, and what was expected.
        """
        phase = _mapping(row, "the row")
        files = phase.get("files")
        if not isinstance(files, list) or not files:
            raise ValueError(f"files: expected a list of files, found {files!r:.80}")
        return cls(
            repo=_text(phase, "repo"),
            commit=_text(phase, "commit"),
            time=_count(phase, "time"),
            title=_text(phase, "title"),
            files=tuple(_file(one, f"files[{number}]") for number, one in enumerate(files)),
            ai_written=_flag(phase, "ai_written"),
            body_chars=_count(phase, "body_chars", default=0),
        )


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line of a history file that holds no phase.

    Attributes:
        file: Which file.
        line: Its number, from 1.
        reason: What is wrong with it.
    """

    file: str
    line: int
    reason: str


def read_history(
    paths: Iterable[str | Path], broken: list[BrokenLine] | None = None
) -> Iterator[ObservedPhase]:
    """The phases of history files, one at a time, in the order of the files and their lines.

    Args:
        paths: ``.jsonl`` or ``.jsonl.gz`` files.
        broken: Takes the lines that hold no phase; None: they raise.

    Raises:
        HistoryError: A file cannot be read or holds no phase, or a line is broken and nobody
            takes it.
    """
    for path in map(Path, paths):
        found = False
        for phase in _read_file(path, broken):
            found = True
            yield phase
        if not found:
            raise HistoryError(str(path), "expected at least one observed phase")


def _read_file(path: Path, broken: list[BrokenLine] | None) -> Iterator[ObservedPhase]:
    try:
        with _opened(path) as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    yield ObservedPhase.from_json(json.loads(line))
                except (ValueError, RecursionError) as error:
                    if broken is None:
                        raise HistoryError(str(path), f"line {number}: {error}") from error
                    broken.append(BrokenLine(str(path), number, str(error)))
    except (OSError, EOFError, zlib.error) as error:
        raise HistoryError(str(path), f"expected a readable history: {error}") from error


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="surrogateescape")
    return path.open(encoding="utf-8", errors="surrogateescape")


def _file(row: object, place: str) -> ObservedFile:
    try:
        file = _mapping(row, "the file")
        action = file.get("action")
        if action not in ACTIONS:
            raise ValueError(f"action: expected one of {', '.join(ACTIONS)}, found {action!r:.80}")
        sizes = {name: _count(file, name) for name in _COUNTS}
        lines = {name: _count(file, name, default=0) for name in _LINE_COUNTS}
        return ObservedFile(path=_text(file, "path"), action=action, **sizes, **lines)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"expected {what} to be an object, found {value!r:.80}")
    return value


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name}: expected a text, found {value!r:.80}")
    return value


def _flag(row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name}: expected true or false, found {value!r:.80}")
    return value


def _count(row: Mapping[str, Any], name: str, default: int | None = None) -> int:
    value = row.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name}: expected a whole number, found {value!r:.80}")
    most = LARGEST_TOKENS if name in _COUNTS else None
    if value < 0 or (most is not None and value > most):
        raise ValueError(
            f"{name}: expected 0 or more{f', at most {most}' if most else ''}, found {value}"
        )
    return value
