"""What became of an answer in structured edits, for people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from token_budget.cli.output import plain_console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    Report = dict[str, Any]

SHOWN_CHARACTERS = 160
"""A path, or an excerpt, of an answer is cut to this many characters: a table is read by people."""

SHOWN_REPORTS = 20
"""So many rejected lines, and notes, are listed; ``--json`` has more."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What could move the cursor, colour the terminal or turn text round: C0 and C1 codes but tab and
line feed, line separators, and the controls of writing direction."""


def print_edits(report: Report) -> None:
    """The diff of a preview, a table of the operations, then everything there is to say of them."""
    from rich.text import Text

    console = plain_console()
    if report["diff"]:
        console.print(Text(visible(report["diff"])), soft_wrap=True)
    if report["operations"]:
        console.print(_table(report["operations"]))
    for line in _remarks(report):
        console.print(Text(visible(line)), soft_wrap=True)
    console.print(Text(visible(_conclusion(report))), soft_wrap=True)


def visible(text: str) -> str:
    r"""``text`` with control characters written as ``\x1b``: an answer may hold anything."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def in_line(text: str) -> str:
    """``text`` on one line: what an answer holds must not look like a line of ours."""
    return visible(text.replace("\n", "\\n"))


def shortened(text: str) -> str:
    """``text`` on one line of bounded length."""
    return in_line(text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…")


def _table(operations: list[Report]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("line", justify="right", no_wrap=True)
    table.add_column("operation", no_wrap=True)
    table.add_column("path", overflow="fold")
    table.add_column("result", no_wrap=True)
    for one in operations:
        table.add_row(str(one["line"]), one["type"], Text(_paths(one)), one["result"])
    return table


def _paths(operation: Report) -> str:
    paths = (operation["path"], operation["to"])
    return " -> ".join(shortened(path) for path in paths if path is not None)


def _remarks(report: Report) -> Iterator[str]:
    """What failed and why, what was rejected, what is left of a cut, warnings, notes."""
    for one in report["operations"]:
        where = f"line {one['line']}, {one['type']} {_paths(one)}"
        if one["reason"]:
            yield f"{one['result']}: {where}: {one['reason'].removeprefix(one['path'] + ': ')}"
        yield from (f"note: {where}: {note}" for note in one["notes"])
    for one in report["rejected"][:SHOWN_REPORTS]:
        yield f"rejected: line {one['line']}: {in_line(one['reason'])}: {shortened(one['excerpt'])}"
    yield from _more(report["rejected_count"], "rejected")
    if report["unfinished"]:
        yield _unfinished(report["unfinished"])
    yield from (f"warning: {warning}" for warning in report["warnings"])
    for one in report["notes"][:SHOWN_REPORTS]:
        yield f"note: line {one['line']}: {one['kind']}: {shortened(one['text'])}"
    yield from _more(report["note_count"], "note")


def _more(count: int, what: str) -> Iterator[str]:
    if count > SHOWN_REPORTS:
        yield f"{what}: {count - SHOWN_REPORTS:,} more"


def _unfinished(one: Report) -> str:
    named = (one["type"], one["path"])
    what = " ".join(shortened(name) for name in named if name) or "an object"
    kept = f"; {one['kept_lines']:,} whole lines of its content came" if one["kept_lines"] else ""
    return f"unfinished: line {one['line']}, {what}{kept}"


def _conclusion(report: Report) -> str:
    count, files = len(report["operations"]), len(report["files"])
    counted = f"operations: {count:,}" + (f", files: {files:,}" if files else "")
    if report["ok"]:
        return f"{report['status']}; {counted}"
    outcome = "failed, nothing was written" if report["command"] == "apply" else "failed"
    return f"{outcome}: {'; '.join(report['problems'])}; {counted}"
