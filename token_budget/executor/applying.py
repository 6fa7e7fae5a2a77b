"""A whole answer into the workspace: all of it, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ndjson import Workspace
from ndjson.workspace import operation_paths
from token_budget.errors import NotApplied

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ndjson import Applied, FileOperation, Preview
    from token_budget.spec import Phase


def apply_answer(
    workspace: Path,
    phase: Phase,
    operations: Iterable[FileOperation],
    shown: Mapping[str, str | None],
) -> Applied:
    """Apply an answer.

    Args:
        workspace: The folder.
        phase: What it protects, and what it only shows, is not changed.
        operations: Of the answer.
        shown: SHA-256 of files that the model was shown; None: that a file was not there.

    Raises:
        NotApplied: An operation does not fit; nothing was written.
        NdjsonError: The workspace or the system refused; nothing was written.
    """
    applied = _workspace(workspace, phase).apply(operations, shown=shown)
    if not applied.ok:
        raise NotApplied(
            f"{one.operation.type} {one.operation.path}: {one.reason}" for one in applied.failed
        )
    return applied


def preview(workspace: Path, phase: Phase, operations: Iterable[FileOperation]) -> Preview:
    """What applying an answer would do now; raises as `apply_answer` does."""
    return _workspace(workspace, phase).preview(operations)


def _workspace(root: Path, phase: Phase) -> Workspace:
    scope = phase.scope
    return Workspace(root, protected=(*scope.protected_paths, *scope.read_only_context))


def changed_paths(applied: Applied, operations: Iterable[FileOperation]) -> tuple[str, ...]:
    """The files that an answer changed, sorted; those of an earlier call if it was applied then."""
    if applied.changes:
        return tuple(sorted(change.path for change in applied.changes))
    if applied.status == "already applied":
        return tuple(sorted({path for one in operations for path in operation_paths(one)}))
    return ()
