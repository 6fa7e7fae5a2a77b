"""How good forecasts are: the figures of phases that belong together, and their means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.calibration_protocols import LEVELS
from estimators.metrics import coverage, mdape, pinball, smape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.calibration_protocols import Forecast

COVERAGE_LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
PINBALL_LEVELS = (0.5, 0.9)

HELD = 0.9
"""The quantile that a budget holds."""

TAIL = 0.999

ESTIMATES = ("cold", "adapted")
BASELINES = ("tiers", "weights", "formula", "median")

FIRST_PHASES = 100
"""An estimator has settled once it observed so many phases of a repository."""

LEAST_PHASES_TO_JUDGE = 300
"""Coverage is asked of repositories of so many phases."""

LEAST_TOLERANCE = 0.02
STANDARD_ERRORS = 2
"""Coverage is as asked for within the larger of this share and so many standard errors."""

Figures = dict[str, Any]


def figures(forecasts: Sequence[Forecast]) -> Figures:
    """The figures of phases that belong together.

    Returns:
        ``phases``; for each of `ESTIMATES` and `BASELINES` its errors; and ``settled``, the
        coverage of the adapted quantiles after `FIRST_PHASES`, None if there are no such phases.
    """
    actual = [one.actual for one in forecasts]
    settled = [one for one in forecasts if one.order >= FIRST_PHASES]
    return {
        "phases": len(forecasts),
        **{how: _of_estimate(by_level(forecasts, how), actual) for how in ESTIMATES},
        **{
            name: _of_budget([one.baselines[name] for one in forecasts], actual)
            for name in BASELINES
        },
        "settled": _settled(settled) if settled else None,
    }


def by_level(forecasts: Sequence[Forecast], how: str) -> dict[float, list[float]]:
    """The quantiles of one of `ESTIMATES`, by level, one entry a phase: tokens."""
    rows = [getattr(one, how) for one in forecasts]
    return dict(zip(LEVELS, map(list, zip(*rows, strict=True)), strict=True))


def _of_estimate(quantiles: dict[float, list[float]], actual: list[int]) -> Figures:
    return {
        "smape": smape(quantiles[0.5], actual),
        "mdape": mdape(quantiles[0.5], actual),
        "under_estimated": 1 - coverage(quantiles[0.5], actual),
        "pinball": {f"{n:g}": pinball(quantiles[n], actual, n) for n in PINBALL_LEVELS},
        "coverage": _coverages(quantiles, actual),
        "q0.9_over_actual": _over(quantiles[HELD], actual),
        "above_q0.999": 1 - coverage(quantiles[TAIL], actual),
    }


def _of_budget(budget: list[float], actual: list[int]) -> Figures:
    """Of a rule of thumb: its one number stands for its median and for its 0.9 quantile."""
    return {
        "smape": smape(budget, actual),
        "mdape": mdape(budget, actual),
        "under_estimated": 1 - coverage(budget, actual),
        "pinball": {f"{n:g}": pinball(budget, actual, n) for n in PINBALL_LEVELS},
        "coverage": {f"{HELD:g}": _coverage(budget, actual, HELD)},
        "q0.9_over_actual": _over(budget, actual),
        "above_q0.999": None,
    }


def _settled(forecasts: Sequence[Forecast]) -> Figures:
    actual = [one.actual for one in forecasts]
    return {
        "phases": len(forecasts),
        "coverage": _coverages(by_level(forecasts, "adapted"), actual),
    }


def _coverages(quantiles: dict[float, list[float]], actual: list[int]) -> Figures:
    return {f"{n:g}": _coverage(quantiles[n], actual, n) for n in COVERAGE_LEVELS}


def _coverage(bound: list[float], actual: list[int], level: float) -> Figures:
    error = standard_error(level, len(actual))
    return {"share": coverage(bound, actual), "standard_error": error}


def standard_error(level: float, phases: int) -> float:
    """How far the coverage of a quantile that is right strays by chance: binomial, a share.

    Taken at the level that is asked for, not at the share that was found: a quantile that held
    every phase would else seem to be known without error.
    """
    return math.sqrt(level * (1 - level) / phases)


def _over(budget: list[float], actual: list[int]) -> Figures:
    ratios = np.divide(budget, actual)
    return {"median": float(np.median(ratios)), "p90": float(np.quantile(ratios, 0.9))}


def mean_of(rows: Sequence[Figures]) -> Figures:
    """The mean of the figures of several repositories, each of which counts the same.

    ``phases`` are added up. A standard error is that of the mean. A figure that only some
    repositories have is the mean of those.
    """
    return {name: _mean(name, [row[name] for row in rows]) for name in rows[0]}


def _mean(name: str, values: Sequence[Any]) -> Any:  # noqa: ANN401 - figures nest
    known = [value for value in values if value is not None]
    if not known:
        return None
    if isinstance(known[0], dict):
        return mean_of(known)
    if name == "phases":
        return sum(known)
    if name == "standard_error":
        return math.hypot(*known) / len(known)
    return float(np.mean(known))


def at_equal_coverage(forecasts: Sequence[Forecast], level: float = HELD) -> list[Figures]:
    """Every budget scaled until it holds this share of the phases: what it then costs.

    Returns:
        By budget: the share of phases that it holds as it is, the factor that it needs, and,
        scaled, the median of budget / actual, the tokens budgeted in all over those used, and
        pinball loss in tokens.
    """
    actual = [one.actual for one in forecasts]
    held = {f"{how} {HELD:g}": by_level(forecasts, how)[HELD] for how in ESTIMATES}
    rules = {name: [one.baselines[name] for one in forecasts] for name in BASELINES}
    return [_scaled(name, own, actual, level) for name, own in {**held, **rules}.items()]


def _scaled(name: str, budget: list[float], actual: list[int], level: float) -> Figures:
    factor = float(np.quantile(np.divide(actual, budget), level))
    scaled = [factor * one for one in budget]
    return {
        "budget": name,
        "covered": coverage(budget, actual),
        "factor": factor,
        "over_actual": float(np.median(np.divide(scaled, actual))),
        "budgeted_over_used": sum(scaled) / sum(actual),
        "pinball": pinball(scaled, actual, level),
    }


def violation(row: Figures) -> Figures | None:
    """How the settled coverage of a repository's 0.9 quantile is off, if it is.

    Args:
        row: The figures of a repository, and its name as ``repository``.

    Returns:
        None for a repository of fewer than `LEAST_PHASES_TO_JUDGE` phases too.
    """
    if row["phases"] < LEAST_PHASES_TO_JUDGE:
        return None
    found = row["settled"]["coverage"][f"{HELD:g}"]
    tolerance = max(LEAST_TOLERANCE, STANDARD_ERRORS * found["standard_error"])
    if abs(found["share"] - HELD) <= tolerance:
        return None
    return {"repository": row["repository"], "coverage": found["share"], "tolerance": tolerance}
