from __future__ import annotations

import numpy as np
import pytest

from benchmarks.context_fit_tasks import FitTask
from benchmarks.context_fit_weights import columns, fitted, fused_by_rank


def task(figures, wanted, *, repository="a", kind="find", names=("good", "noise")):
    made = np.array(figures, np.float32)
    return FitTask(repository, kind, names, made, np.array(wanted, float), (), {})


GOOD = task([[1, 0], [0, 1], [0, 0]], [1, 0, 0])
BAD = task([[0, 1], [1, 0], [0, 0]], [1, 0, 0])


def test_what_speaks_for_what_was_changed_counts_and_nothing_counts_against_it():
    weights = fitted([GOOD, GOOD], ["good", "noise"])
    assert weights["good"] > 1
    assert weights["noise"] == 0


def test_only_what_is_no_signal_may_speak_against_a_chunk():
    found = task([[1], [0], [0]], [0, 1, 0], names=("size",))
    assert fitted([found], ["size"])["size"] < 0


def test_a_repository_of_many_tasks_counts_as_much_as_one_of_few():
    other = [task(BAD.figures, BAD.wanted, repository="b")]
    few, many = (
        fitted([GOOD, *other], ["good", "noise"]),
        fitted([*[GOOD] * 20, *other], ["good", "noise"]),
    )
    assert few == pytest.approx(many, abs=0.01)


def test_a_task_with_known_files_counts_less():
    known = task(BAD.figures, BAD.wanted, kind="complete")
    weights = fitted([GOOD, known], ["good", "noise"])
    assert weights["good"] > weights["noise"]


def test_weights_are_the_gradients_zero():
    # One signal, two candidates: the likelihood of the right one is a logistic function.
    found = task([[1.0], [0.0]], [1.0, 0.0], names=("signal",))
    weight = fitted([found], ["signal"])["signal"]
    slope = -1 / (1 + np.exp(weight)) + 2 * 0.001 * weight
    assert slope == pytest.approx(0, abs=1e-3)


def test_a_feature_that_a_task_has_not_is_zero():
    assert columns(GOOD, ["other", "good"]).tolist() == [[0, 1], [0, 0], [0, 0]]


def test_ranks_of_all_signals_are_fused():
    found = task([[0.9, 0], [0.5, 0.1], [0, 0.2], [0, 0]], [1, 0, 0, 0])
    scores = fused_by_rank(found)
    assert scores[1] > max(scores[0], scores[2]) > scores[3]
