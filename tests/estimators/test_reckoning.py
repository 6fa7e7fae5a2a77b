from __future__ import annotations

import math

import pytest

from estimators.adaptation import Adaptation, Belief
from estimators.deliverable import Deliverable
from estimators.phase_description import PhaseDescription
from estimators.prior import Prior
from estimators.reckoning import reason_of, reckon

SIZES = Prior.shipped().formats["ndjson"].sizes
FILES = (Deliverable("a.py", "modify", 3_000), Deliverable("b.py", "delete", 900))


def test_with_nothing_learnt_the_median_is_the_sum_of_the_shares():
    reckoned = reckon(PhaseDescription(FILES), SIZES, Adaptation())
    assert reckoned.median == reckoned.whole == sum(part.tokens for part in reckoned.parts)
    assert reckoned.file_shifts == (0.0, 0.0)


def test_what_was_learnt_of_files_and_of_phases_multiplies():
    known = Adaptation({"phases": Belief(1e9, math.log(2)), "files": Belief(1e9, math.log(1.5))})
    before = reckon(PhaseDescription(FILES[:1]), SIZES, Adaptation())
    after = reckon(PhaseDescription(FILES[:1]), SIZES, known)
    assert after.whole == pytest.approx(1.5 * before.whole, rel=0.05)
    assert after.median == pytest.approx(2 * after.whole, rel=1e-6)
    reason = reason_of(after.parts[0], after.file_shifts[0], after.file_groups[0], known)
    assert "x1.50 as observed" in reason


def test_nothing_learnt_takes_a_file_below_what_it_cannot_do_without():
    known = Adaptation({"files": Belief(1e9, -9.0)})
    for part in reckon(PhaseDescription(FILES), SIZES, known).parts:
        assert part.tokens >= part.least
