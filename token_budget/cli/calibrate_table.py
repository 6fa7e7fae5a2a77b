"""What ``token-budget calibrate`` prints for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from token_budget.calibration_report import shown_broken_lines
from token_budget.cli.output import plain_console

if TYPE_CHECKING:
    from collections.abc import Mapping


def print_calibration(found: Mapping[str, Any]) -> None:
    """Print what ``--json`` would, as a table and a line for everything to be known of it."""
    console = plain_console()
    console.print(_table(found["formats"]))
    for note in _notes(found):
        console.print(Text(note), soft_wrap=True)


def _notes(found: Mapping[str, Any]) -> list[str]:
    notes = [f"learnt from {found['phases']:,} phases, kept in {found['state']}"]
    kept = "no phase of 200 tokens or more, what was learnt of it earlier is kept"
    notes += [f"{name}: {kept}" for name, one in found["formats"].items() if not one["phases"]]
    notes += filter(None, (found["not_mined"], found["stopped"]))
    if found["merged_before"]:
        notes.append(f"replaced what was merged from {found['merged_before']:,} other states")
    if found["observed_answers"]:
        notes.append(f"what {found['observed_answers']:,} recorded answers taught is kept")
    if found["repeated"]:
        notes.append(f"{found['repeated']:,} phases were there twice and learnt once")
    if found["out_of_order"]:
        notes.append(
            f"{found['out_of_order']:,} lines were out of order: phases are sorted by time"
        )
    for reason, number in found["skipped_commits"].items():
        notes.append(f"skipped {number:,} commits: {reason}")
    for reason, number in found["left_out_files"].items():
        notes.append(f"left out {number:,} files: {reason}")
    notes += [f"left out {line}" for line in shown_broken_lines(found["broken_lines"])]
    return notes


def _table(formats: Mapping[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("format", ""):
        table.add_column(name)
    for name in ("phases", "SMAPE", "MdAPE", "under p50", "under p90", "±", "too small"):
        table.add_column(name, justify="right")
    for name in ("p90 tokens", "used tokens"):
        table.add_column(name, justify="right")
    for name, one in formats.items():
        for when in ("before", "after") if one["phases"] else ():
            table.add_row(name, when, f"{one['phases']:,}", *_cells(one, one[when]))
    return table


def _cells(one: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"{row['smape']:.1f}",
        f"{row['mdape']:.1f}",
        f"{row['coverage_0.5']:.3f}",
        f"{row['coverage_0.9']:.3f}",
        f"{one['standard_error_0.9']:.3f}",
        f"{row['too_small']:,}",
        f"{row['held_tokens']:,}",
        f"{one['actual_tokens']:,}",
    )
