"""Summaries that stand in for files: smaller, and only while they say what the file says now.

A summary is a JSON file, ``{"path": …, "sha256": …, "summary": …}``: the file that it is about, the
SHA-256 of that file's bytes when it was written, and the text. Summaries belong to a run, never to
a phase. They are looked for in ``.token-budget/runs/<run>/summaries`` and, where an earlier
program left them, anywhere below ``.autonomous_runs/<run>``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from token_budget.errors import ConfigError
from token_budget.storage_place import STATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from token_budget.context.values import SourceFile

OLD_RUNS = ".autonomous_runs"
MOST_ARTIFACT_BYTES = 1_000_000
"""A larger file is no summary: bytes."""

MOST_ARTIFACTS = 10_000
"""Files of a run that are looked at: a run leaves a few for each of its phases."""

REPORTED_PATHS = 10
"""A report names this many of the files that summaries stand for."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A summary of one file.

    Attributes:
        path: The file, relative to the workspace.
        sha256: Of the bytes that it summarises, hexadecimal.
        summary: The text.
    """

    path: str
    sha256: str
    summary: str


@dataclass(frozen=True, slots=True)
class Substitutions:
    """What stands in for files in a prompt.

    Attributes:
        texts: The summaries by the paths they stand for.
        tokens: Of the summaries: ``cl100k_base`` tokens.
        avoided_tokens: Of the files: ``cl100k_base`` tokens.
        sizes: The same two figures for each path.
    """

    texts: Mapping[str, str]
    tokens: int = 0
    avoided_tokens: int = 0
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many files are not shown themselves."""
        return len(self.texts)

    @property
    def paths(self) -> tuple[str, ...]:
        """The first of them by name, `REPORTED_PATHS` at the most."""
        return tuple(sorted(self.texts)[:REPORTED_PATHS])

    def without(self, paths: Collection[str]) -> Substitutions:
        """Those for other files than these."""
        sizes = {path: size for path, size in self.sizes.items() if path not in paths}
        texts = {path: self.texts[path] for path in sizes}
        used, avoided = (sum(both[side] for both in sizes.values()) for side in (0, 1))
        return Substitutions(texts, used, avoided, sizes)

    def within(self, tokens: int) -> Substitutions:
        """Those of the smallest summaries that take no more than so many tokens together."""
        kept: dict[str, str] = {}
        spent = avoided = 0
        for path, text in sorted(self.texts.items(), key=lambda item: (self.sizes[item[0]], item)):
            used, instead = self.sizes[path]
            if spent + used > tokens:
                break
            kept[path], spent, avoided = text, spent + used, avoided + instead
        return Substitutions(kept, spent, avoided, {path: self.sizes[path] for path in kept})


NO_SUBSTITUTIONS = Substitutions({})


def write_artifact(workspace: Path, run_id: str, artifact: Artifact) -> Path:
    """Keep a summary for the later phases of a run.

    Raises:
        ConfigError: The id of the run is no plain name.
        OSError: It cannot be written.
    """
    folder = _folder(workspace, run_id)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{artifact.sha256}.json"
    fields = {"path": artifact.path, "sha256": artifact.sha256, "summary": artifact.summary}
    file.write_text(json.dumps(fields, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def read_artifacts(workspace: Path, run_id: str) -> list[Artifact]:
    """The summaries of a run, in the order of their files' names; what is none is passed over.

    Raises:
        ConfigError: The id of the run is no plain name.
    """
    folders = (_folder(workspace, run_id), workspace / OLD_RUNS / run_id)
    return [one for folder in folders for one in _read_below(folder)]


def substitutions(
    artifacts: list[Artifact],
    files: Mapping[str, SourceFile],
    wanted: frozenset[str],
    count: Callable[[str], int],
) -> Substitutions:
    """The summaries that can stand for files.

    Args:
        artifacts: The summaries of a run.
        files: The files of the workspace as they are now.
        wanted: Files that may be replaced: those that are only read.
        count: Counts ``cl100k_base`` tokens.
    """
    texts: dict[str, str] = {}
    for one in artifacts:
        file = files.get(one.path)
        if file is None or one.path not in wanted or one.sha256 != file.sha256:
            continue
        shortest = texts.get(one.path)
        if count(one.summary) < (file.tokens if shortest is None else count(shortest)):
            texts[one.path] = one.summary
    sizes = {path: (count(text), files[path].tokens) for path, text in texts.items()}
    used, avoided = (sum(both[side] for both in sizes.values()) for side in (0, 1))
    return Substitutions(texts, used, avoided, sizes)


def _folder(workspace: Path, run_id: str) -> Path:
    if run_id in {"", ".", ".."} or not run_id.isprintable() or {"/", "\\"} & set(run_id):
        expected = "a plain name without slashes"
        raise ConfigError("no id of a run", "run_id", run_id, expected)
    return workspace / STATE_FOLDER / "runs" / run_id / "summaries"


def _read_below(folder: Path) -> Iterator[Artifact]:
    if not folder.is_dir() or folder.is_symlink():
        return
    found = sorted(folder.rglob("*.json"))[:MOST_ARTIFACTS]
    for file in found:
        try:
            if file.is_file() and file.stat().st_size <= MOST_ARTIFACT_BYTES:
                yield from _artifact(json.loads(file.read_bytes()))
        except (OSError, ValueError, RecursionError):
            continue


def _artifact(fields: object) -> Iterator[Artifact]:
    if not isinstance(fields, dict):
        return
    values = [fields.get(name) for name in ("path", "sha256", "summary")]
    if all(isinstance(value, str) and value for value in values):
        path, sha256, summary = map(str, values)
        yield Artifact(path, sha256.lower(), summary)
