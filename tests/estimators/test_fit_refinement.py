from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from estimators.adaptation import USUAL_MODEL_SHARE
from estimators.fit import long_phases, read_repositories
from estimators.fit_refinement import (
    MIDDLE,
    SPREAD,
    _fitted,
    _trees,
    fit_refinement,
    unseen_phases,
)
from estimators.phase_features import NAMES


@pytest.fixture(scope="module")
def repositories(history_files):
    read = read_repositories(history_files)
    return {name: long_phases(own, "ndjson") for name, own in read.items()}


@pytest.fixture(scope="module")
def unseen(repositories):
    return unseen_phases(repositories, "ndjson")


@pytest.mark.parametrize("settings", [MIDDLE, SPREAD], ids=["middle", "spread"])
def test_the_plain_trees_say_what_the_fitted_model_says(settings):
    draw = np.random.default_rng(3)
    # Thresholds are half-way between values: with one decimal rounding leaves them as they are,
    # and the values are few enough to need no percentiles, which take seconds to find.
    rows = draw.normal(size=(2_000, len(NAMES))).round(1)
    target = rows[:, 0] * (rows[:, 1] > 0) + 0.1 * draw.normal(size=2_000)
    model = _fitted(rows, target, np.ones(2_000), settings)
    plain = _trees(model)
    some = rows[::5]
    said = [plain.predict(row) for row in some.tolist()]
    assert np.abs(said - model.predict(some)).max() < 1e-3


def test_every_phase_is_estimated_once_by_other_folds(unseen, repositories):
    assert len(unseen) == sum(map(len, repositories.values()))
    folds = {one.repository: one.fold for one in unseen}
    assert sorted(folds.values()) == [0, 1, 2]


def test_later_phases_are_estimated_with_the_earlier_ones_learnt(unseen):
    seen = NAMES.index("log phases")
    own = [one for one in unseen if one.repository == unseen[0].repository]
    learnt = [one.adapted[0].row[seen] for one in own]
    assert learnt[0] == 0
    assert all(a < b for a, b in itertools.pairwise(learnt))
    assert {cold.row[seen] for one in own for cold in one.cold} == {0}


def test_what_a_model_wrote_is_estimated_cold_with_and_without_knowing_it(repositories):
    [(name, own), *_] = repositories.items()
    written = [replace(phase, ai_written=number % 2 == 0) for number, phase in enumerate(own)]
    said = NAMES.index("by model")
    for number, one in enumerate(unseen_phases({name: written}, "ndjson")):
        chances = [cold.row[said] for cold in one.cold]
        assert chances == [USUAL_MODEL_SHARE, 1.0][: 2 - number % 2]


@pytest.mark.parametrize("how", ["cold", "adapted"])
def test_a_refinement_keeps_what_phases_it_stands_on(unseen, how):
    made = fit_refinement(unseen, how)
    assert sum(made.calibration.phases.values()) == sum(len(getattr(one, how)) for one in unseen)
    assert made.middle.trees
    assert made.spread.trees
