"""Commits as phases, and the folder in which they are carried out."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING

from estimators.deliverable import Deliverable
from estimators.mining.git_command import command, environment
from token_budget.spec import Phase

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.continuation_commits import ChangedFile, ChangedFiles
    from benchmarks.continuation_targets import Files

KEPT = ".token-budget"
"""The workspace's state stays from phase to phase: what one teaches, the next one is planned by."""


def phase_of(commit: ChangedFiles, run_id: str) -> Phase:
    """The phase that asks for a commit: its message, and what happens to each file."""
    title, _, body = commit.message.strip().partition("\n")
    return Phase(
        phase_id=commit.name[:12],
        run_id=run_id,
        display_name=title or commit.name[:12],
        description=body.strip(),
        deliverables=tuple(_deliverable(one) for one in commit.files),
    )


def check_out(commit: ChangedFiles, folder: Path) -> None:
    """Put the tree before a commit into a folder, in the place of what is there."""
    for one in folder.iterdir():
        if one.name == KEPT:
            continue
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink()
    archive = subprocess.run(
        command(commit.git_directory, "archive", "--format=tar", commit.parent),
        env=environment(),
        check=True,
        capture_output=True,
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tree:
        # The keyword came with Python 3.11.4; the attribute is ignored where it is not known.
        tree.extraction_filter = getattr(tarfile, "tar_filter", None)
        tree.extractall(folder)


def wrong_files(expected: Files, folder: Path) -> list[str]:
    """Paths that do not hold, byte for byte, what they should; None: that they are gone."""
    return [path for path, text in expected.items() if _bytes(folder / path) != _encoded(text)]


def _deliverable(file: ChangedFile) -> Deliverable:
    new_path = file.path if file.action == "rename" else None
    return Deliverable(
        path=file.old_path, action=file.action, new_path=new_path, text=file.old_path
    )


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
