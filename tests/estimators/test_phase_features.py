from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.adaptation import Adaptation, Belief
from estimators.deliverable import Deliverable
from estimators.phase_description import PhaseDescription
from estimators.phase_features import NAMES, phase_row
from estimators.prior import Prior
from estimators.reckoning import reckon

SIZES = Prior.shipped().formats["ndjson"].sizes
FILES = (
    Deliverable("src/a.py", "modify", 999),
    Deliverable("tests/test_a.py", "create", 0),
    Deliverable("tests/old.py", "delete", 499),
)


def row_of(deliverables=FILES, description="", known=None):
    phase = PhaseDescription(tuple(deliverables), description)
    learnt = known or Adaptation()
    row = phase_row(phase, reckon(phase, SIZES, learnt), learnt, SIZES)
    return dict(zip(NAMES, row, strict=True))


def test_a_row_tells_what_is_done_to_how_much():
    row = row_of(description="Fix the parser")
    assert row["log files"] == math.log(3)
    assert row["log folders"] == math.log(2)
    assert row["log largest existing"] == pytest.approx(math.log(1_000))
    assert row["log existing"] == pytest.approx(math.log(1_499))
    assert sum(row[f"share {kind}"] for kind in ("code", "test")) == pytest.approx(1)
    assert 0 < row["share create"] < 1
    assert 0 < row["share delete"] < 0.1
    assert (row["verb fix"], row["verb add"]) == (1, 0)
    assert row["log title"] == math.log(len("Fix the parser") + 1)


def test_with_nothing_learnt_there_is_no_evidence():
    row = row_of()
    evidence = [value for name, value in row.items() if name.startswith(("log seen", "off"))]
    assert evidence == [0.0] * 24
    assert row["log phases"] == row["recent"] == row["roughness"] == row["shift of files"] == 0


def test_evidence_is_weighed_by_the_shares_of_the_files():
    known = Adaptation(
        {"path modify src/a.py": Belief(math.e - 1, 0.5), "phases": Belief(math.e**2 - 1, 0.25)},
        phases=7,
    )
    row = row_of(known=known)
    share = row["log seen path"]
    assert 0 < share < 1
    assert row["off path"] == pytest.approx(0.5 * share)
    assert (row["log seen phases"], row["off phases"]) == (pytest.approx(2), 0.25)
    assert row["log phases"] == math.log(8)


PATHS = st.lists(st.one_of(st.none(), st.text(min_size=1, max_size=12)), min_size=1, max_size=5)


@given(PATHS, st.text(max_size=30))
def test_any_phase_has_a_row_of_finite_numbers(paths, title):
    row = row_of([Deliverable(path) for path in paths], title)
    assert all(map(math.isfinite, row.values()))
