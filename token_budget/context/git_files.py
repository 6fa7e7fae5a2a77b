"""The files of a workspace as git lists them, without running what the repository names."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.mining.git_command import first_complaint
from token_budget.context.values import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_OVERRIDES = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.untrackedCache=false")
"""A repository can name programs for git to run: none of them is."""

_LIST = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")

_NOT_ENTERED = re.compile(r"warning: could not open directory '(?P<folder>.*)/': (?P<why>.*)")
"""What git says of a folder that it then passes over; it ends well all the same."""


@dataclass(frozen=True, slots=True)
class GitListing:
    """What git listed.

    Attributes:
        names: Relative to the workspace. A name that is not UTF-8 has surrogates, as `os.fsdecode`
            makes them; a repository inside another one is listed as its folder.
        left_out: The folders that it could not enter.
        warnings: What else it complained of.
    """

    names: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[str, ...] = ()


class GitFailed(Exception):  # noqa: N818 - says what happened
    """Git is there and a repository too, and yet it lists nothing; its argument says why."""


def listed_by_git(root: Path) -> GitListing | None:
    """Tracked files and those that are neither tracked nor ignored.

    The user's own ignore rules and ``safe.directory`` hold.

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
    return _listing(names, listed.stderr.decode(errors="replace").splitlines())


def _listing(names: Iterable[str], complaints: Iterable[str]) -> GitListing:
    said = {line: _NOT_ENTERED.fullmatch(line) for line in dict.fromkeys(complaints)}
    return GitListing(
        tuple(names),
        tuple(LeftOut(one["folder"], f"unreadable: {one['why']}") for one in said.values() if one),
        tuple(f"git: {line}" for line, one in said.items() if one is None),
    )


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
