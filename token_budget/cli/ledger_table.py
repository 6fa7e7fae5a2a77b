"""What a ledger says, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.cli.edits_table import visible
from token_budget.cli.ledger_report import FIGURES
from token_budget.cli.output import plain_console

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.table import Table

    Report = dict[str, Any]

LISTED_UNKNOWN = 20
"""Rounds that are listed in the terminal; ``--json`` has all of them."""

_UNITS = {
    "output_tokens": "output tokens",
    "total_tokens": "total tokens",
    "micro_usd": "US dollars",
    "calls": "calls",
}

_MODEL_COLUMNS = {
    "rounds": "rounds",
    "estimated": "estimated",
    "late": "late",
    "input": "input",
    "cache_read": "cache reads",
    "output": "output",
    "thinking": "thinking",
    "micro_usd": "US dollars",
}


def print_status(report: Report) -> None:
    """Where the books are, the totals, every limit, who is stopped, what is unknown."""
    _print([f"{report['database']}, {report['rounds']:,} rounds settled"])
    _print_table(_totals(report["totals"]))
    _print_limits(report)
    _print(_remarks(report))


def print_statement(report: Report) -> None:
    """Totals, limits, and sums by model."""
    _print([f"scope {report['scope']}"])
    _print_table(_totals(report["totals"]))
    _print_limits(report)
    if report["by_model"]:
        _print_table(_models(report["by_model"]))
    _print(_remarks(report))


def print_limits(report: Report) -> None:
    """The limits of a scope."""
    if not report["limits"]:
        _print([f"scope {report['scope']} has no limit of its own"])
    _print_limits(report)
    _print(_remarks(report))


def print_sentence(text: str) -> None:
    """One line."""
    _print([text])


def _print(lines: Iterable[str]) -> None:
    from rich.text import Text

    console = plain_console()
    for line in lines:
        console.print(Text(visible(line)), soft_wrap=True)


def _print_table(table: Table) -> None:
    plain_console().print(table)


def _print_limits(report: Report) -> None:
    if report["limits"]:
        _print_table(_limits(report["limits"]))


def _totals(totals: Report) -> Table:
    rows = [
        (unit, *(_shown(kind, totals[name][kind]) for name in FIGURES))
        for kind, unit in _UNITS.items()
    ]
    return _table(("in all", *FIGURES), rows)


def _limits(limits: Sequence[Report]) -> Table:
    rows = [
        (
            f"{one['scope']}{_period(one)}",
            unit,
            _shown(kind, one["limit"][kind]),
            *(_shown(kind, one[name][kind]) for name in FIGURES),
            _shown(kind, one["left"][kind]),
        )
        for one in limits
        for kind, unit in _UNITS.items()
        if one["limit"][kind] is not None
    ]
    return _table(("scope", "", "limit", *FIGURES, "left"), rows)


def _models(models: Report) -> Table:
    rows = [
        (model, *(_shown(name, sums[name]) for name in _MODEL_COLUMNS))
        for model, sums in models.items()
    ]
    return _table(("model", *_MODEL_COLUMNS.values()), rows)


def _remarks(report: Report) -> Iterator[str]:
    """Who is stopped, what is unknown, and what to do about it."""
    for one in report["stopped"]:
        yield f"stopped: {one['scope']}: {one['reason']}"
        yield f"  to go on: {one['resume']}"
    unknown = report.get("unknown_rounds", ())
    for one in unknown[:LISTED_UNKNOWN]:
        held = one["held"]["total_tokens"]
        yield (
            f"unknown: {one['scope']} round {one['round']}, sent {one['sent_at']},"
            f" {held:,} tokens held"
        )
        yield f"  to debit what it used: {one['settle']}"
        yield f"  to debit nothing: {one['write_off']}"
    if len(unknown) > LISTED_UNKNOWN:
        yield f"unknown: {len(unknown) - LISTED_UNKNOWN:,} more, see --json"


def _period(one: Report) -> str:
    if one["starts"] is None and one["ends"] is None:
        return ""
    first, last = ((one[name] or "")[:10] for name in ("starts", "ends"))
    return f" ({first} to {last})"


def _shown(kind: str, value: int) -> str:
    """A count, or money in dollars."""
    return f"{value / 1_000_000:,.6f}" if kind == "micro_usd" else f"{value:,}"


def _table(names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    for number, name in enumerate(names):
        left = number == 0 or not name
        table.add_column(name, justify="left" if left else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(one)) for one in row))
    return table
