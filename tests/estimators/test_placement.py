from __future__ import annotations

import math

import pytest

from estimators.adaptation import Adaptation
from estimators.deliverable import Deliverable
from estimators.phase_description import PhaseDescription
from estimators.placement import (
    LARGEST_SHIFT,
    LARGEST_SPREAD,
    TRUSTED_PHASES,
    placed,
    trust_in,
)
from estimators.prior import FormatPrior, Prior
from estimators.reckoning import reckon
from estimators.refinement import Refinement
from estimators.trees import LEAF, Node, Trees

SHIPPED = Prior.shipped().formats["ndjson"]
PHASE = PhaseDescription((Deliverable("a.py", "modify", 3_000),), "Fix it")


def constant(number):
    return Trees(0.0, ((Node(LEAF, number),),))


def fitted(middle, spread):
    refinement = Refinement(constant(middle), constant(spread), SHIPPED.refinement.calibration)
    return FormatPrior(SHIPPED.sizes, SHIPPED.calibration, refinement)


def place(middle, spread, known):
    return placed(fitted(middle, spread), PHASE, RECKONED, known)


RECKONED = reckon(PHASE, SHIPPED.sizes, Adaptation())


def test_before_anything_was_learnt_there_is_nothing_to_refine():
    found = place(0.2, 0.5, Adaptation())
    assert (found.median, found.spread) == (RECKONED.median, 1.0)
    assert found.quantiles == SHIPPED.calibration.residuals("1 file, none created")


def test_the_trees_move_the_middle_and_set_the_spread():
    found = place(0.2, -0.5, Adaptation(phases=TRUSTED_PHASES))
    assert found.median == pytest.approx(RECKONED.median * math.exp(0.2))
    assert found.spread == pytest.approx(math.exp(-0.5))
    assert found.quantiles == pytest.approx(
        SHIPPED.refinement.calibration.residuals("1 file, none created")
    )


def test_no_tree_moves_a_phase_far():
    found = place(9.0, 9.0, Adaptation(phases=500))
    assert found.median == pytest.approx(RECKONED.median * math.exp(LARGEST_SHIFT))
    assert found.spread == pytest.approx(LARGEST_SPREAD)


def test_trust_grows_with_whole_answers_alone():
    assert trust_in(Adaptation(phases=5, truncated=5)) == 0
    assert trust_in(Adaptation(phases=TRUSTED_PHASES // 2)) == 0.5
    assert trust_in(Adaptation(phases=10 * TRUSTED_PHASES, truncated=3)) == 1
