"""The plots of a calibration."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

from estimators.metrics import coverage, smape
from token_budget.calibrating import BUDGET_LEVEL, LEVELS, standard_error
from token_budget.pages.axes import Axis
from token_budget.pages.document import Figure
from token_budget.pages.plots import (
    CELLS,
    MOST_SINGLE_DOTS,
    Bars,
    Series,
    Words,
    bar_chart,
    line_chart,
    scatter,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from token_budget.calibrating import Predicted, Walked

WINDOW = 100
"""Phases of a rolling figure at the most; a shorter one has a fifth of its phases, or five."""

_SHARE = Axis("share of phases", 0.0, 1.0)


def overview_figures(found: Mapping[str, Any]) -> Iterator[Figure]:
    """Bars of error and of budgeted tokens, by output format."""
    formats = {name: one for name, one in found["formats"].items() if one["phases"]}
    if not formats:
        return
    names = tuple(formats)
    smapes = [
        Bars(when, tuple(one[when]["smape"] for one in formats.values()))
        for when in ("before", "after")
    ]
    words = Words("SMAPE by output format", "The error of the median, before and after learning.")
    caption = "Error of the median, before and after learning; lower is better."
    yield Figure(caption, bar_chart(words, names, smapes, "SMAPE (%)"))
    tokens = [
        Bars("used", tuple(one["actual_tokens"] for one in formats.values())),
        *(
            Bars(f"budgeted {when}", tuple(one[when]["held_tokens"] for one in formats.values()))
            for when in ("before", "after")
        ),
    ]
    words = Words("Tokens used and budgeted", "Tokens of all phases, and of their 0.9 budgets.")
    caption = "Tokens that all phases used, and that their 0.9 budgets would have held."
    yield Figure(caption, bar_chart(words, names, tokens, "tokens"))


def format_figures(walked: Walked, phases: int) -> Iterator[Figure]:
    """The plots of one output format.

    Args:
        walked: A history with at least one phase.
        phases: How many it has.
    """
    both = [*walked.actual, *walked.cold.median, *walked.adapted.median]
    for when, one in (("before", walked.cold), ("after", walked.adapted)):
        yield _predicted(walked, one, when, both)
    window = rolling_window(phases)
    yield _over_time(
        walked,
        f"Coverage of the 0.9 quantile, rolling over {window} phases",
        f"Share of the last {window} phases that took no more than their 0.9 budget. By chance"
        f" alone it strays by {standard_error(BUDGET_LEVEL, window):.3f} (standard error).",
        "share of phases",
        [
            rolled([float(a <= b) for a, b in zip(walked.actual, one.held, strict=True)], window)
            for one in (walked.cold, walked.adapted)
        ],
        reference=BUDGET_LEVEL,
    )
    yield _over_time(
        walked,
        f"SMAPE of the median, rolling over {window} phases",
        f"Error of the median over the last {window} phases; lower is better.",
        "SMAPE (%)",
        [rolled(_errors(one, walked.actual), window) for one in (walked.cold, walked.adapted)],
    )
    yield _reliability(walked)


def rolling_window(phases: int) -> int:
    """How many phases a rolling figure is taken over: `WINDOW`, or fewer of a short history."""
    return min(WINDOW, max(phases // 5, 5), phases)


def rolled(values: Sequence[float], window: int) -> list[float]:
    """The mean of every ``window`` values that follow each other."""
    return [fmean(values[end - window : end]) for end in range(window, len(values) + 1)]


def _errors(predicted: Predicted, actual: Sequence[int]) -> list[float]:
    return [smape([p], [a]) for p, a in zip(predicted.median, actual, strict=True)]


def _reliability(walked: Walked) -> Figure:
    series = [
        Series(
            when,
            tuple((level, coverage(one.at(level), walked.actual)) for level in LEVELS),
        )
        for when, one in (("before", walked.cold), ("after", walked.adapted))
    ]
    right = Series("right", ((0.0, 0.0), (1.0, 1.0)))
    words = Words(
        "Reliability of the quantiles",
        "The stated level of a quantile against the share of phases that it held.",
    )
    caption = (
        "Reliability: the level of a quantile against the share of phases that took no more."
        " Under the dotted line quantiles are too low, above it too high."
    )
    return Figure(caption, line_chart(words, series, Axis("stated level", 0.0, 1.0), _SHARE, right))


def _over_time(  # noqa: PLR0913 - what the plot says, in words of its own
    walked: Walked,
    title: str,
    caption: str,
    label: str,
    values: Sequence[Sequence[float]],
    *,
    reference: float | None = None,
) -> Figure:
    phases = len(walked.actual)
    first = phases - len(values[0]) + 1
    series = [
        Series(when, tuple((float(number), one) for number, one in enumerate(row, start=first)))
        for when, row in zip(("before", "after"), values, strict=True)
    ]
    x = Axis("phase, the oldest first", 0.0, Axis.covering([0, phases], "phases").high)
    given = [one for row in values for one in row]
    y = Axis.covering([*given, 1.0 if reference else 0.0, reference or 0.0], label)
    line = (
        Series(f"{reference:g}", ((x.low, reference), (x.high, reference))) if reference else None
    )
    return Figure(f"{title}. {caption}", line_chart(Words(title, caption), series, x, y, line))


def _predicted(walked: Walked, one: Predicted, when: str, both: Sequence[float]) -> Figure:
    points = Series("phase", tuple(zip(one.median, map(float, walked.actual), strict=True)))
    x = Axis.covering(both, f"predicted median {when}, tokens (log)", logarithmic=True)
    y = Axis.covering(both, "actual tokens (log)", logarithmic=True)
    title = f"Predicted and actual tokens, {when}"
    caption = (
        f"{title}. On the dotted line they are equal; above it phases took more than predicted."
    )
    if len(walked.actual) > MOST_SINGLE_DOTS:
        caption += (
            f" Phases in one cell of a {CELLS} by {CELLS} grid share a dot, whose area"
            " grows with their number."
        )
    equal = Series("equal", ((x.low, x.low), (x.high, x.high)))
    return Figure(caption, scatter(Words(title, caption), points, x, y, equal))
