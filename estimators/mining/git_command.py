"""How git is called: on one repository, reading only, and never at a repository's mercy.

A repository can name programs to run (pagers, external diffs, text converters, file system
monitors, signature checkers) and servers to ask. Every call here switches those off, ignores the
configuration of the user and the machine, and reads no attributes of a work tree: the same commit
gives the same answer everywhere.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from estimators.errors import RepositoryError

_OVERRIDES = (
    "core.bare=true",  # no work tree: its .gitattributes would change how a diff is written
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.abbrev=7",
    "core.quotePath=true",
    "diff.suppressBlankEmpty=false",
    "log.showSignature=false",
    "log.follow=false",
    "log.mailmap=false",
)
_SETTINGS = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",  # git before 2.44 does not know the line above; no protocol, no fetch
}
_REPOSITORY_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE",
    "GIT_PREFIX",
)


def command(git_directory: Path, *arguments: str) -> list[str]:
    """A git command that reads one repository and runs nothing that it names."""
    overrides = [part for override in _OVERRIDES for part in ("-c", override)]
    return ["git", "--no-pager", f"--git-dir={git_directory}", *overrides, *arguments]


def environment() -> dict[str, str]:
    """The environment of every command but discovery: nothing of git's is inherited."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    if "GIT_EXEC_PATH" in os.environ:
        inherited["GIT_EXEC_PATH"] = os.environ["GIT_EXEC_PATH"]
    return inherited | _SETTINGS


def find_git_directory(repository: str | Path) -> Path:
    """The git directory of a work tree, of a folder in one, or of a bare repository.

    The user's own configuration holds here, so that ``safe.directory`` keeps its meaning.

    Raises:
        RepositoryError: There is no such folder, it is in no repository, git does not trust its
            owner, or git is not installed.
    """
    folder = Path(repository)
    if not folder.is_dir():
        what = "expected a folder, found a file" if folder.exists() else "no such folder"
        raise RepositoryError(str(repository), what)
    kept = {name: v for name, v in os.environ.items() if name not in _REPOSITORY_VARIABLES}
    arguments = ["git", "-C", str(folder.absolute()), "rev-parse", "--absolute-git-dir"]
    try:
        found = subprocess.run(  # noqa: S603 - fixed words and a folder after -C
            arguments, capture_output=True, check=False, env=kept | {"LC_ALL": "C"}
        )
    except FileNotFoundError as error:
        raise git_missing(repository) from error
    if found.returncode:
        raise RepositoryError(str(repository), first_complaint(found.stderr))
    return Path(os.fsdecode(found.stdout.removesuffix(b"\n")))


def check_has_commits(repository: str | Path, git_directory: Path) -> None:
    """Make sure that there is something to mine.

    Raises:
        RepositoryError: The current branch has no commit.
    """
    if not _output(git_directory, *"rev-parse --quiet --verify HEAD".split()):
        raise RepositoryError(str(repository), "the current branch has no commit yet")


def repository_name(git_directory: Path) -> str:
    """``owner/name`` of the remote ``origin`` where there is one, else the name of the folder."""
    remote = _output(git_directory, "config", "--get", "remote.origin.url")
    # Only the last two parts: what stands before them can hold a password.
    named = re.search(r"(?:://[^/]+/|^[^/]+:)(?:.*/)?([^/]+/[^/]+?)(?:\.git)?/?$", remote)
    if named:
        return named.group(1)
    folder = git_directory.parent if git_directory.name == ".git" else git_directory
    return folder.name.removesuffix(".git")


def git_missing(repository: str | Path) -> RepositoryError:
    """The error where there is no git command."""
    return RepositoryError(str(repository), "the git command was not found: install git")


def first_complaint(stderr: bytes) -> str:
    """What git said was wrong: its first fatal line, else its first line."""
    lines = stderr.decode("utf-8", "replace").splitlines()
    said = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines
    return said[0].split(": ", 1)[-1] if said else "git failed and did not say why"


def _output(git_directory: Path, *arguments: str) -> str:
    """What a command prints; nothing if it fails."""
    found = subprocess.run(  # noqa: S603 - fixed words
        command(git_directory, *arguments), capture_output=True, check=False, env=environment()
    )
    return "" if found.returncode else found.stdout.decode("utf-8", "replace").strip()
