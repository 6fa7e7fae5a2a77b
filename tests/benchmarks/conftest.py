"""What several tests of the calibration benchmark need."""

from __future__ import annotations

import random

import pytest

from benchmarks.calibration_protocols import LEVELS, Forecast
from estimators.fit_refinement import MIDDLE, SPREAD


def forecast_of(**given):
    """A forecast whose quantiles are 1,000 tokens times the level, unless said otherwise."""
    quantiles = tuple(1_000 * level for level in LEVELS)
    usual = {
        "repository": "a/a",
        "in_sample": False,
        "order": 0,
        "files": 1,
        "kind": "code",
        "language": "python",
        "actual": 500,
        "cold": quantiles,
        "adapted": quantiles,
        "baselines": {"tiers": 8_192.0, "weights": 400.0, "formula": 3_000.0, "median": 1_000.0},
    }
    return Forecast(**{**usual, **given})


@pytest.fixture(scope="session")
def forecast():
    """A function that makes one forecast."""
    return forecast_of


@pytest.fixture(scope="session")
def repository_of():
    """A function that makes a repository's forecasts, of which q.9 holds a given share."""

    def make(name, phases, held=0.9, *, in_sample=False):
        chance = random.Random(name)
        below = round(held * phases)
        levels = [chance.uniform(0.3, 0.9) for _ in range(below)]
        levels += [chance.uniform(0.91, 0.99) for _ in range(phases - below)]
        # Spread evenly, so that the share after the first hundred phases is the same.
        chance.shuffle(levels)
        return [
            forecast_of(
                repository=name,
                in_sample=in_sample,
                order=order,
                files=1 + order % 5,
                kind=("code", "test", "documentation")[order % 3],
                language=("python", "markdown")[order % 2],
                actual=round(1_000 * level),
            )
            for order, level in enumerate(levels)
        ]

    return make


@pytest.fixture
def few_trees(monkeypatch):
    """Fits of a few trees: what a benchmark does with a fit does not depend on how many."""
    for settings in (MIDDLE, SPREAD):
        monkeypatch.setitem(settings, "max_iter", 5)
