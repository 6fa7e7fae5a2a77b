"""The load test's figures for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

MARKS = ("refusals", "leases_ended", "unavailable", "died", "reclaimed", "unknown", "rounds")
MUST_BE_NONE = ("overruns", "violations", "lost", "double", "invented", "unlisted", "unbalanced")


def print_load(report: dict[str, Any]) -> None:
    """A table of calls, one of what happened, then what the others lost."""
    from rich.console import Console

    console = Console(highlight=False)
    kill = ", with kill -9" if report["kill"] else ""
    console.print(
        f"{report['database']}, {report['workers']} processes, {report['seconds']:g} s{kill}:"
        f" {report['operations_a_second']:,.0f} operations a second"
    )
    console.print(calls_table(report["calls"]))
    for line in lines(report):
        console.print(line)


def calls_table(calls: list[dict[str, Any]]) -> Table:
    """A row a call."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("call")
    for name in ("count", "p50 ms", "p99 ms"):
        table.add_column(name, justify="right")
    for one in calls:
        figures = (f"{one['count']:,}", f"{one['p50_ms']:,.1f}", f"{one['p99_ms']:,.1f}")
        table.add_row(one["call"], *figures)
    return table


def lines(report: dict[str, Any]) -> Iterator[str]:
    """What happened, what must not, and what stands beside it."""
    yield "; ".join(f"{name.replace('_', ' ')} {report[name]:,}" for name in MARKS)
    wrong = "; ".join(f"{name} {report[name]:,}" for name in MUST_BE_NONE)
    yield f"{wrong} (all must be 0; {report['snapshots']:,} snapshots watched)"
    yield f"reserve-and-settle pairs a second: {_by_workers(report['pairs_a_second'])}"
    bare = report["bare_commits_a_second"]
    own = {n: f"{before:,.0f} before, {after:,.0f} after" for n, (before, after) in
           bare["own_rows"].items()}  # fmt: skip
    yield f"bare commits a second, of which a pair needs two: {_by_workers(own)}"
    if bare["one_row"]:
        yield f"bare commits a second to one row: {_by_workers(bare['one_row'])}"
    for one in report["others"]:
        yield f"{one['what']}: {_other(one)}"
    if report["faults"]:
        yield f"WRONG: {report['faults']}"


def _by_workers(figures: dict[str, Any]) -> str:
    shown = {n: one if isinstance(one, str) else f"{one:,.0f}" for n, one in figures.items()}
    return "; ".join(f"{n} {_PROCESSES[n != '1']} {one}" for n, one in shown.items())


_PROCESSES = ("process", "processes")


def _other(one: dict[str, Any]) -> str:
    if "absent" in one:
        return f"not compared: {one['absent']}"
    damaged = ", the file is damaged" if one["damaged"] else ""
    return f"{one['entered']:,} entered, {one['lost']:,} lost{damaged}"
