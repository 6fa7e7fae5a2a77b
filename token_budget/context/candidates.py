"""The files of a workspace that may be read: as git sees them, or by ``.gitignore`` without git.

Every path that is found is either a candidate or left out with a reason.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from token_budget.context.candidate_rules import CandidateRules
from token_budget.context.errors import WorkspaceError
from token_budget.context.file_text import stamp_of
from token_budget.context.git_files import GitFailed, listed_by_git
from token_budget.context.values import LeftOut
from token_budget.context.walked_files import walked_files
from token_budget.storage_place import STATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from token_budget.context.file_text import Stamp


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a look at a workspace found.

    Attributes:
        stamps: The files that may be read, by path; sorted.
        left_out: Everything else that was found; sorted by path.
        wanted: Those of them that were asked for by name.
        warnings: What went wrong with the look as a whole.
    """

    stamps: dict[str, Stamp]
    left_out: tuple[LeftOut, ...]
    wanted: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()


def find_candidates(
    root: Path, rules: CandidateRules | None = None, include: Iterable[str] = ()
) -> Candidates:
    """Look at a workspace; reads no file's content.

    Args:
        root: The workspace.
        rules: What is left out by its path; None: the defaults.
        include: Files and folders, relative to the root, that come in whatever git and the rules
            on paths say of them; one that does not exist is passed over.

    Raises:
        WorkspaceError: The root is no folder, or cannot be listed.
    """
    check_is_folder(root)
    names, left_out, warnings = _listed(root)
    wanted = set(_included(root, include, left_out))
    rules = rules or CandidateRules()
    stamps: dict[str, Stamp] = {}
    for name in sorted({*names, *wanted}):
        found = _judged(root, name, rules, wanted=name in wanted)
        if isinstance(found, LeftOut):
            left_out.append(found)
        elif found is not None:
            stamps[name] = found
    ordered = tuple(sorted(dict.fromkeys(left_out), key=lambda one: one.path))
    return Candidates(stamps, ordered, frozenset(wanted & stamps.keys()), warnings)


def check_is_folder(root: Path) -> None:
    """Make sure that a workspace can be looked at.

    Raises:
        WorkspaceError: It is no folder, or cannot be listed.
    """
    try:
        with os.scandir(root):
            pass
    except FileNotFoundError as error:
        raise WorkspaceError(str(root), "expected an existing folder, found nothing") from error
    except NotADirectoryError as error:
        raise WorkspaceError(str(root), "expected a folder, found a file") from error
    except (OSError, ValueError) as error:
        raise WorkspaceError(str(root), f"cannot be listed: {error}") from error


def _listed(root: Path) -> tuple[Iterable[str], list[LeftOut], tuple[str, ...]]:
    """The names below a workspace, what could not be entered, and what went wrong."""
    left_out: list[LeftOut] = []
    try:
        by_git = listed_by_git(root)
    except GitFailed as error:
        warning = f"git could not list the files ({error}); .gitignore files were read instead"
        return walked_files(root, left_out), left_out, (warning,)
    if by_git is None:
        return walked_files(root, left_out), left_out, ()
    return by_git.names, [*by_git.left_out], by_git.warnings


def _included(root: Path, include: Iterable[str], left_out: list[LeftOut]) -> Iterator[str]:
    """The files among, and below, what was asked for by name; what cannot be entered is told."""

    def tell(error: OSError) -> None:
        folder = Path(os.fsdecode(error.filename)).relative_to(root).as_posix()
        left_out.append(LeftOut(folder, f"unreadable: {error.strerror}"))

    for path in include:
        inside = os.path.normpath(path).replace(os.sep, "/")
        if inside.startswith("../") or inside in {"..", "."} or Path(inside).is_absolute():
            continue
        place = root / inside
        if _lstat(place) is None:
            continue
        if place.is_dir() and not place.is_symlink():
            for folder, folders, files in os.walk(place, onerror=tell):
                folders[:] = sorted(name for name in folders if name not in {".git", STATE_FOLDER})
                yield from (Path(folder, name).relative_to(root).as_posix() for name in files)
        else:
            yield inside


def _judged(
    root: Path, name: str, rules: CandidateRules, *, wanted: bool
) -> Stamp | LeftOut | None:
    """A file's stamp, or why it is left out; None: it is ours."""
    if name.split("/", 1)[0] == STATE_FOLDER:
        return None
    if not _is_utf8(name):
        return LeftOut(name.encode(errors="surrogateescape").decode(errors="replace"), NOT_UTF8)
    if not wanted and (reason := rules.left_out_by_path(name)):
        return LeftOut(name, reason)
    try:
        status = os.lstat(f"{root}/{name}")
    except FileNotFoundError:
        return LeftOut(name, "deleted")
    except OSError as error:
        return LeftOut(name, f"unreadable: {error.strerror}")
    reason = _kind_left_out(root, name, status) or _size_left_out(status, rules)
    return LeftOut(name, reason) if reason else stamp_of(status)


NOT_UTF8 = "not UTF-8 name"


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind_left_out(root: Path, name: str, status: os.stat_result) -> str | None:
    if stat.S_ISREG(status.st_mode):
        return None
    if stat.S_ISLNK(status.st_mode):
        return _link_left_out(root, name)
    if stat.S_ISDIR(status.st_mode):
        return "a repository of its own, such as a submodule"
    return "no regular file"


def _link_left_out(root: Path, name: str) -> str:
    """Why a symbolic link is left out: what it leads to inside is a candidate by its own name."""
    place = root / name
    try:
        target = place.resolve(strict=True)
    except RuntimeError:
        return "symbolic link in a loop"
    except OSError as error:
        return "symbolic link in a loop" if error.errno == errno.ELOOP else "broken symbolic link"
    try:
        return f"symbolic link to {target.relative_to(root.resolve()).as_posix()}"
    except ValueError:
        return "symbolic link outside"


def _size_left_out(status: os.stat_result, rules: CandidateRules) -> str | None:
    if status.st_size <= rules.max_file_bytes:
        return None
    return f"larger than {rules.max_file_bytes:,} bytes"


def _lstat(place: Path) -> os.stat_result | None:
    try:
        return place.lstat()
    except (OSError, ValueError):
        return None
