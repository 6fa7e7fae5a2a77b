"""Many files changed together: all of them, or none, also when the process is killed half-way.

1. The journal is written (``staging``).
2. Folders are made; new contents are written beside their files, and old files get a second
   name (a hard link; a copy where there are none).
3. The journal is written again (``committing``): from here on everything can be finished, and
   everything can be undone.
4. New contents are renamed into place, deleted files lose their name, folders are synced.
5. Second names go, the journal goes.

`recover` does what is left: a journal at ``staging`` is undone. One at ``committing`` is finished,
or undone where a new content is missing. Where a file is by then neither old nor new, it is left
as it is and `Conflict` is raised; the others stay if all of them are new already, and are undone if
not. Every step can be repeated, so recovering may be killed as well.

Attributes kept are the permission bits, and the owner where we may set it; access-control lists
and extended attributes are not carried over, and a file with several hard links becomes one of its
own.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from ndjson.errors import Conflict, NdjsonError, WriteFailed
from ndjson.file_state import content_hash
from ndjson.folder import name_of, parent_of
from ndjson.journal import JOURNAL, read_journal, write_journal
from ndjson.state_folder import write_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ndjson.file_state import FileState
    from ndjson.folder import Root
    from ndjson.journal import Entry, Journal
    from ndjson.results import Change
    from ndjson.state_folder import StateFolder

_NO_LINKS = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS, errno.EXDEV)
"""What `os.link` says where a file cannot have a second name."""


def commit(root: Root, state: StateFolder, journal: Journal, changes: Sequence[Change]) -> None:
    """Carry out ``changes``, which ``journal`` describes; the caller holds the lock.

    Raises:
        Conflict: A file was changed by somebody else meanwhile; nothing of ours was kept.
        WriteFailed: The system refused a step, for instance for want of space.
    """
    try:
        write_journal(state, journal)
        _stage(root, journal, changes)
        journal = journal.model_copy(update={"state": "committing"})
        write_journal(state, journal)
        _put_in_place(root, journal)
    except (OSError, NdjsonError) as error:
        undone = _undone(root, state, journal)
        if isinstance(error, OSError):
            raise WriteFailed(str(root.path), error.strerror or str(error), undone) from error
        raise
    try:
        _forget(root, state, journal)
    except OSError as error:
        reason = f"{error.strerror or error}, after all files had been changed"
        raise WriteFailed(str(root.path), reason, undone=False) from error


def recover(root: Root, state: StateFolder) -> None:
    """Finish or undo what an interrupted apply left; the caller holds the lock.

    Raises:
        Conflict: Files were neither old nor new, and are as they were; the rest is settled.
        JournalDamaged: The journal cannot be used; nothing was done.
        OSError: The system refused a step; the journal stays for the next time.
    """
    journal = read_journal(state)
    if journal is None:
        return
    if journal.state == "staging":
        _undo(root, state, journal)
        return
    strangers = [entry for entry in journal.entries if not _is_known(root, entry)]
    if _can_be_finished(root, journal, strangers):
        _put_in_place(root, journal, except_for=strangers)
        _forget(root, state, journal)
    else:
        _undo(root, state, journal)
    if strangers:
        paths = ", ".join(entry.path for entry in strangers)
        reason = "an apply was interrupted, and the file is by now neither old nor new; it stays"
        raise Conflict(paths, reason)


def _stage(root: Root, journal: Journal, changes: Sequence[Change]) -> None:
    for path in journal.folders:
        with root.folder(parent_of(path)) as folder, suppress(FileExistsError):
            os.mkdir(name_of(path), dir_fd=folder)
    for entry, change in zip(journal.entries, changes, strict=True):
        with root.folder(parent_of(entry.path)) as folder:
            if change.before is not None:
                _keep(name_of(entry.path), name_of(journal.backup(entry)), change.before, folder)
            if change.after is not None:
                staged = name_of(journal.staged(entry))
                write_file(staged, change.after.content, folder, mode=change.after.mode)
                _keep_owner(name_of(entry.path), staged, folder)
    _sync_folders(root, journal)


def _keep(name: str, backup: str, state: FileState, folder: int) -> None:
    """Give a file a second name, or a copy."""
    try:
        os.link(name, backup, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        write_file(backup, state.content, folder, mode=state.mode)


def _keep_owner(name: str, staged: str, folder: int) -> None:
    """Give the new file the owner of the old one, as far as this process may."""
    with suppress(FileNotFoundError, PermissionError):
        old = os.stat(name, dir_fd=folder, follow_symlinks=False)
        new = os.stat(staged, dir_fd=folder, follow_symlinks=False)
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            os.chown(staged, old.st_uid, old.st_gid, dir_fd=folder, follow_symlinks=False)
            os.chmod(staged, new.st_mode & 0o7777, dir_fd=folder)


def _put_in_place(root: Root, journal: Journal, except_for: Iterable[Entry] = ()) -> None:
    skipped = list(except_for)
    for entry in journal.entries:
        found = _hash(root, entry.path)
        if entry in skipped or found == entry.new:
            continue
        if found != entry.old:
            raise Conflict(entry.path, "somebody else changed it meanwhile")
        with root.folder(parent_of(entry.path)) as folder:
            if entry.new is None:
                os.unlink(name_of(entry.path), dir_fd=folder)
            else:
                _rename(journal.staged(entry), entry.path, folder)
    _sync_folders(root, journal)


def _rename(path: str, target: str, folder: int) -> None:
    os.rename(name_of(path), name_of(target), src_dir_fd=folder, dst_dir_fd=folder)


def _forget(root: Root, state: StateFolder, journal: Journal) -> None:
    """Take away all traces of an apply that is in place."""
    _clean(root, journal)
    state.remove(JOURNAL)


def _undone(root: Root, state: StateFolder, journal: Journal) -> bool:
    """Whether everything could be undone; if not, the journal stays for `recover`."""
    try:
        _undo(root, state, journal)
    except OSError:
        return False
    return True


def _undo(root: Root, state: StateFolder, journal: Journal) -> None:
    if journal.state == "committing":
        for entry in journal.entries:
            _restore(root, journal, entry)
    _clean(root, journal)
    _remove_folders(root, journal)
    state.remove(JOURNAL)


def _restore(root: Root, journal: Journal, entry: Entry) -> None:
    """Give a file its old content back, if it has the new one."""
    if _hash(root, entry.path) != entry.new:
        return
    with root.folder(parent_of(entry.path)) as folder:
        if entry.old is None:
            os.unlink(name_of(entry.path), dir_fd=folder)
        else:
            with suppress(FileNotFoundError):  # it was given back before, and changed again since
                _rename(journal.backup(entry), entry.path, folder)


def _clean(root: Root, journal: Journal) -> None:
    """Take away what stands beside the files."""
    for entry in journal.entries:
        for path in (journal.staged(entry), journal.backup(entry)):
            with suppress(FileNotFoundError), root.folder(parent_of(path)) as folder:
                os.unlink(name_of(path), dir_fd=folder)
    _sync_folders(root, journal)


def _remove_folders(root: Root, journal: Journal) -> None:
    """Take away the folders that were made, unless somebody uses them."""
    for path in reversed(journal.folders):
        with suppress(FileNotFoundError), root.folder(parent_of(path)) as folder:
            try:
                os.rmdir(name_of(path), dir_fd=folder)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.ENOENT):
                    raise


def _sync_folders(root: Root, journal: Journal) -> None:
    changed = {parent_of(path) for path in (*journal.folders, *(e.path for e in journal.entries))}
    for path in sorted(changed):
        with suppress(FileNotFoundError), root.folder(path) as folder:
            os.fsync(folder)


def _hash(root: Root, path: str) -> str | None:
    """The hash of a file, as a journal has it, or what no journal has: it is no file at all."""
    try:
        return content_hash(root.read(path))
    except Conflict:
        return "no file"


def _is_known(root: Root, entry: Entry) -> bool:
    """Whether a file is what it was or what it becomes, and not something else."""
    return _hash(root, entry.path) in (entry.old, entry.new)


def _can_be_finished(root: Root, journal: Journal, strangers: Sequence[Entry]) -> bool:
    """Whether every file has its new content, or could get it and no stranger is among them."""
    known = [entry for entry in journal.entries if entry not in strangers]
    waiting = [entry for entry in known if _hash(root, entry.path) != entry.new]
    if strangers:
        return not waiting
    return all(e.new is None or _hash(root, journal.staged(e)) == e.new for e in waiting)
