"""The one object that applies an answer to files: all of it, or nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ndjson.applied_answers import answer_digest, record, recorded_result
from ndjson.edited import evaluate
from ndjson.errors import Conflict, UnsafePath, WriteFailed
from ndjson.file_state import content_hash
from ndjson.folder import Root, name_of, parent_of
from ndjson.journal import JOURNAL, planned, read_journal
from ndjson.operations import Done, Meta
from ndjson.path_rules import PathRules
from ndjson.results import Applied, Evaluation, Outcome, Preview, Result, Status
from ndjson.safe_path import checked_path, reserved_rule
from ndjson.state_folder import StateFolder
from ndjson.touched import Place
from ndjson.transaction import commit, recover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ndjson.applied_answers import Hashes
    from ndjson.matching import Matching
    from ndjson.operations import FileOperation, Operation

LOCK_SECONDS = 10.0
"""How long one process waits for another one's apply; `token_budget` waits as long for its
database."""


class Workspace:
    """A folder that answers are applied to; what an interrupted apply left is settled first.

    Example:
        >>> workspace = Workspace(".", protected=["infra/"])
        >>> print(workspace.preview(operations).diff)
        >>> print(workspace.apply(operations).summary)
    """

    def __init__(
        self,
        root: str | Path,
        protected: Iterable[str] = (),
        allowed: Iterable[str] | None = None,
        lock_timeout: float = LOCK_SECONDS,
    ) -> None:
        """Open the folder ``root``; nothing is written unless there is something to settle.

        Args:
            root: Nothing outside this folder is ever touched.
            protected: Patterns, as in ``.gitignore``, of what must not be changed.
            allowed: Patterns of what may be changed; ``None``: anything else.
            lock_timeout: Seconds to wait for another process that is applying.

        Raises:
            Conflict: The root is no folder, or an interrupted apply could not be settled wholly:
                a file was changed since, which is left as it is. It is raised once.
            JournalDamaged: The record of an interrupted apply cannot be used.
            WorkspaceBusy: Another process is applying, and did not end in time.
        """
        try:
            self._root = Root(root)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Conflict(str(root), "the root of a workspace must be a folder") from error
        self._rules = PathRules(protected, allowed)
        self._state = StateFolder(self._root)
        self._lock_timeout = lock_timeout
        if self._state.exists() and read_journal(self._state) is not None:
            with self._writing():
                recover(self._root, self._state)

    def preview(self, operations: Iterable[Operation], matching: Matching = "exact") -> Preview:
        """What `apply` would do now; nothing is touched.

        Args:
            operations: Those of one answer; ``meta`` and ``done`` are skipped.
            matching: The loosest rung by which texts may be matched.
        """
        found = self._evaluated(_file_operations(operations), matching)
        return Preview(found.results, found.changes)

    def apply(
        self,
        operations: Iterable[Operation],
        shown: Mapping[str, str | None] | None = None,
        matching: Matching = "exact",
    ) -> Applied:
        """Carry out all operations, or none: one that fails keeps the others from being written.

        Args:
            operations: Those of one answer; ``meta`` and ``done`` are skipped.
            shown: SHA-256, in hexadecimal, of files that the model was shown; ``None``: that
                the file was not there. All of them are compared, also those not changed.
            matching: The loosest rung by which texts may be matched; see `ndjson.matching`.

        Raises:
            Conflict: A file is no longer what the model was shown, or was changed by somebody
                else meanwhile; nothing was written.
            WriteFailed: The system refused to write; everything was undone, or will be.
            WorkspaceBusy: Another process is applying, and did not end in time.
        """
        chosen = _file_operations(operations)
        if not self._state.exists():
            # Nobody has applied here yet, so nobody is applying: a failure leaves no trace.
            self._check_shown(shown)
            found = self._evaluated(chosen, matching)
            if not found.changes and not self._state.exists():
                return _unwritten(found)
        with self._writing():
            recover(self._root, self._state)
            return self._applied(chosen, shown, matching)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Be the only one that writes; what the system refuses outside a commit is explained."""
        try:
            with self._state.locked(self._lock_timeout):
                yield
        except OSError as error:
            reason = error.strerror or str(error)
            undone = not self._state.exists() or self._state.read(JOURNAL) is None
            raise WriteFailed(str(self._root.path), reason, undone) from error

    def _applied(
        self,
        operations: list[FileOperation],
        shown: Mapping[str, str | None] | None,
        matching: Matching,
    ) -> Applied:
        """Carry out the operations; the lock is held."""
        answer = answer_digest(operations)
        if self._still_holds(recorded_result(self._state, answer)):
            return _already_applied(operations)
        self._check_shown(shown)
        found = self._evaluated(operations, matching)
        if not found.changes:
            return _unwritten(found)
        record(self._state, answer, self._resulting(operations, found))
        journal = planned(found.changes, self._root.is_folder)
        commit(self._root, self._state, journal, found.changes)
        return Applied(found.results, found.changes, Status.APPLIED)

    def _evaluated(self, operations: list[FileOperation], matching: Matching) -> Evaluation:
        return evaluate(operations, self._located, self._root.read, matching)

    def _located(self, path: str) -> Place:
        """Where a path really is, if an operation may change it."""
        named = checked_path(path)
        real = self._root.resolve(named)
        rule = self._rules.refusal(named) or reserved_rule(real) or self._rules.refusal(real)
        if not real or rule:
            raise UnsafePath(path, rule or "it leads to the root itself")
        folder = self._root.resolve(parent_of(named))
        return Place(named, real, real != f"{folder}/{name_of(named)}".lstrip("/"))

    def _check_shown(self, shown: Mapping[str, str | None] | None) -> None:
        for path, digest in (shown or {}).items():
            found = content_hash(self._root.read(self._root.resolve(checked_path(path))))
            if found != (digest and digest.lower()):
                reason = "it is no longer what the model was shown"
                raise Conflict(path, f"{reason}: SHA-256 {digest} then, {found} now")

    def _resulting(self, operations: list[FileOperation], found: Evaluation) -> Hashes:
        """The hashes of all files that the answer names, as they are to be."""
        changed = {change.path: content_hash(change.after) for change in found.changes}
        named = {path for operation in operations for path in operation_paths(operation)}
        places = {self._located(path).path for path in named}
        return {
            place: changed[place] if place in changed else content_hash(self._root.read(place))
            for place in sorted(places)
        }

    def _still_holds(self, result: Hashes | None) -> bool:
        """Whether files are what they were when an answer had been applied."""
        return result is not None and all(
            content_hash(self._root.read(path)) == digest for path, digest in result.items()
        )


def operation_paths(operation: FileOperation) -> tuple[str, ...]:
    """The paths an operation names: one, two for a rename."""
    return (operation.path, operation.to) if operation.type == "rename" else (operation.path,)


def _file_operations(operations: Iterable[Operation]) -> list[FileOperation]:
    return [operation for operation in operations if not isinstance(operation, Meta | Done)]


def _unwritten(found: Evaluation) -> Applied:
    status = Status.FAILED if found.failed else Status.NOTHING_TO_DO
    return Applied(found.results, (), status)


def _already_applied(operations: list[FileOperation]) -> Applied:
    reason = "this very answer was applied before, and its files are still as it left them"
    results = [Result(n, op, Outcome.NO_OP, reason) for n, op in enumerate(operations, start=1)]
    return Applied(tuple(results), (), Status.ALREADY_APPLIED)
