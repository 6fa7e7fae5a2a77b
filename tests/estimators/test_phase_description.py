from __future__ import annotations

import pytest

from estimators.phase_description import PhaseDescription


def test_nothing_tells_who_writes_a_bare_phase():
    assert PhaseDescription(()).authorship is None


@pytest.mark.parametrize(
    "said", [{"category": "backend"}, {"complexity": "low"}, {"acceptance_criteria": 1}]
)
def test_a_spec_is_handed_to_a_model(said):
    assert PhaseDescription((), **said).authorship == 1.0


@pytest.mark.parametrize("by_model", [0.0, 0.3, 1.0])
def test_what_is_said_counts(by_model):
    assert PhaseDescription((), category="backend", by_model=by_model).authorship == by_model
