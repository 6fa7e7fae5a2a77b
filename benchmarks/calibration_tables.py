"""What the benchmark of the estimator prints."""

from __future__ import annotations

from typing import Any

from rich.table import Table

COLUMNS = {
    "phases": ("phases", ",.0f"),
    "smape": ("SMAPE cold", ".1f"),
    "smape_adapted": ("adapted", ".1f"),
    "smape_tiers": ("tiers", ".1f"),
    "smape_weights": ("weights", ".1f"),
    "smape_formula": ("formula", ".1f"),
    "smape_median": ("median", ".1f"),
    "pinball_0.9": ("pinball .9 cold", ",.0f"),
    "pinball_0.9_adapted": ("adapted", ",.0f"),
    "q0.9_over_actual": ("p90 / actual cold", ".2f"),
    "q0.9_over_actual_adapted": ("adapted", ".2f"),
    "coverage_0.5": ("under p50 cold", ".3f"),
    "coverage_0.9": ("under p90 cold", ".3f"),
    "coverage_0.9_adapted": ("adapted", ".3f"),
}
"""Headings and formats of the figures that the table shows."""


def table(report: dict[str, Any]) -> Table:
    """Every repository has its row; then all phases, by number of files, and the mean."""
    title = f"leave-one-repository-out, {report['format']}"
    made = Table(title=title, box=None, padding=(0, 1, 0, 0))
    made.add_column("", no_wrap=True)
    for heading, _ in COLUMNS.values():
        made.add_column(heading, justify="right", min_width=6)
    for one in [*report["rows"], report["pooled"], *report["by_files"], report["mean"]]:
        figures = ((one[name], form) for name, (_, form) in COLUMNS.items())
        shown = ("" if figure is None else f"{figure:{form}}" for figure, form in figures)
        made.add_row(one["repository"], *shown)
    return made


def equal_coverage_table(rows: list[dict[str, Any]]) -> Table:
    """What budgets cost when each holds nine phases of ten."""
    made = Table(title="at equal coverage of 0.9, all phases", box=None, padding=(0, 2, 0, 0))
    made.add_column("budget")
    for heading in ("holds as it is", "scaled by", "median / actual", "budgeted / used", "pinball"):
        made.add_column(heading, justify="right")
    for one in rows:
        made.add_row(
            one["budget"],
            f"{one['covered']:.3f}",
            f"{one['factor']:.2f}",
            f"{one['over_actual']:.2f}",
            f"{one['budgeted_over_used']:.2f}",
            f"{one['pinball']:,.0f}",
        )
    return made
