"""The page that says what a calibration found: tables with every figure, and plots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.calibration_plots import format_figures, overview_figures
from token_budget.pages.document import Column, Page, Paragraph, Section, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from token_budget.calibrating import Walked
    from token_budget.pages.document import Block

FORMAT_TITLES = {
    "ndjson": "Structured edits (ndjson)",
    "whole_file": "Whole files (whole_file)",
    "diff": "Unified diffs (diff)",
}

MOST_BROKEN_LINES = 20
"""Broken lines that are shown one by one; their number is given in any case."""

_INTRODUCTION = (
    "Every phase was predicted twice, and only from what was known before it ran: before, by the"
    " estimator as it is shipped; after, by the estimator that had learnt the earlier phases of"
    " this history. The 0.9 budget of a phase is its 0.9 quantile: nine phases of ten should fit."
    " All tokens are cl100k_base tokens of the mined form."
)

_MEASURES = (
    "SMAPE: the mean of 200 |p - a| / (p + a), for the median p and the actual tokens a. MdAPE: the"
    " median of 100 |p - a| / a. Coverage: the share of phases that took no more than the"
    " quantile; the standard error beside it is what chance alone does to so many phases."
)


def calibration_page(found: Mapping[str, Any], walks: Mapping[str, Walked]) -> Page:
    """The page of one calibration.

    Args:
        found: What ``token-budget calibrate --json`` prints.
        walks: The histories behind it, by output format.
    """
    sections = (
        Section("In short", (_overview(found), *overview_figures(found), Paragraph(_MEASURES))),
        *(_of_format(name, found["formats"][name], walked) for name, walked in walks.items()),
        Section("What was learnt from", tuple(_sources(found))),
    )
    return Page("Calibration of the output-size estimator", _introduction(found), sections)


def shown_broken_lines(broken: list[str]) -> list[str]:
    """The first broken lines, and how many more there are."""
    more = len(broken) - MOST_BROKEN_LINES
    return [*broken[:MOST_BROKEN_LINES], *([f"{more:,} more broken lines"] if more > 0 else [])]


def _introduction(found: Mapping[str, Any]) -> tuple[Block, ...]:
    kept = f"Learnt from {found['phases']:,} phases, kept in {found['state']}."
    return (Paragraph(kept), Paragraph(_INTRODUCTION))


def _overview(found: Mapping[str, Any]) -> Table:
    columns = ("Phases", "SMAPE", "Under the 0.9 budget", "Too small", "Budgeted / used tokens")
    rows = (
        (name, when, *_short(one, one[when]))
        for name, one in found["formats"].items()
        if one["phases"]
        for when in ("before", "after")
    )
    headings = (Column("Format"), Column(""), *(Column(one, numeric=True) for one in columns))
    return Table("Before and after, by output format", headings, tuple(rows))


def _short(one: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"{one['phases']:,}",
        f"{row['smape']:.1f}",
        f"{row['coverage_0.9']:.3f}",
        f"{row['too_small']:,}",
        f"{row['held_over_actual']:.2f}",
    )


def _of_format(name: str, one: Mapping[str, Any], walked: Walked) -> Section:
    title = FORMAT_TITLES.get(name, name)
    if not one["phases"]:
        nothing = (
            "No phase of 200 tokens or more: nothing was learnt of this format, and what the state"
            " held of it is kept."
        )
        return Section(title, (Paragraph(nothing),))
    return Section(
        title, (_compared(one), *format_figures(walked, one["phases"]), _reliability(one))
    )


def _compared(one: Mapping[str, Any]) -> Table:
    before, after = one["before"], one["after"]
    used, number = one["actual_tokens"], one["phases"]

    def both(label: str, name: str, form: str) -> tuple[str, str, str]:
        return (label, f"{before[name]:{form}}", f"{after[name]:{form}}")

    half, nine = one["standard_error_0.5"], one["standard_error_0.9"]
    small = "Phases for which the 0.9 budget was too small"
    shares = (f"{before['too_small'] / number:.1%}", f"{after['too_small'] / number:.1%}")
    rows = (
        ("Phases", f"{number:,}", f"{number:,}"),
        both("SMAPE of the median (%)", "smape", ".2f"),
        both("MdAPE of the median (%)", "mdape", ".2f"),
        both(f"Coverage of the 0.5 quantile (standard error {half:.4f})", "coverage_0.5", ".4f"),
        both(f"Coverage of the 0.9 quantile (standard error {nine:.4f})", "coverage_0.9", ".4f"),
        both("Tokens that the 0.9 budgets held", "held_tokens", ",d"),
        ("Tokens that were used", f"{used:,}", f"{used:,}"),
        both("Budgeted / used tokens", "held_over_actual", ".2f"),
        both(small, "too_small", ",d"),
        (f"{small} (share)", *shares),
    )
    return Table(f"{number:,} phases of 200 tokens or more", _BEFORE_AND_AFTER, rows)


def _reliability(one: Mapping[str, Any]) -> Table:
    before, after = one["before"]["reliability"], one["after"]["reliability"]
    rows = ((level, f"{before[level]:.4f}", f"{after[level]:.4f}") for level in before)
    caption = "Share of phases that took no more than a quantile; right where it equals the level"
    return Table(caption, (Column("Level", numeric=True), *_BEFORE_AND_AFTER[1:]), tuple(rows))


_BEFORE_AND_AFTER = (Column(""), Column("Before", numeric=True), Column("After", numeric=True))


def _sources(found: Mapping[str, Any]) -> list[Block]:
    rows = (
        ("Phases mined from the repository", f"{found['mined']:,}"),
        ("Phases learnt from", f"{found['phases']:,}"),
        ("Other states whose merged knowledge was replaced", f"{found['merged_before']:,}"),
        ("Recorded answers, of which what they taught is kept", f"{found['observed_answers']:,}"),
        ("Phases that were there twice, learnt once", f"{found['repeated']:,}"),
        ("Lines of history files that were out of order, and sorted", f"{found['out_of_order']:,}"),
        ("Broken lines of history files, left out", f"{len(found['broken_lines']):,}"),
    )
    blocks: list[Block] = [_counted("What was read", "", "Number", rows)]
    for caption, key, unit in (
        ("Commits that gave no phase", "skipped_commits", "Commits"),
        ("Files that were left out of their commits", "left_out_files", "Files"),
    ):
        counts = tuple((reason, f"{number:,}") for reason, number in found[key].items())
        if counts:
            blocks.append(_counted(caption, "Reason", unit, counts))
    if found["broken_lines"]:
        lines = tuple((line,) for line in shown_broken_lines(found["broken_lines"]))
        blocks.append(Table("Broken lines", (Column("Place and reason"),), lines))
    blocks += [Paragraph(note) for note in (found["not_mined"], found["stopped"]) if note]
    return blocks


def _counted(caption: str, first: str, second: str, rows: tuple[tuple[str, ...], ...]) -> Table:
    return Table(caption, (Column(first), Column(second, numeric=True)), rows)
