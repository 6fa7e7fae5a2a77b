"""Deliverables against a workspace: what exists, how large it is, which files a glob stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from textwrap import shorten
from typing import TYPE_CHECKING

from estimators.reading.paths import as_posix, is_glob, safe_relative_path
from estimators.reading.workspace import has_directory, has_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from estimators.deliverable import Action, Deliverable
    from estimators.reading.workspace import WorkspaceView

_LONGEST_QUOTATION = 60
"""How much of a prose deliverable a warning repeats: characters."""

# Of two entries for one file the weightier tells what happens to it.
_WEIGHT: dict[Action | None, int] = {None: 0, "modify": 1, "create": 2, "rename": 3, "delete": 4}


@dataclass(frozen=True, slots=True)
class ParsedDeliverables:
    """What became of one entry or more.

    Attributes:
        deliverables: In the order they were written.
        warnings: What was odd about them: one sentence each, with the path.
    """

    deliverables: tuple[Deliverable, ...]
    warnings: tuple[str, ...] = ()


def resolve(deliverable: Deliverable, workspace: WorkspaceView | None) -> ParsedDeliverables:
    """Check a deliverable's paths, and fill in what the workspace knows of them.

    A directory or glob becomes its files, sorted; without a workspace, or where files are to be
    created in it, it stays one deliverable of unknown extent. A given action or size stays.

    Raises:
        DeliverableError: A path is not safe, see `safe_relative_path`.
    """
    if deliverable.path is None:
        return ParsedDeliverables((deliverable,))
    named = replace(
        deliverable,
        path=safe_relative_path(deliverable.path),
        new_path=_destination(deliverable, workspace),
    )
    exists = has_file(workspace, deliverable.path)
    if not exists and (deliverable.many or _stands_for_many(deliverable.path, workspace)):
        return _files(named, workspace)
    return _file(named, workspace, exists=exists)


def together(parts: Iterable[ParsedDeliverables]) -> ParsedDeliverables:
    """All deliverables and all warnings of ``parts``, in order."""
    parts = tuple(parts)
    return ParsedDeliverables(
        tuple(one for part in parts for one in part.deliverables),
        tuple(one for part in parts for one in part.warnings),
    )


def merge_duplicates(deliverables: Iterable[Deliverable]) -> ParsedDeliverables:
    """Each file once, at the place of its first entry, with a warning for each that came again.

    Notes and counts are put together; of two actions the weightier stays: delete, rename, create,
    modify. Prose is a duplicate if it is written alike. Linear in the number of deliverables.
    """
    groups: dict[tuple[str | None, str], list[Deliverable]] = {}
    for one in deliverables:
        groups.setdefault((one.path, "" if one.path else one.note), []).append(one)
    warnings = tuple(_repeated(group) for group in groups.values() if len(group) > 1)
    return ParsedDeliverables(tuple(map(_merged, groups.values())), warnings)


def _repeated(group: list[Deliverable]) -> str:
    name = group[0].path or repr(shorten(group[0].note, _LONGEST_QUOTATION, placeholder="…"))
    actions = sorted({one.action for one in group if one.action})
    differing = f" ({', '.join(actions)}; kept: {_merged(group).action})" if actions[1:] else ""
    return f"{name} is listed {len(group)} times{differing}: merged into one"


def _merged(group: list[Deliverable]) -> Deliverable:
    if len(group) == 1:
        return group[0]
    weightiest = max(group, key=lambda one: _WEIGHT[one.action])
    return replace(
        weightiest,
        note="; ".join(dict.fromkeys(one.note for one in group if one.note)),
        counts=tuple(dict.fromkeys(count for one in group for count in one.counts)),
        many=any(one.many for one in group),
        text=group[0].text,
    )


def _stands_for_many(path: str, workspace: WorkspaceView | None) -> bool:
    is_directory = as_posix(path).endswith("/") or has_directory(workspace, path)
    return is_directory or is_glob(path) or safe_relative_path(path) == "."


def _destination(deliverable: Deliverable, workspace: WorkspaceView | None) -> str | None:
    """Where a rename goes; a file that moves to a directory keeps its name."""
    path, new = deliverable.path, deliverable.new_path
    if path is None or new is None:
        return None
    is_directory = as_posix(new).endswith("/") or has_directory(workspace, new)
    if is_directory and (has_file(workspace, path) or not _stands_for_many(path, workspace)):
        return safe_relative_path(f"{new}/{safe_relative_path(path).rpartition('/')[2]}")
    return safe_relative_path(new)


def _files(deliverable: Deliverable, workspace: WorkspaceView | None) -> ParsedDeliverables:
    """A directory or glob as its files, where they are known."""
    path = str(deliverable.path)
    if workspace is None:
        return _of_unknown_extent(deliverable, "no workspace to look into")
    if deliverable.action == "create":
        return _of_unknown_extent(deliverable, "the files to be created are not known yet")
    files = workspace.expand(path)
    if not files:
        return _of_unknown_extent(deliverable, "no file there")
    is_directory = has_directory(workspace, path)
    return together(
        _file(
            replace(
                deliverable,
                path=file,
                new_path=_moved(file, path if is_directory else None, deliverable.new_path),
                many=False,
            ),
            workspace,
            exists=True,
        )
        for file in files
    )


def _moved(file: str, directory: str | None, destination: str | None) -> str | None:
    """Where a file goes that moves with its directory, or (None) as one that a glob matched."""
    if destination is None:
        return None
    if directory is None:
        return f"{destination}/{file.rpartition('/')[2]}"
    return f"{destination}/{file.removeprefix(f'{directory}/')}"


def _of_unknown_extent(deliverable: Deliverable, reason: str) -> ParsedDeliverables:
    warning = f"{deliverable.path} stands for files of unknown number: {reason}"
    return ParsedDeliverables((replace(deliverable, many=True),), (warning,))


def _file(
    deliverable: Deliverable, workspace: WorkspaceView | None, *, exists: bool
) -> ParsedDeliverables:
    """One file with its action and size."""
    path, action = str(deliverable.path), deliverable.action
    if workspace is None:
        size = 0 if action == "create" else None
        return ParsedDeliverables((_sized(deliverable, action, size),), _missing_name(deliverable))
    action = action or ("modify" if exists else "create")
    size = workspace.tokens(path) if exists else (0 if action == "create" else None)
    filled = _sized(deliverable, action, size)
    return ParsedDeliverables((filled,), _contradictions(filled, workspace, exists=exists))


def _sized(deliverable: Deliverable, action: Action | None, tokens: int | None) -> Deliverable:
    known = deliverable.existing_tokens
    return replace(deliverable, action=action, existing_tokens=tokens if known is None else known)


def _contradictions(
    deliverable: Deliverable, workspace: WorkspaceView, *, exists: bool
) -> tuple[str, ...]:
    """What the spec says of a file that the workspace does not bear out."""
    path, action, new = deliverable.path, deliverable.action, deliverable.new_path
    found = list(_missing_name(deliverable))
    if action == "create" and exists:
        found.append(f"{path} is to be created, but exists")
    if action in _NEEDS_THE_FILE and not exists:
        found.append(f"{path} is {_NEEDS_THE_FILE[action]}, but does not exist")
    if new is not None and has_file(workspace, new):
        found.append(f"{path} is to be renamed to {new}, which exists")
    return tuple(found)


_NEEDS_THE_FILE: dict[Action | None, str] = {
    "modify": "to be modified",
    "delete": "to be deleted",
    "rename": "to be renamed",
}


def _missing_name(deliverable: Deliverable) -> tuple[str, ...]:
    is_missing = deliverable.action == "rename" and deliverable.new_path is None
    return (f"{deliverable.path} is to be renamed, but not to what",) if is_missing else ()
