"""The files of a workspace as git lists them, without running what the repository names."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from estimators.mining.git_command import first_complaint

if TYPE_CHECKING:
    from pathlib import Path

_OVERRIDES = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.untrackedCache=false")
"""A repository can name programs for git to run: none of them is."""

_LIST = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")


class GitFailed(Exception):  # noqa: N818 - says what happened
    """Git is there and a repository too, and yet it lists nothing; its argument says why."""


def files_by_git(root: Path) -> list[str] | None:
    """Tracked files and those that are neither tracked nor ignored, relative to ``root``.

    A name that is not UTF-8 has surrogates, as `os.fsdecode` makes them; a repository inside
    another one is listed as its folder. The user's own ignore rules and ``safe.directory`` hold.

    Returns:
        None: the workspace is in no repository, or is a folder that its repository ignores.

    Raises:
        GitFailed: Git is not installed, or refuses.
    """
    if not _is_in_repository(root):
        return None
    listed = _git(root, *_LIST)
    if listed.returncode:
        raise GitFailed(first_complaint(listed.stderr))
    names = {os.fsdecode(name).rstrip("/") for name in listed.stdout.split(b"\0") if name}
    if not names and _git(root, "check-ignore", "--quiet", ".").returncode == 0:
        return None
    return list(names)


def _is_in_repository(root: Path) -> bool:
    """Whether there is a repository to ask; a folder that only looks like one is git's to judge."""
    resolved = root.resolve()
    return any((folder / ".git").exists() for folder in (resolved, *resolved.parents))


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    overrides = [part for override in _OVERRIDES for part in ("-c", override)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    own |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.run(  # noqa: S603 - fixed words and a folder after -C
            ["git", "-C", str(root.absolute()), *overrides, *arguments],  # noqa: S607 - that of PATH
            capture_output=True,
            check=False,
            env=own,
        )
    except FileNotFoundError as error:
        raise GitFailed("the git command was not found") from error
