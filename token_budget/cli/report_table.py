"""What ``token-budget report`` prints for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from token_budget.cli.output import plain_console
from token_budget.telemetry.report_page import EMPTY
from token_budget.telemetry.shown import (
    GROUP_HEADINGS,
    LIMIT_HEADINGS,
    group_cells,
    limit_cells,
    limit_name,
    money,
    overview_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def print_report(found: Mapping[str, Any], by: str | None = None) -> None:
    """Print what ``--json`` would, as tables.

    Args:
        found: The report.
        by: The groups to print: ``day``, ``model`` or ``category``; None: none.
    """
    console = plain_console()
    since = f", since {found['since']}" if found["since"] else ""
    if found["empty"]:
        console.print(Text(f"{EMPTY} ({found['database']}{since})"), soft_wrap=True)
    else:
        console.print(Text(f"{found['database']}{since}"), soft_wrap=True)
        console.print("", _table(("", "figure"), overview_rows(found)))
        if by:
            rows = ((name, *group_cells(one)) for name, one in found["groups"][by].items())
            console.print("", _table((by, *GROUP_HEADINGS), rows))
    if found["spend"]:
        whole, limits = found["spend"]["whole"], found["spend"]["limits"]
        console.print(Text(_spent(whole)), soft_wrap=True)
        if limits:
            rows = ((limit_name(one), *limit_cells(one)) for one in limits)
            console.print("", _table(("limit of", *LIMIT_HEADINGS), rows))


def _spent(whole: Mapping[str, Any]) -> str:
    tokens, cost = whole["total_tokens"], whole["micro_usd"]
    return (
        f"spent: {tokens['spent'] + tokens['overrun']:,} tokens,"
        f" {money(cost['spent'] + cost['overrun'])}; held: {tokens['held']:,} tokens;"
        f" unknown: {tokens['unknown']:,} tokens"
    )


def _table(names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for number, name in enumerate(names):
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table
