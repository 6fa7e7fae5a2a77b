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


def refinement(middle, spread, calibration):
    return Refinement(constant(middle), constant(spread), calibration)


def place(known, *, cold=(0.0, 0.0), adapted=(0.0, 0.0)):
    fitted = FormatPrior(
        SHIPPED.sizes,
        refinement(*cold, SHIPPED.cold.calibration),
        refinement(*adapted, SHIPPED.adapted.calibration),
    )
    return placed(fitted, PHASE, RECKONED, known)


RECKONED = reckon(PHASE, SHIPPED.sizes, Adaptation())


@pytest.mark.parametrize(("phases", "how"), [(0, "cold"), (TRUSTED_PHASES, "adapted")])
def test_the_trees_move_the_middle_and_set_the_spread(phases, how):
    found = place(Adaptation(phases=phases), **{how: (0.2, -0.5)})
    assert found.median == pytest.approx(RECKONED.median * math.exp(0.2))
    assert found.spread == pytest.approx(math.exp(-0.5))
    calibration = getattr(SHIPPED, how).calibration
    assert found.quantiles == pytest.approx(calibration.residuals("1 file, none created"))


def test_what_is_known_of_a_workspace_takes_over_little_by_little():
    found = place(Adaptation(phases=TRUSTED_PHASES // 4), cold=(0.2, 0.4), adapted=(-0.2, 0.0))
    assert found.median == pytest.approx(RECKONED.median * math.exp(0.1))
    assert found.spread == pytest.approx(math.exp(0.3))


def test_no_tree_moves_a_phase_far():
    found = place(Adaptation(phases=500), adapted=(9.0, 9.0))
    assert found.median == pytest.approx(RECKONED.median * math.exp(LARGEST_SHIFT))
    assert found.spread == pytest.approx(LARGEST_SPREAD)


def test_trust_grows_with_whole_answers_alone():
    assert trust_in(Adaptation(phases=5, truncated=5)) == 0
    assert trust_in(Adaptation(phases=TRUSTED_PHASES // 2)) == 0.5
    assert trust_in(Adaptation(phases=10 * TRUSTED_PHASES, truncated=3)) == 1
