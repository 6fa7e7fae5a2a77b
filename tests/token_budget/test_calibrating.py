from __future__ import annotations

import pytest

from estimators.adaptation import Adaptation
from estimators.deliverable import Deliverable
from estimators.observed import ObservedFile, ObservedPhase
from estimators.output import OutputEstimator
from estimators.phase_description import PhaseDescription
from token_budget.calibrating import LEVELS, Predicted, Walked, figures, learnt, walk
from token_budget.observed_answers import ObservedAnswer

SHIPPED = OutputEstimator.pretrained()


def history(count, tokens=2_400):
    file = ObservedFile("src/server.py", "modify", 3_000, 3_100, tokens, tokens)
    return [ObservedPhase("r", f"c{n}", n, "Change the server", (file,)) for n in range(count)]


def test_every_phase_is_predicted_before_it_is_learnt():
    walked = walk(SHIPPED, history(30), "ndjson")
    assert walked.adapted.median[0] == walked.cold.median[0]
    assert len(set(walked.cold.median)) == 1
    assert walked.adapted.median[-1] == pytest.approx(2_400, rel=0.2)


def test_what_is_learnt_is_what_adapting_learns():
    phases = history(12)
    assert walk(SHIPPED, phases, "ndjson").learnt == SHIPPED.adapt(phases).adaptations["ndjson"]


def test_short_phases_take_no_part():
    walked = walk(SHIPPED, history(3, tokens=50), "ndjson")
    assert (walked.actual, walked.learnt.phases) == ([], 0)


def predicted(*medians):
    """Phases whose 0.9 quantile is twice the median; the others lie between or beside."""
    return Predicted([tuple(2 * m if x >= 0.9 else m for x in LEVELS) for m in medians])


def test_figures_say_what_a_budget_would_have_done():
    found = figures(Walked([100, 300], predicted(100, 100), predicted(100, 200), Adaptation()))
    assert (found["phases"], found["actual_tokens"]) == (2, 400)
    assert found["standard_error_0.9"] == pytest.approx((0.9 * 0.1 / 2) ** 0.5, abs=1e-4)
    before, after = found["before"], found["after"]
    assert (before["smape"], before["mdape"]) == (50.0, 33.33)
    assert (before["held_tokens"], before["held_over_actual"], before["too_small"]) == (400, 1, 1)
    assert (before["coverage_0.5"], before["coverage_0.9"]) == (0.5, 0.5)
    assert (after["held_tokens"], after["too_small"], after["coverage_0.9"]) == (600, 0, 1)
    assert after["reliability"] == {f"{x:g}": 1.0 if x >= 0.9 else 0.5 for x in LEVELS}


def test_without_a_phase_there_are_no_figures():
    assert figures(walk(SHIPPED, [], "diff")) == {"phases": 0}


def test_what_teaches_nothing_replaces_nothing():
    walks = {"ndjson": walk(SHIPPED, history(5), "ndjson"), "diff": walk(SHIPPED, [], "diff")}
    known = {name: Adaptation(phases=9) for name in ("ndjson", "diff", "whole_file")}
    kept = learnt(walks, known)
    assert {name: one.phases for name, one in kept.items()} == {
        "ndjson": 5,
        "diff": 9,
        "whole_file": 9,
    }


def test_real_answers_are_learnt_after_a_history_and_else_left_as_they_are():
    phase = PhaseDescription((Deliverable("a.py", "create"),), "Add it")
    answer = ObservedAnswer("/run/one", 0.0, phase, tokens=9_000, truncated=False, source="one")
    known = {"ndjson": Adaptation(phases=7)}
    none, some = (
        Walked(actual, Predicted(), Predicted(), Adaptation(phases=3)) for actual in ([], [400])
    )
    assert learnt({"ndjson": none}, known, [answer]) == known
    again = learnt({"ndjson": some}, known, [answer])["ndjson"]
    assert again.phases == 4
    assert again.beliefs["files"].mean > 0
    assert again.beliefs["path create a.py"].last == "one"
