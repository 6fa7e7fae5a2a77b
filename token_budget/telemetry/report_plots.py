"""The plots of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.pages.axes import Axis
from token_budget.pages.document import Figure
from token_budget.pages.plots import Bars, Series, Words, bar_chart, line_chart
from token_budget.telemetry.shown import limit_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_BARS = 8
"""Groups of one bar chart at the most: the last days, the fullest limits."""


def day_figures(days: Mapping[str, Any]) -> Iterator[Figure]:
    """Truncation and waste over all days, and the tokens of the last ones."""
    if len(days) > 1:
        yield _shares(days)
    last = dict(list(days.items())[-MOST_BARS:])
    if not any(one["output_tokens"] for one in last.values()):
        return
    bars = [
        Bars("answers", tuple(one["output_tokens"] for one in last.values())),
        Bars("of them thinking", tuple(one["thinking_tokens"] for one in last.values())),
        Bars("not used", tuple(one["wasted_tokens"] for one in last.values())),
    ]
    caption = (
        "Tokens of answers, of thinking, and of what was not used;"
        f" the last {len(last)} days with records."
    )
    words = Words("Tokens of answers by day", caption)
    yield Figure(caption, bar_chart(words, _short_days(last), bars, "tokens"))


def _shares(days: Mapping[str, Any]) -> Figure:
    """Lines over the number of the day: days without records are left out."""
    series = [
        Series(name, tuple(_points(days, key)))
        for name, key in (("truncated rounds", "truncation_rate"), ("not used", "wasted_share"))
    ]
    values = [y for one in series for _, y in one.points]
    title = "Truncated rounds and unused tokens over time"
    caption = (
        f"{title}: the share of rounds that were cut off, and of the tokens of answers that were"
        f" not used, from {min(days)} to {max(days)}."
    )
    x = Axis("day with records, the oldest first", 1.0, float(len(days)))
    y = Axis.covering([0.0, 0.05, *values], "share")
    return Figure(caption, line_chart(Words(title, caption), series, x, y))


def _points(days: Mapping[str, Any], key: str) -> Iterator[tuple[float, float]]:
    for number, one in enumerate(days.values(), start=1):
        if one[key] is not None:
            yield float(number), one[key]


def calibration_figures(found: Mapping[str, Any]) -> Iterator[Figure]:
    """The coverage of both quantiles, of the whole and of every model that has answers."""
    models = {name: one for name, one in found["groups"]["model"].items() if _judged(one)}
    shown = {"all": found["whole"], **dict(list(models.items())[: MOST_BARS - 1])}
    if not _judged(found["whole"]):
        return
    bars = [
        Bars(
            f"{level} quantile",
            tuple(one["calibration"][level]["coverage"] for one in shown.values()),
        )
        for level in ("0.5", "0.9")
    ]
    caption = (
        "Share of answers within the quantiles of their estimates, by model; right at 0.5 and 0.9."
    )
    names = tuple(name.removeprefix("claude-") for name in shown)
    words = Words("Coverage of the estimates by model", caption)
    yield Figure(caption, bar_chart(words, names, bars, "share of answers"))


def limit_figures(limits: Sequence[Mapping[str, Any]]) -> Iterator[Figure]:
    """What share of each limit is spent; of many limits, the fullest."""
    finite = [one for one in limits if one["used_share"] is not None]
    fullest = sorted(finite, key=lambda one: -one["used_share"])[:MOST_BARS]
    if not fullest:
        return
    spent = Bars("spent", tuple(one["used_share"] for one in fullest))
    held = Bars(
        "held or unknown", tuple((one["held"] + one["unknown"]) / one["limit"] for one in fullest)
    )
    caption = "Share of each limit that is spent, and that is held; the fullest first."
    words = Words("Spend against limits", caption)
    names = tuple(limit_name(one) for one in fullest)
    yield Figure(caption, bar_chart(words, names, [spent, held], "share of the limit"))


def _judged(one: Mapping[str, Any]) -> bool:
    """Whether both quantiles have been tried on an answer."""
    return all(level["answers"] for level in one["calibration"].values())


def _short_days(days: Mapping[str, Any]) -> tuple[str, ...]:
    """Month and day: the years stand in the table."""
    return tuple(day[5:] for day in days)
