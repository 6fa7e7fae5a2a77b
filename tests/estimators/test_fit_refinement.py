from __future__ import annotations

import itertools

import numpy as np
import pytest

from estimators.fit import long_phases, read_repositories
from estimators.fit_refinement import _fitted, _trees, fit_refinement, unseen_phases
from estimators.phase_features import NAMES


@pytest.fixture(scope="module")
def repositories(history_files):
    read = read_repositories(history_files)
    return {name: long_phases(own, "ndjson") for name, own in read.items()}


@pytest.fixture(scope="module")
def unseen(repositories):
    return unseen_phases(repositories, "ndjson")


@pytest.mark.parametrize("loss", ["absolute_error", "squared_error"])
def test_the_plain_trees_say_what_the_fitted_model_says(loss):
    draw = np.random.default_rng(3)
    # Thresholds are half-way between values: with two decimals rounding leaves them as they are.
    rows = draw.normal(size=(2_000, len(NAMES))).round(2)
    target = rows[:, 0] * (rows[:, 1] > 0) + 0.1 * draw.normal(size=2_000)
    model = _fitted(rows, target, np.ones(2_000), loss)
    plain = _trees(model)
    said = [plain.predict(row) for row in rows.tolist()]
    assert np.abs(said - model.predict(rows)).max() < 1e-3


def test_every_phase_is_estimated_once_by_other_folds(unseen, repositories):
    assert len(unseen) == sum(map(len, repositories.values()))
    folds = {one.repository: one.fold for one in unseen}
    assert sorted(folds.values()) == [0, 1, 2]


def test_later_phases_are_estimated_with_the_earlier_ones_learnt(unseen):
    seen = NAMES.index("log phases")
    rows = [one.row for one in unseen if one.repository == unseen[0].repository]
    assert rows[0][seen] == 0
    assert all(a[seen] < b[seen] for a, b in itertools.pairwise(rows))


def test_the_refinement_keeps_what_phases_it_stands_on(unseen):
    made = fit_refinement(unseen)
    assert sum(made.calibration.phases.values()) == len(unseen)
    assert made.middle.trees
    assert made.spread.trees
