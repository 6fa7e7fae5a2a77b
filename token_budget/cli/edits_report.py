"""An answer in structured edits as one plain object: what ``--json`` prints and the table shows.

Its schema is ``docs/edits.schema.json``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ndjson import Partial, Unfinished
    from ndjson.partial import Parsed
    from ndjson.results import Change, Evaluation, Result

REPORT_VERSION = 1
"""Counts up when a field changes its meaning or goes away."""

VALID = "valid"
HELD_BACK = "held back"

Command = Literal["check", "preview", "apply"]
Report = dict[str, Any]


def is_whole(partial: Partial) -> bool:
    """Whether an answer was read to its end and nothing of it was rejected."""
    return not partial.cut and not partial.rejected_count


def edits_report(
    command: Command, partial: Partial, evaluation: Evaluation | None = None, error: str = ""
) -> Report:
    """One object: what the answer holds, what becomes of each operation, and why it is not right.

    Args:
        command: Which command asks.
        partial: What was read.
        evaluation: What becomes of the operations; None for a check, or when there was an error.
        error: Why reading or applying stopped altogether.
    """
    problems = list(_problems(partial, evaluation, error))
    return {
        "version": REPORT_VERSION,
        "command": command,
        "ok": not problems,
        "status": "failed" if problems else _status(evaluation),
        "problems": problems,
        "summary": partial.meta.summary if partial.meta else None,
        "operations": _operations(command, partial, evaluation, whole=not problems),
        "rejected": [
            {"line": one.line, "reason": one.reason, "excerpt": one.excerpt}
            for one in partial.rejected
        ],
        "rejected_count": partial.rejected_count,
        "unfinished": _unfinished(partial.unfinished),
        "cut": list(partial.cut_reasons),
        "warnings": list(partial.warnings),
        "notes": [{"line": n.line, "kind": n.kind, "text": n.text} for n in partial.notes],
        "note_count": partial.note_count,
        "files": [_file(change) for change in evaluation.changes] if evaluation else [],
        "diff": _diff(command, evaluation),
    }


def _problems(partial: Partial, evaluation: Evaluation | None, error: str) -> Iterator[str]:
    """Why the answer is not right, each as one clause."""
    if error:
        yield error
    if partial.cut:
        yield f"the answer is cut off ({', '.join(partial.cut_reasons)})"
    if partial.rejected_count:
        yield f"rejected: {partial.rejected_count:,}"
    if evaluation is not None and evaluation.failed:
        yield f"operations that fail: {len(evaluation.failed):,}"


def _status(evaluation: Evaluation | None) -> str:
    from ndjson import Applied

    if evaluation is None:
        return VALID
    if isinstance(evaluation, Applied):
        return str(evaluation.status)
    return "can be applied" if evaluation.changes else "nothing to do"


def _operations(
    command: Command, partial: Partial, evaluation: Evaluation | None, *, whole: bool
) -> list[Report]:
    placed = [one for one in partial.parsed if one.operation.type not in ("meta", "done")]
    if evaluation is None:
        result = VALID if command == "check" else HELD_BACK
        return [_operation(n, one, result) for n, one in enumerate(placed, start=1)]
    return [
        _operation(result.number, one, _result(command, result, whole=whole), result)
        for one, result in zip(placed, evaluation.results, strict=True)
    ]


def _result(command: Command, result: Result, *, whole: bool) -> str:
    """What became of an operation; nothing is applied of an answer that is not right."""
    if result.outcome != "applied":
        return str(result.outcome)
    if not whole:
        return HELD_BACK
    return "applied" if command == "apply" else "would be applied"


def _operation(number: int, one: Parsed, result: str, found: Result | None = None) -> Report:
    operation = one.operation
    return {
        "number": number,
        "line": one.line,
        "type": operation.type,
        "path": getattr(operation, "path", None),
        "to": getattr(operation, "to", None),
        "result": result,
        "reason": found.reason if found else "",
        "notes": list(found.notes) if found else [],
    }


def _unfinished(one: Unfinished | None) -> Report | None:
    if one is None:
        return None
    return {
        "line": one.line,
        "type": one.kind,
        "path": one.path,
        "kept_lines": one.content.count("\n"),
        "last_line": one.last_line,
    }


def _file(change: Change) -> Report:
    kind = "create" if change.before is None else "delete" if change.after is None else "modify"
    return {"path": change.path, "change": kind}


def _diff(command: Command, evaluation: Evaluation | None) -> str | None:
    if command != "preview" or evaluation is None:
        return None
    return "".join(change.diff for change in evaluation.changes)
