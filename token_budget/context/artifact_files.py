"""The summaries of a run, as files: the library's own, and those of an earlier program's runs.

The library keeps a summary as ``.token-budget/runs/<run>/summaries/<sha256>.json``, an object of
``path``, ``sha256`` and ``summary``: the file that it is about, the SHA-256 of that file's bytes
when it was written, and the text. Earlier programs left their reports as Markdown below
``.autonomous_runs/<run>`` (``run_summary.md``, ``history_pack.md``, ``tiers/tier_<n>_<name>.md``,
``phases/phase_<n>_<phase>.md``), later ones below
``.autonomous_runs/<project>/runs/<family>/<run>``. Both forms are read in all three places: JSON,
and Markdown whose front matter gives the path and the hash::

    ---
    path: docs/BUILD_HISTORY.md
    sha256: 8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92
    ---
    What was built so far: …

A report without them may be out of date or about another file, and stands for nothing; it is
counted. A phase that refers to a report by its path is shown the first part of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_budget.context.artifacts import Artifact
from token_budget.errors import ConfigError
from token_budget.storage_place import STATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EARLIER_RUNS = ".autonomous_runs"
MOST_ARTIFACT_BYTES = 1_000_000
"""A larger file is no summary: bytes."""

MOST_ARTIFACTS = 10_000
"""Files of a run that are looked at: a run leaves a few for each of its phases."""

_FRONT_MATTER = re.compile(r"\A---\r?\n(?P<fields>.*?)\r?\n---\r?\n(?P<text>.*)\Z", re.DOTALL)
_FIELD = re.compile(r"^(?P<name>path|sha256):[ \t]*(?P<value>.*?)[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RunArtifacts:
    """What a run has left.

    Attributes:
        artifacts: Its summaries, in the order of their files' names.
        unaddressed: Reports that do not say which content of which file they are about.
        folders: Where they were looked for, relative to the workspace; those that are there.
    """

    artifacts: tuple[Artifact, ...] = ()
    unaddressed: int = 0
    folders: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether a path is that of a report of the run."""
        inside = any(path.startswith(f"{folder}/") for folder in self.folders)
        return inside and path.endswith(".md")


def write_artifact(workspace: Path, run_id: str, artifact: Artifact) -> Path:
    """Keep a summary for the later phases of a run.

    Raises:
        ConfigError: The id of the run is no plain name.
        OSError: It cannot be written.
    """
    folder = _own_folder(workspace, run_id)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{artifact.sha256}.json"
    fields = {"path": artifact.path, "sha256": artifact.sha256, "summary": artifact.summary}
    file.write_text(json.dumps(fields, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def read_artifacts(workspace: Path, run_id: str) -> RunArtifacts:
    """The summaries of a run; what is none is passed over.

    Raises:
        ConfigError: The id of the run is no plain name.
    """
    folders = [one for one in _folders(workspace, run_id) if one.is_dir() and not one.is_symlink()]
    read = [_read(file) for folder in folders for file in _files_below(folder)]
    return RunArtifacts(
        tuple(one for one in read if isinstance(one, Artifact)),
        sum(one is _UNADDRESSED for one in read),
        tuple(folder.relative_to(workspace).as_posix() for folder in folders),
    )


_UNADDRESSED = object()


def _folders(workspace: Path, run_id: str) -> Iterator[Path]:
    """Where a run may have left summaries."""
    yield _own_folder(workspace, run_id)
    earlier = workspace / EARLIER_RUNS
    yield earlier / run_id
    for family in sorted(earlier.glob("*/runs/*")):
        # A run that is a family of its own has its folder once.
        yield family if family.name == run_id else family / run_id


def _own_folder(workspace: Path, run_id: str) -> Path:
    if run_id in {"", ".", ".."} or not run_id.isprintable() or {"/", "\\"} & set(run_id):
        expected = "a plain name without slashes"
        raise ConfigError("no id of a run", "run_id", run_id, expected)
    return workspace / STATE_FOLDER / "runs" / run_id / "summaries"


def _files_below(folder: Path) -> list[Path]:
    found = sorted(one for one in folder.rglob("*") if one.suffix in {".json", ".md"})
    return found[:MOST_ARTIFACTS]


def _read(file: Path) -> object:
    """The summary in a file, `_UNADDRESSED` for a report of something else, or None."""
    try:
        if not file.is_file() or file.is_symlink() or file.stat().st_size > MOST_ARTIFACT_BYTES:
            return None
        content = file.read_bytes()
        if file.suffix == ".json":
            return _artifact(json.loads(content))
        return _of_markdown(content.decode())
    except (OSError, ValueError, RecursionError):
        return None


def _of_markdown(text: str) -> object:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return _UNADDRESSED
    fields = {one["name"]: one["value"].strip("\"'") for one in _FIELD.finditer(match["fields"])}
    return _artifact({**fields, "summary": match["text"].strip()}) or _UNADDRESSED


def _artifact(fields: object) -> Artifact | None:
    if not isinstance(fields, dict):
        return None
    values = [fields.get(name) for name in ("path", "sha256", "summary")]
    if not all(isinstance(value, str) and value for value in values):
        return None
    path, sha256, summary = map(str, values)
    return Artifact(path, sha256.lower(), summary)
