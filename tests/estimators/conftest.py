"""What several tests of this package need."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class FakeWorkspace:
    """Files and their sizes in tokens; directories are what their paths imply."""

    sizes: dict[str, int | None]

    def exists(self, path: str) -> bool:
        return path in self.sizes

    def is_directory(self, path: str) -> bool:
        return path == "." or any(file.startswith(f"{path}/") for file in self.sizes)

    def expand(self, pattern: str) -> list[str]:
        if pattern == ".":
            return sorted(self.sizes)
        below = [file for file in self.sizes if file.startswith(f"{pattern}/")]
        return sorted(below or fnmatch.filter(self.sizes, pattern))

    def tokens(self, path: str) -> int | None:
        return self.sizes.get(path)


@pytest.fixture
def workspace_of():
    """A function from files, each of 100 tokens, to a workspace; others by keyword."""

    def make(*files: str, **sizes: int | None) -> FakeWorkspace:
        return FakeWorkspace(dict.fromkeys(files, 100) | sizes)

    return make
