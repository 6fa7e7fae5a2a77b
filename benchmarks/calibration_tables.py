"""What the benchmark of the estimator prints: several narrow tables, and what follows in words."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from rich.table import Table

from benchmarks.calibration_figures import (
    BASELINES,
    COVERAGE_LEVELS,
    ESTIMATES,
    FIRST_PHASES,
    HELD,
    LEAST_PHASES_TO_JUDGE,
    LEAST_TOLERANCE,
    STANDARD_ERRORS,
)
from benchmarks.calibration_report import MANY_FILES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.calibration_figures import Figures

Columns = tuple[tuple[str, str, str], ...]
"""Of each: its heading, where its figure stands in a row (keys, with slashes), and its format."""

_HELD = f"coverage/{HELD:g}"

ERRORS: Columns = (
    ("\n\nphases", "phases", ",.0f"),
    ("\nSMAPE %\ncold", "cold/smape", ".1f"),
    ("\n\nadapted", "adapted/smape", ".1f"),
    *((f"\n\n{name}", f"{name}/smape", ".1f") for name in BASELINES),
    ("\nMdAPE %\ncold", "cold/mdape", ".1f"),
    ("\n\nadapted", "adapted/mdape", ".1f"),
    ("actual\n> q.5\ncold", "cold/under_estimated", ".3f"),
    ("\n\nadapted", "adapted/under_estimated", ".3f"),
)

QUANTILES: Columns = (
    ("\n\nphases", "phases", ",.0f"),
    ("held\nby q.9\ncold", f"cold/{_HELD}/share", ".3f"),
    ("\n\nadapted", f"adapted/{_HELD}/share", ".3f"),
    (f"\n\nafter {FIRST_PHASES}", f"settled/{_HELD}/share", ".3f"),
    ("\n\n± s.e.", f"settled/{_HELD}/standard_error", ".3f"),
    ("q.9 /\nactual\ncold", "cold/q0.9_over_actual/median", ".2f"),
    ("\n\nadapted", "adapted/q0.9_over_actual/median", ".2f"),
    ("\n\nits p90", "adapted/q0.9_over_actual/p90", ".1f"),
    ("pinball\n.9\ncold", "cold/pinball/0.9", ",.0f"),
    ("\n\nadapted", "adapted/pinball/0.9", ",.0f"),
    ("actual\n> q.999\ncold", "cold/above_q0.999", ".4f"),
    ("\n\nadapted", "adapted/above_q0.999", ".4f"),
)

PREDICTORS: Columns = (
    ("SMAPE %\nall phases", "pooled/smape", ".1f"),
    ("\nmean of repos", "mean/smape", ".1f"),
    (f"\n{MANY_FILES}", "many/smape", ".1f"),
    ("MdAPE %\nall phases", "pooled/mdape", ".1f"),
    ("actual\n> q.5", "pooled/under_estimated", ".3f"),
    ("pinball\n.5", "pooled/pinball/0.5", ",.0f"),
    ("\n.9", "pooled/pinball/0.9", ",.0f"),
    ("q.9 / actual\nmedian", "pooled/q0.9_over_actual/median", ".2f"),
    ("\np90", "pooled/q0.9_over_actual/p90", ".1f"),
    ("held\nby q.9", f"pooled/{_HELD}/share", ".3f"),
    ("actual\n> q.999", "pooled/above_q0.999", ".4f"),
)

EQUAL_COVERAGE: Columns = (
    ("holds as it is", "covered", ".3f"),
    ("scaled by", "factor", ".2f"),
    ("median of budget / actual", "over_actual", ".2f"),
    ("budgeted / used", "budgeted_over_used", ".2f"),
    ("pinball .9", "pinball", ",.0f"),
)

BY_PHASES = ((ERRORS, "error of the median"), (QUANTILES, "quantiles"))


def tables(section: dict[str, Any]) -> Iterator[Table]:
    """The tables of a section of the report, the headline first."""
    rows = section["repositories"]
    for place, what in (("headline", "HEADLINE"), ("in_sample", "IN-SAMPLE (no headline)")):
        if (found := section[place]) is not None:
            title = f"{what}: {_subject(section, found)}"
            yield headline_table(title, found)
            yield coverage_table(f"{what}: {section_name(section)}, held by each quantile", found)
    for columns, what in BY_PHASES:
        title = f"{section_name(section)}: {what}, by repository"
        yield figures_table(title, _named(section, rows), columns)
    for columns, what in BY_PHASES:
        found = section["headline"] or section["in_sample"]
        title = f"{section_name(section)}: {what}, by files and language{_mark(section)}"
        by_kind = [(one["name"], one) for one in (*found["by_files"], *found["by_language"])]
        yield figures_table(title, by_kind, columns)
    found = section["headline"] or section["in_sample"]
    title = f"{section_name(section)}: at equal coverage of {HELD:g}, all phases{_mark(section)}"
    scaled = [(one["budget"], one) for one in found["equal_coverage"]]
    yield figures_table(title, scaled, EQUAL_COVERAGE)


def format_tables(sections: Sequence[dict[str, Any]]) -> Iterator[Table]:
    """All formats of all protocols, side by side."""
    rows = [
        (f"{section_name(one)}{_mark(one)}", (one["headline"] or one["in_sample"])["pooled"])
        for one in sections
    ]
    for columns, what in BY_PHASES:
        yield figures_table(f"all formats: {what}, all phases", rows, columns)


def headline_table(title: str, summary: dict[str, Any]) -> Table:
    """What predicts, by row; a rule of thumb's one number is its median and its 0.9 quantile."""
    many: Figures = next((one for one in summary["by_files"] if one["name"] == MANY_FILES), {})
    mean = summary["mean_of_repositories"]
    rows = [
        (name, {"pooled": summary["pooled"][name], "mean": mean[name], "many": many.get(name)})
        for name in (*ESTIMATES, *BASELINES)
    ]
    return figures_table(title, rows, PREDICTORS)


def coverage_table(title: str, summary: dict[str, Any]) -> Table:
    """The share of phases that each quantile holds, each with its standard error."""
    made = _empty(title, "quantile")
    wholes = {"all phases": summary["pooled"], "mean of repos": summary["mean_of_repositories"]}
    parts = {"cold": "cold", "adapted": "adapted", f"after {FIRST_PHASES}": "settled"}
    for whole in wholes:
        for number, part in enumerate(parts):
            made.add_column(f"{whole if not number else ''}\n{part}", justify="right")
    for level in COVERAGE_LEVELS:
        place = f"coverage/{level:g}"
        shares = (
            _share(_at(row, f"{part}/{place}"))
            for row in wholes.values()
            for part in parts.values()
        )
        made.add_row(f"{level:g}", *shares)
    return made


def figures_table(
    title: str, rows: Sequence[tuple[str, Mapping[str, Any]]], columns: Columns
) -> Table:
    """One table: what a row is called, then its figures; empty where there is none."""
    made = _empty(title, "")
    for heading, _, _ in columns:
        made.add_column(heading, justify="right", no_wrap=True)
    for name, row in rows:
        found = ((_at(row, place), form) for _, place, form in columns)
        made.add_row(name, *("" if one is None else f"{one:{form}}" for one, form in found))
    return made


def section_name(section: dict[str, Any]) -> str:
    """Protocol and format."""
    return f"{section['protocol']}, {section['format']}"


def sentences(section: dict[str, Any]) -> Iterator[str]:
    """What the tables of a section come to."""
    name, headline = section_name(section), section["headline"]
    worst = (headline or section["in_sample"])["worst"]
    yield f"{name}: worst repository: {worst['cold']} cold, {worst['adapted']} adapted"
    yield f"{name}: {_judgement(section)}"
    if seen := [row["repository"] for row in section["repositories"] if row["in_sample"]]:
        yield f"{name}: in-sample, not in the headline: {', '.join(seen)}"
    if headline is None:
        yield f"HEADLINE {name}: none: every repository was in the shipped fit"
        return
    subject = _subject(section, headline)
    mean = headline["mean_of_repositories"]
    yield f"HEADLINE {subject}, all phases: {_verdict(headline['pooled'])}"
    for one in (found for found in headline["by_files"] if found["name"] == MANY_FILES):
        yield f"HEADLINE {subject}, the {one['phases']:,} of {one['name']}: {_verdict(one)}"
    yield f"HEADLINE {subject}, mean of repositories: {_verdict(mean)}"


def _judgement(section: dict[str, Any]) -> str:
    asked = (
        f"coverage of q{HELD:g} adapted after {FIRST_PHASES} phases within "
        f"max({LEAST_TOLERANCE:g}, {STANDARD_ERRORS} standard errors) of {HELD:g}"
    )
    judged = f"repositories of {LEAST_PHASES_TO_JUDGE} phases or more: {section['judged']}"
    if not section["judged"]:
        return f"{asked}: not judged, there are no {judged.partition(':')[0]}"
    if not section["violations"]:
        return f"{asked}: none violates it ({judged})"
    found = (
        f"{one['repository']} ({one['coverage']:.3f}, allowed ± {one['tolerance']:.3f})"
        for one in section["violations"]
    )
    return f"{asked}: VIOLATED by {', '.join(found)} ({judged})"


def _verdict(row: Figures) -> str:
    settled = _at(row, f"settled/{_HELD}/share")
    after = "" if settled is None else f", {settled:.3f} after {FIRST_PHASES} phases"
    adapted = row["adapted"]
    return (
        f"SMAPE {row['cold']['smape']:.1f} cold, {adapted['smape']:.1f} adapted; "
        f"q{HELD:g} adapted holds {adapted['coverage'][f'{HELD:g}']['share']:.3f}{after}, "
        f"median q{HELD:g} / actual {adapted['q0.9_over_actual']['median']:.2f}"
    )


def _subject(section: dict[str, Any], summary: dict[str, Any]) -> str:
    phases = summary["pooled"]["phases"]
    count = summary["repositories"]
    of = f"{phases:,} phases of {count} {'repository' if count == 1 else 'repositories'}"
    fit = "not in the fit" if summary is section["headline"] else "in the shipped fit"
    return f"{section_name(section)}, {of} {fit}"


def _mark(section: dict[str, Any]) -> str:
    return "" if section["headline"] else " (in-sample)"


def _named(section: dict[str, Any], rows: Sequence[Figures]) -> list[tuple[str, Figures]]:
    marks = {True: " (in-sample)", False: ""}
    named = [(f"{row['repository']}{marks[row['in_sample']]}", row) for row in rows]
    for place in ("headline", "in_sample"):
        if (found := section[place]) is not None:
            mark = marks[place == "in_sample"]
            named.append((f"all phases{mark}", found["pooled"]))
            named.append((f"mean of repositories{mark}", found["mean_of_repositories"]))
    return named


def _at(row: Mapping[str, Any], place: str) -> Any:  # noqa: ANN401 - figures nest
    return reduce(lambda found, key: None if found is None else found[key], place.split("/"), row)


def _share(found: dict[str, float] | None) -> str:
    return "" if found is None else f"{found['share']:.3f} ± {found['standard_error']:.3f}"


def _empty(title: str, first: str) -> Table:
    made = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    made.add_column(first, overflow="fold")
    return made
