"""The table of ``token-budget plan``, readable at 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from token_budget.cli.output import plain_console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

Report = dict[str, Any]
"""What `token_budget.cli.plan_report.plan_report` returns."""


def print_plan(report: Report, *, explain: bool) -> None:
    """Print the plans of a run: a row a phase, a total row, what is over and what is odd."""
    console = plain_console()
    console.print(plan_table(report))
    if explain:
        for phase in report["phases"]:
            console.print(explanation(phase))
    for line in notes(report):
        console.print(line, soft_wrap=False)


def plan_table(report: Report) -> Table:
    """A row a phase and a total row."""
    level = _percent(report["quantile"])
    table = Table(
        title=Text(report["run_id"]), title_justify="left", box=None, padding=(0, 1, 0, 0)
    )
    table.add_column("phase", overflow="fold", min_width=14, max_width=44)
    table.add_column("files", justify="right", no_wrap=True)
    table.add_column("p50", justify="right", no_wrap=True)
    table.add_column(level, justify="right", no_wrap=True)
    table.add_column("thinking", justify="right", no_wrap=True)
    table.add_column("ceiling", justify="right", min_width=8)
    table.add_column("reserve", justify="right", no_wrap=True)
    table.add_column(f"$ p50 / {level}", justify="right", min_width=7)
    for phase in report["phases"]:
        table.add_row(*_row(phase, report["quantile"]))
    table.add_section()
    table.add_row(*_total_row(report["totals"]), style="bold")
    return table


def _row(phase: Report, quantile: float) -> Iterator[str | Text]:
    estimate, ceiling, cost = phase["estimate"], phase["ceiling"], phase["cost"]
    yield Text(phase["phase_id"])
    yield f"{sum(one['text'] is not None for one in phase['deliverables']):,}"
    yield f"{estimate['visible']['0.5']:,}"
    yield f"{estimate['visible'][f'{quantile:g}']:,}"
    yield f"{estimate['thinking']['0.5']:,}"
    yield "exhausted" if phase["exhausted"] else f"{ceiling['tokens']:,} {ceiling['bound']}"
    yield f"{phase['reservation']:,}"
    yield _costs(cost["median_usd"], cost["held_usd"])


def _total_row(totals: Report) -> Iterator[str]:
    yield f"total of {totals['phases']:,}"
    yield f"{totals['deliverables']:,}"
    yield f"{totals['visible_median']:,}"
    yield f"{totals['visible_held']:,}"
    yield f"{totals['thinking_median']:,}"
    yield ""
    yield f"{totals['reservation']:,}"
    yield _costs(totals["median_usd"], totals["held_usd"])


def explanation(phase: Report) -> Table:
    """A row a deliverable with its share of the median and why; the visible median; thinking."""
    estimate = phase["estimate"]
    title = f"{phase['phase_id']}: cl100k_base tokens, {estimate['calibration']}"
    table = Table(title=Text(title), title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("deliverable", overflow="fold", max_width=48)
    table.add_column("tokens", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for one in phase["deliverables"]:
        table.add_row(Text(_name(one)), f"{one['tokens']:,.0f}", Text(one["reason"]))
    table.add_row("", f"{estimate['envelope']:,}", "meta and done lines, keys of the format")
    factor = f"visible median in the model's tokens, {estimate['multiplier']:.2f} for one"
    table.add_row("", f"{estimate['visible']['0.5']:,}", factor, style="bold")
    for reason in estimate["reasons"]:
        table.add_row("", "", Text(reason))
    thinking = f"thinking median, on top: {estimate['thinking_basis']}"
    table.add_row("", f"{estimate['thinking']['0.5']:,}", Text(thinking))
    return table


def _name(one: Report) -> str:
    """A deliverable as the spec has it; by its path where a folder or a glob stands for it."""
    text, path = one["text"] or "", one["path"] or ""
    return text if path in text else path


def notes(report: Report) -> Iterator[RenderableType]:
    """What is over a budget, then every warning, a line each."""
    for text in report["over"]:
        yield Text(f"over budget: {text}", style="bold red")
    for warning in report["warnings"]:
        where = f"{warning['phase']}: " if warning["phase"] else ""
        yield Text(f"warning: {where}{warning['text']}", style="yellow")


def _costs(median: float | None, held: float | None) -> str:
    if median is None or held is None:
        return "unknown"
    return f"{median:.2f} / {held:.2f}"


def _percent(quantile: float) -> str:
    return f"p{100 * quantile:g}"
