"""What a run did, or would do, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.cli.edits_table import in_line
from token_budget.cli.output import plain_console

if TYPE_CHECKING:
    from rich.table import Table

    Report = dict[str, Any]

COLOURS = {"complete": "green", "finished": "green", "failed": "red", "exhausted": "red"}


def print_run(report: Report) -> None:
    """A row a phase, then the reasons, what is missing and the warnings of each."""
    from rich.text import Text

    console = plain_console()
    console.print(_planned(report) if report["dry_run"] else _done(report))
    for phase in report["phases"]:
        remarks = [phase["reason"]] if phase["outcome"] != "complete" else []
        remarks += [f"missing: {one}" for one in phase.get("missing", ())]
        for remark in (*remarks, *phase.get("warnings", ())):
            if remark:
                console.print(Text(in_line(f"{phase['phase_id']}: {remark}")), soft_wrap=True)


def _done(report: Report) -> Table:
    table = _table("files", "rounds", "output", "cost")
    for phase in report["phases"]:
        figures = ["", "", "", ""]
        if "usage" in phase:
            cost = "" if phase["usd"] is None else f"${phase['usd']:.4f}"
            output = f"{phase['usage']['output']:,}"
            figures = [str(len(phase["files_changed"])), str(phase["rounds"]), output, cost]
        table.add_row(*_head(phase), *figures)
    return table


def _planned(report: Report) -> Table:
    table = _table("estimate", "ceiling", "bound", "hold", "at most")
    for phase in report["phases"]:
        figures = ["", "", "", "", ""]
        if "ceiling" in phase:
            cost = "" if phase["usd"] is None else f"${phase['usd']:.4f}"
            tokens = [f"{phase[name]:,}" for name in ("estimate", "ceiling", "reservation")]
            figures = [tokens[0], tokens[1], phase["bound"], tokens[2], cost]
        table.add_row(*_head(phase), *figures)
    return table


def _table(*figures: str) -> Table:
    from rich.table import Column, Table

    columns = (Column(name, justify="right", no_wrap=True) for name in figures)
    return Table("phase", "outcome", *columns, box=None, padding=(0, 2, 0, 0))


def _head(phase: Report) -> tuple[str, str]:
    from rich.markup import escape

    outcome = phase["outcome"]
    colour = COLOURS.get(outcome, "yellow")
    return escape(in_line(phase["phase_id"])), f"[{colour}]{outcome}[/{colour}]"
