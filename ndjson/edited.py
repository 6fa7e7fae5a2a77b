"""The operations of an answer carried out in memory, one after the other; nothing is written.

Each operation sees what those before it left. Files are told apart by where they really are, so
two paths that lead to one file through links are one file.

====================================  ==========================================================
in one answer                         what happens
====================================  ==========================================================
create of a file that is there        fails, unless ``overwrite``; equal content is a no-op
create twice                          as above: the second fails, or is a no-op when equal
create, then modify                   the edits see the created content
create, then continue                 goes on after the last line; after a rename too
continue of anything else             fails: also of a file that was there before the answer
create, then delete                   nothing is left, nothing is written
delete, then create                   a new file, with the mode of new files
delete, then modify, rename, delete   fails: the file is gone
modify of a missing file              fails
rename, then modify of the new path   the edits see the moved content
rename, then modify of the old path   fails, and says where the file went
rename, then create of the old path   a new file
rename onto a file that is there      fails; after a delete of it, it is done
rename of a path to itself            a no-op
a path, and one with it as a folder   fails: neither a file nor a folder takes the other's place
twins (``A.py``, ``a.py``; NFC, NFD)  the later one fails; so do twins among their folders
delete or rename of a symbolic link   fails; the other kinds change the file that it leads to
a failed operation, then others on    they fail as well, and name it: what they would see is not
that file                             what the model meant
====================================  ==========================================================

A file that is not UTF-8 can be replaced, renamed and deleted, not edited or continued. Modes go
with the file: through overwrite, modify and rename. Folders are made where they are needed; one
that becomes empty stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ndjson.errors import Conflict, NdjsonError, shown
from ndjson.file_state import FileState, content_hash
from ndjson.operations import Continue, Create, Delete, Modify, Rename
from ndjson.results import Change, Evaluation, Outcome, Result
from ndjson.text_edits import edited_text
from ndjson.touched import Touched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ndjson.matching import Matching
    from ndjson.operations import FileOperation
    from ndjson.touched import Place


@dataclass(frozen=True, slots=True)
class _Done:
    """An operation that did not fail: why it did nothing, if so, and what should be known."""

    no_op: str = ""
    notes: tuple[str, ...] = ()


def evaluate(
    operations: Sequence[FileOperation],
    locate: Callable[[str], Place],
    read: Callable[[str], FileState | None],
    loosest: Matching = "exact",
) -> Evaluation:
    """What the operations make of the files that ``read`` finds.

    Args:
        operations: In the order in which they are to be carried out.
        locate: Where a path of an operation really is; raises `UnsafePath` for a refused one.
        read: The file at such a place; ``None``: there is none.
        loosest: The loosest rung by which a text may be matched.
    """
    files = _Files(Touched(locate), read)
    results = [_result(n, op, files, loosest) for n, op in enumerate(operations, start=1)]
    if any(result.outcome is Outcome.FAILED for result in results):
        return Evaluation(tuple(map(_held_back, results)), ())
    return Evaluation(tuple(results), files.changes())


def _held_back(result: Result) -> Result:
    fine = result.outcome is Outcome.APPLIED
    return replace(result, outcome=Outcome.HELD_BACK) if fine else result


class _Files:
    """Files as they were found and as they are now, each read once."""

    def __init__(self, touched: Touched, read: Callable[[str], FileState | None]) -> None:
        self.touched = touched
        self._read = read
        self._before: dict[str, FileState | None] = {}
        self._now: dict[str, FileState | None] = {}
        self.gone: dict[str, str] = {}

    def state(self, place: str) -> FileState | None:
        if place not in self._now:
            self._now[place] = self._before[place] = self._read(place)
        return self._now[place]

    def present(self, place: str, path: str) -> FileState:
        state = self.state(place)
        if state is None:
            raise Conflict(path, self.gone.get(place, "there is no such file"))
        return state

    def put(self, place: str, state: FileState | None, gone: str = "") -> None:
        self._now[place] = state
        self.gone[place] = gone

    def changes(self) -> tuple[Change, ...]:
        pairs = ((path, self._before[path], after) for path, after in sorted(self._now.items()))
        return tuple(Change(*pair) for pair in pairs if _differ(*pair[1:]))


def _differ(before: FileState | None, after: FileState | None) -> bool:
    return content_hash(before) != content_hash(after)


def _result(number: int, operation: FileOperation, files: _Files, loosest: Matching) -> Result:
    try:
        with files.touched.by(number, operation):
            done = _carried_out(number, operation, files, loosest)
    except NdjsonError as error:
        return Result(number, operation, Outcome.FAILED, str(error), error=error)
    except OSError as error:
        unreadable = Conflict(operation.path, f"it cannot be read: {error.strerror}")
        return Result(number, operation, Outcome.FAILED, str(unreadable), error=unreadable)
    outcome = Outcome.NO_OP if done.no_op else Outcome.APPLIED
    return Result(number, operation, outcome, done.no_op, done.notes)


def _carried_out(number: int, operation: FileOperation, files: _Files, loosest: Matching) -> _Done:
    match operation:
        case Create():
            return _create(operation, files)
        case Modify():
            return _modify(operation, files, loosest)
        case Continue():
            return _continue(operation, files)
        case Rename():
            return _rename(number, operation, files)
        case Delete():
            return _delete(number, operation, files)


def _create(operation: Create, files: _Files) -> _Done:
    place = files.touched.place(operation.path)
    content = operation.content.encode()
    there = files.state(place)
    if there is not None and there.content == content:
        files.put(place, replace(there, created=True))
        return _Done("the file has exactly this content already")
    if there is not None and not operation.overwrite:
        reason = 'the file exists; modify it, or create it with "overwrite":true'
        raise Conflict(operation.path, reason)
    files.put(place, FileState(content, there.mode if there else None, created=True))
    return _Done()


def _modify(operation: Modify, files: _Files, loosest: Matching) -> _Done:
    place = files.touched.place(operation.path)
    there = files.present(place, operation.path)
    edited = edited_text(_text(there, operation.path), operation.edits, operation.path, loosest)
    content = edited.text.encode()
    files.put(place, replace(there, content=content))
    no_op = "the edits change nothing" if content == there.content else ""
    return _Done(no_op, edited.notes)


def _text(state: FileState, path: str) -> str:
    try:
        return state.content.decode()
    except UnicodeDecodeError as error:
        reason = f"it is not UTF-8 (byte {error.start}), so it cannot be edited, only replaced"
        raise Conflict(path, reason) from error


def _continue(operation: Continue, files: _Files) -> _Done:
    place = files.touched.place(operation.path)
    kept = files.present(place, operation.path)
    if not kept.created:
        reason = "only a file that this answer creates can be continued; modify it instead"
        raise Conflict(operation.path, reason)
    text = _text(kept, operation.path)
    last = last_line(text)
    if operation.after.removesuffix("\r") != last.removesuffix("\r"):
        reason = f"the last line kept is {shown(last)}, not {shown(operation.after)}"
        raise Conflict(operation.path, reason)
    joint = "" if text.endswith("\n") or not text else "\n"
    note = ("the last line kept had no line end; one was put in",) if joint else ()
    whole = f"{text}{joint}{operation.content}".encode()
    files.put(place, replace(kept, content=whole))
    return _Done("" if whole != kept.content else "it adds nothing", note)


def last_line(text: str) -> str:
    r"""The last line of a text, without its ``\n``; what ``after`` of a continue must equal.

    A text without a final ``\n`` ends with a line all the same, and what goes on after it starts
    on a new line. The last line of an empty text is empty. A final ``\r`` is not compared.
    """
    return text.removesuffix("\n").rpartition("\n")[2]


def _rename(number: int, operation: Rename, files: _Files) -> _Done:
    place = files.touched.place(operation.path, link=False)
    there = files.present(place, operation.path)
    target = files.touched.place(operation.to, link=False)
    if target == place:
        return _Done("the file has this path already")
    if files.state(target) is not None:
        raise Conflict(operation.to, "the file exists; delete it first to replace it")
    files.put(target, there)
    files.put(place, None, f"operation {number} renamed it to {operation.to}")
    return _Done()


def _delete(number: int, operation: Delete, files: _Files) -> _Done:
    place = files.touched.place(operation.path, link=False)
    files.present(place, operation.path)
    files.put(place, None, f"operation {number} deleted it")
    return _Done()
