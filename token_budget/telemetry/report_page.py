"""The page of a report: tables with every figure, and plots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.pages.document import Column, Page, Paragraph, Section, Table
from token_budget.telemetry.report_plots import calibration_figures, day_figures, limit_figures
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
    from collections.abc import Iterator, Mapping

    from token_budget.pages.document import Block

_INTRODUCTION = (
    "Truncated: the stop reason says that the answer was cut off; rounds whose stop reason does not"
    " tell count neither way. Wasted: tokens of answers that were paid for and not used, as a share"
    " of the output of phases that have ended. Days are days of UTC; tokens are the models' own."
)

_CALIBRATION = (
    "An estimate is right if half of all answers take no more than its 0.5 quantile, and nine of"
    " ten no more than its 0.9 quantile. The standard error is what chance alone does to so many"
    " answers. An answer that was cut off counts where it had passed the quantile already; where it"
    " had not, and where a phase failed, it is unknown."
)

_NO_LIMITS = "No scope has a limit."

NON_BREAKING_HYPHEN = "\u2011"

EMPTY = "No round and no phase is recorded here yet."


def report_page(found: Mapping[str, Any]) -> Page:
    """The page of a report.

    Args:
        found: What ``token-budget report --json`` prints.
    """
    since = f", since {found['since']}" if found["since"] else ""
    introduction = [Paragraph(f"Records of {found['database']}{since}.")]
    if found["empty"]:
        introduction.append(Paragraph(EMPTY))
    else:
        introduction.append(Paragraph(_INTRODUCTION))
    return Page(
        "What was estimated, and what was used", tuple(introduction), tuple(_sections(found))
    )


def _sections(found: Mapping[str, Any]) -> Iterator[Section]:
    if not found["empty"]:
        groups = found["groups"]
        yield Section("In short", (_overview(found),))
        yield Section("By day", (*day_figures(groups["day"]), _groups("Day", groups["day"])))
        yield Section("By model", (_groups("Model", groups["model"]),))
        yield Section("By category", (_groups("Category", groups["category"]),))
        yield Section("Calibration of the estimates", tuple(_calibration(found)))
    if found["spend"]:
        yield Section("Spend against limits", tuple(_spend(found["spend"])))


def _overview(found: Mapping[str, Any]) -> Table:
    columns = (Column(""), Column("Figure", numeric=True))
    return Table("The whole", columns, tuple(overview_rows(found)))


def _groups(name: str, groups: Mapping[str, Any]) -> Table:
    columns = (Column(name), *(Column(one.capitalize(), numeric=True) for one in GROUP_HEADINGS))
    rows = ((_unbroken(group, name), *group_cells(one)) for group, one in groups.items())
    caption = f"By {name.lower()}; ± is the standard error of the column before it"
    return Table(caption, columns, tuple(rows))


def _unbroken(group: str, name: str) -> str:
    """A day in one line; the names of models and categories may be too long for one."""
    return group.replace("-", NON_BREAKING_HYPHEN) if name == "Day" else group


def _calibration(found: Mapping[str, Any]) -> Iterator[Block]:
    yield Paragraph(_CALIBRATION)
    yield from calibration_figures(found)
    names = ("Answers", "Within", "Coverage", "Standard error", "Unknown")
    rows = tuple(
        (level, *_coverage_cells(one)) for level, one in found["whole"]["calibration"].items()
    )
    columns = (Column("Quantile"), *(Column(name, numeric=True) for name in names))
    yield Table("Coverage of the quantiles so far", columns, rows)


def _coverage_cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    rates = ("–" if one[name] is None else f"{one[name]:.4f}" for name in _RATES)
    return (f"{one['answers']:,}", f"{one['held']:,}", *rates, f"{one['unknown']:,}")


_RATES = ("coverage", "standard_error")


def _spend(found: Mapping[str, Any]) -> Iterator[Block]:
    whole = found["whole"]
    tokens, cost = whole["total_tokens"], whole["micro_usd"]
    yield Paragraph(
        f"The whole ledger: {tokens['spent'] + tokens['overrun']:,} tokens and"
        f" {money(cost['spent'] + cost['overrun'])} spent, {tokens['held']:,} tokens held,"
        f" {tokens['unknown']:,} unknown."
    )
    if not found["limits"]:
        yield Paragraph(_NO_LIMITS)
        return
    yield from limit_figures(found["limits"])
    columns = (
        Column("Limit of"),
        *(Column(one.capitalize(), numeric=True) for one in LIMIT_HEADINGS),
    )
    rows = tuple((limit_name(one), *limit_cells(one)) for one in found["limits"])
    yield Table("Every limit, and what counts against it", columns, rows)
