from __future__ import annotations

import pytest

from estimators.observed import ObservedFile, ObservedPhase
from estimators.output import OutputEstimator
from token_budget.calibrating import walk

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
