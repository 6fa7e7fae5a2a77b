"""What a completed answer is worth: exact, failed loudly, unproven, or silently wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, get_args

from benchmarks.continuation_targets import OPERATIONS, applied, files_of_text
from benchmarks.messages_api.authors import ONCE, continuing
from benchmarks.messages_api.continuing import indented_by
from benchmarks.messages_api.conversation import Conversation
from benchmarks.messages_api.diff_continuing import hunks
from ndjson import Done, Meta
from ndjson.operations import decode_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.continuation_targets import Case, Files
    from benchmarks.continuation_ways import Ended
    from ndjson import FileOperation

Verdict = Literal["exact", "as meant", "warned", "failed", "unproven", "wrong"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""``exact``: the files are those of the commit; ``as meant``: they are what the author meant or
wrote in the end, which was not the commit; ``warned``: its author closed it without some files, and
a warning names each of them; ``failed``: said so, nothing was applied; ``unproven``: other files,
and the result says that nothing proves it; ``wrong``: other files, and nothing says so."""

LIARS = ("repeats lines and lies", "skips lines and lies")
"""They say that they go on in the right place, and do not: nothing in their words shows it."""

BEGUN = 45
"""Characters of an edit in JSON by which it is seen that it had begun."""

ENDS_EARLY = ("stops early", "says done early")
CHANGES_ITS_MIND = "restarts with changes"
REINDENTS = {"narrows white space": "  ", "tabs for spaces": "\t"}

TEXT_UNIT = 3
"""Lines that an author of plain text leaves out where it ends early."""


def verdict(case: Case, author: str, ended: Ended) -> Verdict:
    """What became of one answer."""
    if ended.files is None:
        return "failed"
    if ended.files == case.after:
        return "exact"
    if _as_meant(case, author, ended.files) or _is_all_that_was_written(case, ended):
        return "as meant"
    if ended.proven and _is_named(case, ended.files, ended.warnings):
        return "warned"
    return "wrong" if ended.proven else "unproven"


def hidden(author: str) -> str:
    """What an author does that its words cannot show: ``lies``, ``reindents`` or nothing.

    It says that it is somewhere else than it is; or it indents lines that nobody has seen before
    otherwise than those before them, which shows only where these had a habit.
    """
    name = author.removesuffix(ONCE)
    return "lies" if name in LIARS else "reindents" if name in REINDENTS else ""


def is_owed(case: Case, author: str, found: Verdict, ended: Ended) -> bool:
    """Whether an NDJSON answer should have been exact: every operation and the end came whole.

    An author who changed its mind has sent two of some of them. A modify that was cut off is whole
    with what came of it later, if its last edit is in that: before, more might have followed.
    """
    if case.form != "ndjson" or found not in ("failed", "wrong"):
        return False
    sent = list(_objects(ended.spent.texts, last_edit=False))
    whole = all(_is_sent(one, sent) for one in case.target.operations)
    closed = any(one.get("type") == "done" for one in sent)
    return whole and closed and author.removesuffix(ONCE) != CHANGES_ITS_MIND


def _objects(texts: Iterable[str], *, last_edit: bool = True) -> Iterator[dict[str, object]]:
    """The whole lines of NDJSON, and a modify that was cut off with its whole edits.

    Args:
        texts: The parts of an answer.
        last_edit: Whether the last edit of one that was cut off is among them.
    """
    for line in (line for text in texts for line in text.split("\n") if line.startswith("{")):
        cut = {} if (whole := _object(line)) else _begun_modify(line)
        if cut and not last_edit:
            cut["edits"] = _edits(cut)[:-1]
        if whole or cut:
            yield whole or cut


def _is_all_that_was_written(case: Case, ended: Ended) -> bool:
    """Whether the files are what the whole lines make of them, and no edit was begun and left."""
    if case.form != "ndjson":
        return False
    sent = list(_objects(ended.spent.texts))
    edits = [edit for one in case.target.operations for edit in _edits(one)]
    known = [edit for one in sent for edit in _edits(one)]
    for edit in (one for one in edits if one not in known):
        begun = json.dumps(edit, ensure_ascii=False, separators=(",", ":"))[:BEGUN]
        if any(begun in text for text in ended.spent.texts):
            return False
    whole = dict.fromkeys(json.dumps(one) for one in _once(sent) if one["type"] in OPERATIONS)
    return applied(case.before, [_operation(one) for one in whole]) == ended.files


def _once(sent: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Operations in which no edit of a file stands twice: one that was cut off comes again."""
    known: dict[object, list[object]] = {}
    for one in (one for one in sent if "type" in one):
        before = known.setdefault(one.get("path"), [])
        new = [edit for edit in _edits(one) if edit not in before]
        before += new
        if new or not _edits(one):
            yield {**one, "edits": new} if new else one


def _operation(line: str) -> FileOperation:
    found = decode_line(line)
    if isinstance(found, Meta | Done):
        raise TypeError(f"expected an operation on a file, found {found.type}")
    return found


def _is_sent(operation: dict[str, object], sent: list[dict[str, object]]) -> bool:
    if operation in sent:
        return True
    if operation["type"] != "modify":
        return False
    edits = [
        edit
        for one in sent
        if one.get("type") == "modify" and one.get("path") == operation["path"]
        for edit in _edits(one)
    ]
    return all(edit in edits for edit in _edits(operation))


def _edits(operation: dict[str, object]) -> list[object]:
    edits = operation.get("edits")
    return edits if isinstance(edits, list) else []


def _object(line: str) -> dict[str, object]:
    try:
        found = json.loads(line) if line.startswith("{") else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _begun_modify(line: str) -> dict[str, object]:
    """A modify that was cut off, as far as its edits were closed; empty: it is none of that."""
    head, begun, rest = line.partition(',"edits":[')
    operation, decoder = _object(head + "}"), json.JSONDecoder()
    edits: list[object] = []
    while begun and rest.startswith("{"):
        try:
            edit, end = decoder.raw_decode(rest)
        except ValueError:
            break
        edits, rest = [*edits, edit], rest[end:].removeprefix(",")
    return {**operation, "edits": edits} if operation and edits else {}


def _as_meant(case: Case, author: str, files: Files) -> bool:
    name = author.removesuffix(ONCE)
    if name in ENDS_EARLY:
        return any(files == one for one in _shortened(case))
    if name == CHANGES_ITS_MIND:
        changed = _changed(case)
        return changed is not None and _is_mixed(files, case.after, changed)
    if name in REINDENTS:
        return _is_mixed(files, case.after, _reindented(case.after, REINDENTS[name]))
    return False


def _is_named(case: Case, files: Files, warnings: tuple[str, ...]) -> bool:
    """Whether a warning names every path that differs."""
    paths = files.keys() | case.after.keys()
    others = [path for path in paths if files.get(path) != case.after.get(path)]
    return all(path and any(path in warning for warning in warnings) for path in others)


def _reindented(files: Files, unit: str) -> Files:
    """Files that are indented otherwise from their first line to their last."""
    return {path: indented_by(text, unit) if text else text for path, text in files.items()}


def _is_mixed(files: Files, meant_first: Files, meant_later: Files) -> bool:
    """Whether every file is wholly one of two versions, and what both agree on is there."""
    paths = files.keys() | meant_first.keys() | meant_later.keys()
    return all(files.get(path) in (meant_first.get(path), meant_later.get(path)) for path in paths)


def _shortened(case: Case) -> Iterator[Files | None]:
    """What an author who leaves out the end says, all in all."""
    target = case.target
    match case.form:
        case "diff":
            found = list(hunks(target.text))
            texts = ["".join(one.text for one in found[:-1])]
        case "text":
            lines = target.text.splitlines(keepends=True)
            texts = ["".join(lines[: len(lines) - n]) for n in range(1, TEXT_UNIT + 1)]
        case _:
            texts = [replace(target, operations=target.operations[:-1]).whole()]
    return (files_of_text(case, text) for text in texts if text)


def _changed(case: Case) -> Files | None:
    """What an author who changes its mind says, from its second thought on."""
    nothing_said = Conversation((), None, "")
    return files_of_text(case, continuing(case.target, nothing_said).whole(changed=True))
