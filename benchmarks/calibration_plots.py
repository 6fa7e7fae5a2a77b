"""Four figures of how good forecasts are, each as PNG and SVG; the same forecasts, the same bytes.

Figures are made without `pyplot`: nothing is global, and no display is needed.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, PercentFormatter, StrMethodFormatter

from benchmarks.calibration_figures import ESTIMATES, HELD, by_level, standard_error
from benchmarks.calibration_protocols import LEVELS
from estimators.metrics import coverage, smape

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from benchmarks.calibration_protocols import Forecast

WINDOW = 100
"""Phases that a rolling coverage is taken over."""

RIGHT_MARGIN = 2
"""Standard errors that are drawn around what is right."""

LEAST_PHASES_OF_A_POINT = 200
"""The pooled line ends where fewer phases are left in its window: it would be one repository,
unless there is but one."""

COLOURS = {"cold": "#0072b2", "adapted": "#d55e00", "weights": "#999999"}
"""Of the palette of Okabe and Ito (2008), which colour-blind readers can tell apart."""

NAMES = {"cold": "cold", "adapted": "adapted", "weights": "fixed weights"}
RIGHT: dict[str, Any] = {"color": "black", "linewidth": 1, "linestyle": "--"}
RESOLUTION = 150
STYLE: dict[Any, Any] = {"svg.hashsalt": "token-budget", "svg.fonttype": "path", "font.size": 10}


def write_plots(folder: Path, forecasts: Sequence[Forecast], subject: str) -> list[Path]:
    """Draw all figures; over repositories that the fit did not see, if there are any.

    Args:
        folder: Where to; it exists.
        forecasts: Of all repositories, one repository after another.
        subject: Of the titles, such as protocol and format.

    Returns:
        The files, two a figure.
    """
    unseen = [one for one in forecasts if not one.in_sample]
    shown = unseen or list(forecasts)
    mark = "" if unseen else ", in-sample"
    title = f"{subject}{mark}: {len(shown):,} phases of 200 tokens or more"
    with rc_context(STYLE):
        figures = {
            "reliability": reliability(shown, title),
            "predicted_against_actual": predicted_against_actual(shown, title),
            "coverage_over_time": coverage_over_time(shown, title),
            "error_by_kind": error_by_kind(shown, title),
        }
        return [file for name, figure in figures.items() for file in _saved(folder, name, figure)]


def reliability(forecasts: Sequence[Forecast], title: str) -> Figure:
    """How many phases each quantile holds, and below by how much that is off."""
    figure = _figure(f"Reliability of the quantiles\n{title}", 6.4, 7.2)
    whole, off = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    actual = [one.actual for one in forecasts]
    levels = np.array(LEVELS)
    margin = [RIGHT_MARGIN * standard_error(level, len(actual)) for level in LEVELS]
    whole.plot([0, 1], [0, 1], **RIGHT, label="as it should be")
    off.axhline(0, **RIGHT)
    off.fill_between(
        levels, np.negative(margin), margin, color="0.88", label=f"± {RIGHT_MARGIN} standard errors"
    )
    for how in ESTIMATES:
        held = np.array([coverage(own, actual) for own in by_level(forecasts, how).values()])
        whole.plot(levels, held, "o-", color=COLOURS[how], markersize=4, label=NAMES[how])
        off.plot(levels, held - levels, "o-", color=COLOURS[how], markersize=4)
    whole.set(ylabel="phases that it holds (share)", xlim=(0, 1.02), ylim=(0, 1.02))
    off.set(xlabel="quantile (level)", ylabel="held − level (share)")
    _legend(figure)
    return figure


def predicted_against_actual(forecasts: Sequence[Forecast], title: str) -> Figure:
    """The median against what the phase took, as densities on logarithmic scales."""
    figure = _figure(f"Predicted median against actual tokens\n{title}", 10, 5.2)
    actual = np.array([one.actual for one in forecasts], dtype=float)
    medians = {how: np.array(by_level(forecasts, how)[0.5]) for how in ESTIMATES}
    ends = _decades(np.concatenate([actual, *medians.values()]))
    panels = figure.subplots(1, len(ESTIMATES), sharex=True, sharey=True)
    for axes, (how, predicted) in zip(panels, medians.items(), strict=True):
        cells = axes.hexbin(
            actual,
            predicted,
            gridsize=45,
            xscale="log",
            yscale="log",
            extent=(*np.log10(ends), *np.log10(ends)),
            bins="log",
            mincnt=1,
            cmap="viridis_r",
            linewidths=0,
        )
        axes.plot(ends, ends, **RIGHT, label="predicted = actual")
        axes.set(title=NAMES[how], xlabel="actual (tokens)", xlim=ends, ylim=ends, aspect="equal")
        figure.colorbar(cells, ax=axes, label="phases in a cell", shrink=0.8)
    panels[0].set(ylabel="predicted median (tokens)")
    _legend(figure, panels[0])
    return figure


def coverage_over_time(forecasts: Sequence[Forecast], title: str) -> Figure:
    """The share of phases that the adapted 0.9 quantile held, over the last `WINDOW` phases."""
    heading = f"Coverage of the adapted {HELD:g} quantile, over the last {WINDOW} phases\n{title}"
    figure = _figure(heading, 9, 5.2)
    axes = figure.subplots()
    label = "one repository"
    for _, own in groupby(forecasts, key=lambda one: one.repository):
        shares = _rolling([_is_held(one) for one in own])
        axes.plot(
            range(WINDOW, WINDOW + len(shares)),
            shares,
            color=COLOURS["cold"],
            alpha=0.3,
            linewidth=0.8,
            label=label,
        )
        label = "_one of many"
    orders, shares = _rolling_of_all(forecasts)
    thick: dict[str, Any] = {"color": COLOURS["adapted"], "linewidth": 2.5}
    axes.plot(orders, shares, **thick, label="all repositories")
    axes.set_xlim(left=0, right=None if orders else WINDOW)
    if not orders:
        axes.set_title(f"nothing to show: no repository has {WINDOW} phases", fontsize=10)
    margin = RIGHT_MARGIN * standard_error(HELD, WINDOW)
    name = f"± {RIGHT_MARGIN} standard errors of {WINDOW} phases"
    axes.axhspan(HELD - margin, HELD + margin, color="0.92", zorder=0, label=name)
    axes.axhline(HELD, **RIGHT, label="as it should be")
    axes.set(xlabel="phases of the repository so far (count)", ylabel="phases held (share)")
    axes.yaxis.set_major_locator(MultipleLocator(0.05))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    _legend(figure)
    return figure


def error_by_kind(forecasts: Sequence[Forecast], title: str) -> Figure:
    """SMAPE of the median by the kind of most files of a phase, the most frequent kind on top."""
    counts = Counter(one.kind for one in forecasts)
    kinds = [kind for kind, _ in counts.most_common()]
    figure = _figure(f"Error by the kind of most files of a phase\n{title}", 8, 5.6)
    axes = figure.subplots()
    height = 0.8 / len(COLOURS)
    for number, how in enumerate(COLOURS):
        errors = [_smape([one for one in forecasts if one.kind == kind], how) for kind in kinds]
        places = np.arange(len(kinds)) + (number - 1) * height
        bars = axes.barh(places, errors, height, color=COLOURS[how], label=NAMES[how])
        axes.bar_label(bars, fmt="%.0f", padding=3, fontsize=8)
    axes.set_yticks(range(len(kinds)), [f"{kind}\n({counts[kind]:,} phases)" for kind in kinds])
    axes.invert_yaxis()
    axes.margins(x=0.08)
    axes.set(xlabel="SMAPE of the median (%, less is better)", ylabel="kind of file")
    _legend(figure)
    return figure


def _smape(forecasts: Sequence[Forecast], how: str) -> float:
    actual = [one.actual for one in forecasts]
    if how in ESTIMATES:
        return smape(by_level(forecasts, how)[0.5], actual)
    return smape([one.baselines[how] for one in forecasts], actual)


def _is_held(forecast: Forecast) -> bool:
    return forecast.actual <= forecast.adapted[LEVELS.index(HELD)]


def _rolling(held: Sequence[bool]) -> list[float]:
    """The share over every `WINDOW` entries that follow each other."""
    sums = [0, *accumulate(held)]
    return [(last - first) / WINDOW for first, last in zip(sums, sums[WINDOW:], strict=False)]


def _rolling_of_all(forecasts: Sequence[Forecast]) -> tuple[list[int], list[float]]:
    """Orders, and the share over the phases of all repositories in the window that ends there."""
    longest = 1 + max(one.order for one in forecasts)
    orders = [one.order for one in forecasts]
    all_ = np.cumsum(np.bincount(orders, minlength=longest))
    held = np.cumsum(np.bincount(orders, [_is_held(one) for one in forecasts], longest))
    all_, held = np.concatenate([[0], all_]), np.concatenate([[0.0], held])
    phases = all_[WINDOW:] - all_[:-WINDOW]
    shares = (held[WINDOW:] - held[:-WINDOW]) / np.maximum(phases, 1)
    enough = phases >= min(LEAST_PHASES_OF_A_POINT, phases.max(initial=0))
    return (np.flatnonzero(enough) + WINDOW).tolist(), shares[enough].tolist()


def _decades(tokens: np.ndarray) -> tuple[float, float]:
    """The powers of ten around all figures."""
    low, high = np.log10(max(tokens.min(), 1.0)), np.log10(tokens.max())
    return float(10 ** np.floor(low)), float(10 ** np.ceil(high + 1e-9))


def _figure(title: str, width: float, height: float) -> Figure:
    """An empty figure; width and height in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11)
    return figure


def _legend(figure: Figure, axes: Axes | None = None) -> None:
    """Below the data, never on it."""
    handles = axes.get_legend_handles_labels()[0] if axes else None
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False)


def _saved(folder: Path, name: str, figure: Figure) -> list[Path]:
    image, drawing = folder / f"{name}.png", folder / f"{name}.svg"
    figure.savefig(image, dpi=RESOLUTION, metadata={"Software": None})
    figure.savefig(drawing, metadata={"Date": None, "Creator": None})
    return [image, drawing]
