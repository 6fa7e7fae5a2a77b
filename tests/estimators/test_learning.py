"""What an estimator learns from phases, seen from outside."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estimators.adaptation import USUAL_MODEL_SHARE, Adaptation
from estimators.deliverable import Deliverable
from estimators.errors import UnknownFormatError
from estimators.learning import LEAST_TOKENS
from estimators.observed import ObservedFile, ObservedPhase
from estimators.output import OutputEstimator
from estimators.phase_description import PhaseDescription

PRIOR = OutputEstimator.pretrained()
FILES = (
    Deliverable("src/app/server.py", "modify", 3_000),
    Deliverable("src/app/client.py", "create", 0),
)
OTHER = (Deliverable("docs/guide.md", "modify", 2_000),)


def phase(files=FILES, **fields):
    return PhaseDescription(files, "Add a client", **fields)


def median(estimator, one):
    return estimator.predict(
        one.deliverables,
        description=one.description,
        category=one.category,
        complexity=one.complexity,
        acceptance_criteria=one.acceptance_criteria,
        output_format=one.output_format,
    ).median


def observed(estimator, one, factor, times):
    """The estimator after phases that took ``factor`` times what the prior says of them."""
    tokens = round(factor * median(PRIOR, one))
    for _ in range(times):
        estimator = estimator.observe(one, tokens)
    return estimator


def commit(number, factor=1.0, path="src/app/server.py"):
    tokens = round(factor * 800)
    file = ObservedFile(path, "modify", 3_000, 3_100, tokens, tokens)
    return ObservedPhase("r", f"c{number}", number, "Change the server", (file,))


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_phases_like_those_observed_are_estimated_as_they_were(factor):
    adapted = observed(PRIOR, phase(), factor, 40)
    assert median(adapted, phase()) / median(PRIOR, phase()) == pytest.approx(factor, rel=0.1)


def test_little_evidence_moves_little():
    none, one, many = (median(observed(PRIOR, phase(), 2.0, n), phase()) for n in (0, 1, 40))
    assert none < one < many
    assert one < 1.6 * none


def test_files_that_came_out_otherwise_are_told_apart():
    estimator = PRIOR
    for _ in range(30):
        estimator = observed(estimator, phase(), 2.0, 1)
        estimator = observed(estimator, phase(OTHER), 1.0, 1)
    own = median(estimator, phase()) / median(PRIOR, phase())
    other = median(estimator, phase(OTHER)) / median(PRIOR, phase(OTHER))
    assert (own, other) == (pytest.approx(2.0, rel=0.2), pytest.approx(1.0, rel=0.2))


@pytest.mark.parametrize(
    ("field", "rare", "usual"),
    [
        ("category", "rare", "usual"),
        ("complexity", "rare", "usual"),
        ("acceptance_criteria", 12, 2),
    ],
)
def test_what_a_spec_says_beyond_files_is_moved_by_its_own_phases(field, rare, usual):
    estimator = PRIOR
    for _ in range(30):
        estimator = observed(estimator, phase(**{field: rare}), 2.0, 1)
        estimator = observed(estimator, phase(**{field: usual}), 0.5, 1)
    rare, usual = (median(estimator, phase(**{field: name})) for name in (rare, usual))
    assert rare > 1.5 * usual


def test_recent_phases_count_more():
    turned = observed(observed(PRIOR, phase(), 0.5, 20), phase(), 2.0, 20)
    assert median(turned, phase()) > 1.5 * median(PRIOR, phase())


def test_a_cut_answer_is_a_lower_bound():
    short = PRIOR.observe(phase(), LEAST_TOKENS, truncated=True)
    assert median(short, phase()) == pytest.approx(median(PRIOR, phase()), rel=0.15)
    assert median(short, phase()) >= median(PRIOR, phase()) * 0.999
    exact = PRIOR.observe(phase(), LEAST_TOKENS)
    assert median(exact, phase()) < median(PRIOR, phase())


def test_a_cut_answer_that_was_longer_than_expected_moves_the_estimate_up():
    tokens = round(2 * median(PRIOR, phase()))
    cut = PRIOR.observe(phase(), tokens, truncated=True)
    assert median(cut, phase()) > median(PRIOR, phase())
    assert "cut off" in cut.predict(FILES, description="Add a client").calibration


def test_observing_leaves_the_estimator_as_it_was():
    before = median(PRIOR, phase())
    observed(PRIOR, phase(), 3.0, 3)
    assert median(PRIOR, phase()) == before
    assert not PRIOR.adaptations


def test_formats_are_learnt_apart():
    adapted = observed(PRIOR, phase(), 2.0, 20)
    diff = phase(output_format="diff")
    assert median(adapted, diff) == median(PRIOR, diff)


def test_a_history_is_learnt_file_by_file():
    adapted = PRIOR.adapt(commit(n, factor=3.0) for n in range(30))
    server = phase((Deliverable("src/app/server.py", "modify", 3_000),))
    assert median(adapted, server) == pytest.approx(2_400, rel=0.25)
    assert "30 phases" in adapted.predict(server.deliverables).calibration


def test_who_writes_in_a_workspace_is_learnt_from_what_its_history_says():
    history = [replace(commit(n), ai_written=n % 4 > 0) for n in range(200)]
    known = PRIOR.adapt(history).adaptations["ndjson"]
    assert 0.6 < known.model_share < 0.75  # drawn a little towards what is usual
    assert Adaptation().model_share == USUAL_MODEL_SHARE
    people = PRIOR.adapt(commit(n) for n in range(200)).adaptations["ndjson"]
    assert people.model_share < USUAL_MODEL_SHARE


def test_an_answer_to_a_spec_is_known_to_come_from_a_model():
    seen = PRIOR.observe(phase(category="backend"), 900).adaptations["ndjson"]
    unsaid = PRIOR.observe(phase(), 900).adaptations["ndjson"]
    assert seen.model_share > unsaid.model_share == USUAL_MODEL_SHARE


def test_an_observation_shows_in_the_reason_of_a_share():
    adapted = PRIOR.adapt(commit(n, factor=5.0) for n in range(30))
    [share, _] = adapted.predict((Deliverable("src/app/server.py", "modify", 3_000),)).contributions
    assert "as observed (path modify src/app/server.py: x" in share.reason
    assert "last c29" in share.reason


def test_an_empty_history_and_short_phases_teach_nothing():
    assert PRIOR.adapt([]).predict(FILES) == PRIOR.predict(FILES)
    assert PRIOR.observe(phase(), LEAST_TOKENS - 1).predict(FILES) == PRIOR.predict(FILES)
    assert PRIOR.observe(phase(()), 5_000).predict(FILES) == PRIOR.predict(FILES)


def test_bad_observations_are_refused():
    with pytest.raises(ValueError, match="expected 0 or more"):
        PRIOR.observe(phase(), -1)
    with pytest.raises(UnknownFormatError):
        PRIOR.observe(phase(output_format="poem"), 500)


def test_the_ninth_decile_is_exceeded_by_a_tenth_once_adapted():
    draw = random.Random(7)
    estimator, covered = PRIOR, []
    for number in range(600):
        tokens = round(900 * math.exp(0.4 * draw.gauss(0, 1)))
        bound = estimator.predict(FILES, description="Add a client").quantile(0.9)
        estimator = estimator.observe(phase(), max(tokens, LEAST_TOKENS))
        if number >= 300:
            covered.append(tokens <= bound)
    assert 0.86 < sum(covered) / len(covered) < 0.94


def test_after_a_jump_the_ninth_decile_holds_again():
    draw = random.Random(11)
    estimator, covered = PRIOR, []
    for number in range(500):
        jumped = 1.3 if number >= 300 else 1.0
        tokens = round(jumped * 900 * math.exp(0.4 * draw.gauss(0, 1)))
        bound = estimator.predict(FILES, description="Add a client").quantile(0.9)
        estimator = estimator.observe(phase(), max(tokens, LEAST_TOKENS))
        if number >= 350:
            covered.append(tokens <= bound)
    assert sum(covered) / len(covered) > 0.85


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200_000), st.booleans()), max_size=25))
def test_quantiles_never_cross_whatever_was_observed(answers):
    estimator = PRIOR
    for tokens, truncated in answers:
        estimator = estimator.observe(phase(), tokens, truncated=truncated)
    estimate = estimator.predict(FILES, description="Add a client")
    values = estimate.distribution.values
    assert list(values) == sorted(values)
    assert values[-1] >= 4 * estimate.median * 0.999
    total = sum(one.tokens for one in estimate.contributions)
    assert total == pytest.approx(estimate.median, rel=1e-6)
