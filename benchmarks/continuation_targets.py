"""Commits as whole answers, in every format, with what the files must be when one is applied."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from benchmarks.messages_api.target import Target
from ndjson.edited import evaluate
from ndjson.file_state import FileState
from ndjson.results import Outcome
from ndjson.touched import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from benchmarks.continuation_commits import ChangedFile, ChangedFiles
    from ndjson import FileOperation

Form = Literal["ndjson", "diff", "whole_file", "text"]

FORMS: tuple[Form, ...] = ("ndjson", "diff", "whole_file", "text")

Files = dict[str, str | None]
"""What paths hold; None: nothing."""

OPERATIONS = frozenset(("create", "modify", "continue", "rename", "delete"))
"""Types of operations on files."""


@dataclass(frozen=True, slots=True)
class Case:
    """A commit as an answer.

    Attributes:
        form: How it is written.
        target: What its author has in mind.
        before: The files before it.
        after: What every path must hold when the whole answer is applied; of text, the answer
            itself under the path ``""``.
        deliverables: The paths that are asked for.
        message: What is asked for, in words.
    """

    form: Form
    target: Target
    before: Mapping[str, str]
    after: Files
    deliverables: tuple[str, ...]
    message: str


def cases_of(commit: ChangedFiles, forms: Iterable[Form] = FORMS) -> Iterator[Case]:
    """The commit in every format in which the whole answer gives the commit's files."""
    for form in forms:
        case = _case(commit, form)
        if case is not None and files_of_text(case, case.target.whole()) == case.after:
            yield case


def operations_of(commit: ChangedFiles) -> tuple[dict[str, Any], ...]:
    """The commit as operations: exact edits where they fit, else whole files."""
    return tuple(one for file in commit.files for one in _operations(file))


def applied(before: Mapping[str, str], operations: Iterable[FileOperation]) -> Files | None:
    """What the operations make of the files; None: one of them does not fit."""
    found = evaluate(
        list(operations), lambda path: Place(path, path), lambda path: _state(before.get(path))
    )
    if any(one.outcome is Outcome.FAILED for one in found.results):
        return None
    changed = {one.path: one.after.content.decode() if one.after else None for one in found.changes}
    return {**before, **changed}


def patched(before: Mapping[str, str], diff: str) -> Files | None:
    """What ``git apply`` makes of the files; None: it refuses the diff."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, content in before.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content.encode())
        # git looks for a repository above the folder, and would then skip every file.
        environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(root.parent)}
        run = subprocess.run(
            ["git", "apply", "--whitespace=nowarn", "-"],
            input=diff.encode(errors="replace"),
            cwd=root,
            capture_output=True,
            check=False,
            env=environment,
        )
        if run.returncode:
            return None
        there = {one: one.read_bytes().decode() for one in root.rglob("*") if one.is_file()}
        found: Files = {path.relative_to(root).as_posix(): text for path, text in there.items()}
    return {**dict.fromkeys(before), **found}


def files_of_text(case: Case, text: str) -> Files | None:
    """What a whole answer makes of the files; None: it cannot be read or applied."""
    from continuation.whole_files import read_whole_files
    from ndjson import parse

    match case.form:
        case "diff":
            return patched(case.before, text)
        case "text":
            return {"": text}
        case "whole_file":
            read = read_whole_files(text, cut=False)
            broken = read.unfinished or read.rejected or not read.operations
            return None if broken else applied(case.before, read.operations)
        case _:
            found = parse(text, "end_turn")
            return (
                None
                if found.rejected or found.unfinished
                else applied(case.before, found.operations)
            )


def _case(commit: ChangedFiles, form: Form) -> Case | None:
    before, after = commit.before, commit.after
    paths = tuple(dict.fromkeys(one.old_path for one in commit.files))
    match form:
        case "ndjson":
            target = Target.ndjson(operations_of(commit))
        case "diff":
            target = Target.diff("".join(one.diff for one in commit.files))
        case "whole_file":
            contents = {one.path: _ended(one.after) for one in commit.files if one.after}
            if not contents:
                return None
            creates = [_create(path, text, path in before) for path, text in contents.items()]
            target, after = Target.whole_files(creates), {**before, **contents}
            paths = tuple(contents)
        case "text":
            longest = max((one.after or "" for one in commit.files), key=len)
            if not longest.strip():
                return None
            target, after, paths = Target.plain(longest), {"": longest}, ()
    return Case(form, target, before, after, paths, commit.message)


def _operations(file: ChangedFile) -> Iterator[dict[str, Any]]:
    match file.action:
        case "create":
            yield _create(file.path, file.after or "", exists=False)
        case "delete":
            yield {"type": "delete", "path": file.path}
        case "modify":
            yield _modify(file)
        case "rename":
            yield {"type": "rename", "path": file.old_path, "to": file.path}
            if file.before != file.after:
                yield _modify(file)


def _modify(file: ChangedFile) -> dict[str, Any]:
    """The hunks as edits that match once, one after the other; else the whole file."""
    text, edits = file.before or "", []
    for hunk in file.hunks:
        old, new = (b"".join(one).decode() for one in (hunk.old_lines, hunk.new_lines))
        place = text.find(old)
        if not old or place < 0 or text.find(old, place + 1) >= 0:
            return _create(file.path, file.after or "", exists=True)
        text = text[:place] + new + text[place + len(old) :]
        edits.append({"type": "replace", "old": old, "new": new})
    if text != file.after or not edits:
        return _create(file.path, file.after or "", exists=True)
    return {"type": "modify", "path": file.path, "edits": edits}


def _create(path: str, content: str, exists: bool) -> dict[str, Any]:
    overwrite = {"overwrite": True} if exists else {}
    return {"type": "create", "path": path, **overwrite, "content": content}


def _ended(text: str | None) -> str:
    """A content as a fence can hold it: its last line ends."""
    return text if not text or text.endswith("\n") else f"{text}\n"


def _state(content: str | None) -> FileState | None:
    return None if content is None else FileState(content.encode())
