"""What tests of several packages need: small git repositories, made by git itself."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

FIRST_COMMIT = 1_600_000_000


class GitRepository:
    """A repository under a temporary folder, with nobody's configuration but its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._time = FIRST_COMMIT
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, stdin: str | None = None) -> str:
        who = {"NAME": "Ada Lovelace", "EMAIL": "ada@example.org", "DATE": f"@{self._time} +0000"}
        inherited = {name: v for name, v in os.environ.items() if not name.startswith("GIT_")}
        isolated = {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "LC_ALL": "C",
            **{f"GIT_AUTHOR_{name}": value for name, value in who.items()},
            **{f"GIT_COMMITTER_{name}": value for name, value in who.items()},
        }
        return subprocess.run(
            ["git", "-C", str(self.folder), "-c", "protocol.file.allow=always", *arguments],
            check=True,
            capture_output=True,
            text=True,
            input=stdin,
            env=inherited | isolated,
        ).stdout.strip()

    def write(self, path: str | bytes, content: str | bytes) -> None:
        file = self.folder / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, message: str = "Work", **files: str | bytes) -> str:
        """Write files (``a_py`` is ``a.py``), commit everything; the name of the commit."""
        for name, content in files.items():
            self.write(name.replace("_", "."), content)
        self.git("add", "--all")
        return self.commit_index(message)

    def commit_index(self, message: str = "Work") -> str:
        self._time += 60
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def object_file(self, revision: str) -> Path:
        name = self.git("rev-parse", revision)
        return self.folder / ".git" / "objects" / name[:2] / name[2:]

    def damage(self, revision: str) -> None:
        file = self.object_file(revision)
        file.chmod(0o644)
        file.write_bytes(b"this is no object")


@pytest.fixture
def make_repository(tmp_path):
    """A function that makes an empty repository of a given name."""
    return lambda name="repository": GitRepository(tmp_path / name)


@pytest.fixture
def repository(make_repository):
    """A repository with one commit, which is never mined: it has no parent."""
    made = make_repository()
    made.commit("First", start_txt="start\n")
    return made
