from __future__ import annotations

import json
import math
import random
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estimators.effort import PRIOR_MEDIAN_TOKENS
from estimators.errors import UnknownEffortError
from estimators.thinking import PRIOR_SIGMA, ThinkingEstimate, ThinkingEstimator, thinking_prior

EFFORTS = tuple(PRIOR_MEDIAN_TOKENS)
OPUS, SONNET = "claude-opus-5-5", "claude-sonnet-5-5"


def drawn(median, sigma, number, seed=1):
    chance = random.Random(seed)
    return [max(1, round(median * math.exp(chance.gauss(0, sigma)))) for _ in range(number)]


def learnt(tokens, family=OPUS, effort="high", known=None, **how):
    estimator = known or ThinkingEstimator()
    for one in tokens:
        estimator = estimator.observe(family, effort, one, **how)
    return estimator


def predicted(estimator, family=OPUS, effort="high"):
    return estimator.predict(family, effort).distribution


def test_more_effort_is_more_thinking():
    medians = [thinking_prior(effort).median for effort in EFFORTS]
    assert all(a < b for a, b in pairwise(medians))


def test_the_prior_is_wide():
    made = thinking_prior("medium")
    assert made.quantile(0.9) == pytest.approx(3.6 * made.median, rel=0.01)


@pytest.mark.parametrize("effort", [*EFFORTS, None])
def test_without_records_the_prior_is_predicted_and_named(effort):
    made = ThinkingEstimator().predict(OPUS, effort)
    assert made.distribution.values == pytest.approx(thinking_prior(effort).values)
    assert made.basis.startswith(f"a wide prior for effort {effort or 'high'}")


@pytest.mark.parametrize("median", [300, 2_000, 12_000])
@pytest.mark.parametrize("sigma", [0.5, 0.8, 1.1])
def test_after_100_answers_nine_in_ten_are_within_the_0_9_quantile(median, sigma):
    held = [
        sum(one <= budget for one in drawn(median, sigma, 200, seed=1_000 + seed)) / 200
        for seed in range(12)
        for budget in [predicted(learnt(drawn(median, sigma, 100, seed))).quantile(0.9)]
    ]
    assert sum(held) / len(held) == pytest.approx(0.9, abs=0.03)


def test_a_few_answers_are_shrunk_towards_the_prior():
    medians = [predicted(learnt([20_000] * number)).median for number in (0, 1, 3, 10, 100)]
    assert all(a < b for a, b in pairwise(medians))
    assert medians[0] == pytest.approx(2_000)
    assert medians[1] < 10_000
    assert medians[-1] == pytest.approx(20_000, rel=0.05)


def test_the_uncertainty_of_the_mean_is_in_the_quantiles():
    ratios = [
        made.quantile(0.9) / made.median
        for number in (0, 2, 20, 200)
        for made in [predicted(learnt([1_000, 4_000] * (number // 2)))]
    ]
    assert all(a > b for a, b in pairwise(ratios))


def test_equal_answers_leave_a_spread():
    made = predicted(learnt([2_000] * 500))
    assert made.quantile(0.9) > 1.6 * made.median


def test_recent_answers_weigh_more():
    before = learnt(drawn(1_000, 0.5, 100))
    after = learnt(drawn(8_000, 0.5, 100), known=before)
    assert predicted(after).median > 5_000


def test_a_family_moves_others_less_than_itself():
    estimator = learnt(drawn(20_000, 0.7, 200))
    own, effort, other = (
        predicted(estimator, *asked).median / thinking_prior(asked[1]).median
        for asked in ((OPUS, "high"), (OPUS, "low"), (SONNET, "high"))
    )
    assert own == pytest.approx(10, rel=0.2)
    assert own > effort > other > 1
    assert other < math.sqrt(own) * 1.1


def test_what_a_family_knows_of_itself_is_kept():
    estimator = learnt(drawn(2_000, 0.5, 100))
    moved = learnt(drawn(40_000, 0.5, 200), SONNET, known=estimator)
    assert predicted(moved).median == pytest.approx(predicted(estimator).median, rel=0.1)


def test_other_efforts_keep_the_ratio_of_the_prior():
    estimator = learnt(drawn(300, 0.5, 50), effort="low")
    assert predicted(estimator, effort="low").median == pytest.approx(300, rel=0.3)
    assert predicted(estimator, effort="max").median == pytest.approx(8_000, rel=0.4)


def test_a_cut_off_answer_raises_and_the_more_the_higher_it_was_cut():
    cold = predicted(ThinkingEstimator())
    medians = [
        predicted(learnt([bound], truncated=True)).median for bound in (50, 500, 2_000, 20_000)
    ]
    assert cold.median <= medians[0] < cold.median * 1.01
    assert all(a < b for a, b in pairwise(medians))


def test_a_lower_bound_weighs_more_than_an_answer_of_that_length():
    cut, whole = (learnt([4_000] * 5, truncated=truncated) for truncated in (True, False))
    assert predicted(cut).median > predicted(whole).median


def test_lengths_beyond_the_ceiling_are_found_from_cut_off_answers():
    estimator = ThinkingEstimator()
    for one in drawn(4_000, 0.7, 200):
        estimator = estimator.observe(OPUS, "high", min(one, 4_000), truncated=one > 4_000)
    made = predicted(estimator)
    assert made.median == pytest.approx(4_000, rel=0.25)
    assert made.quantile(0.9) == pytest.approx(4_000 * math.exp(1.28 * 0.7), rel=0.4)


def test_an_answer_cut_off_before_it_thought_teaches_nothing():
    estimator = learnt([2_000])
    assert estimator.observe(OPUS, "high", 0, truncated=True) == estimator


def test_answers_that_do_not_think_lower_the_quantiles_and_are_named():
    thinking, mixed = drawn(2_000, 0.5, 60), []
    for one in thinking:
        mixed += [one, 0]
    all_think, half = learnt(thinking), learnt(mixed)
    assert predicted(half).quantile(0.25) == pytest.approx(0, abs=1e-6)
    assert 0 < predicted(half).quantile(0.9) < predicted(all_think).quantile(0.9)
    found = re.search(r"; (\d+) % are taken not to think$", half.predict(OPUS, "high").basis)
    assert 40 <= int(found[1]) <= 52


def test_the_coverage_of_a_mixture_means_what_it_says():
    chance = random.Random(7)

    def answers(number):
        return [
            round(3_000 * math.exp(chance.gauss(0, 0.7))) if chance.random() < 0.6 else 0
            for _ in range(number)
        ]

    held = []
    for _ in range(20):
        budget = predicted(learnt(answers(100))).quantile(0.9)
        held.append(sum(one <= budget for one in answers(200)) / 200)
    assert sum(held) / len(held) == pytest.approx(0.9, abs=0.03)


def test_a_model_that_never_thinks_still_gets_a_tail():
    made = predicted(learnt([0] * 1_000))
    assert made.quantile(0.5) == pytest.approx(0, abs=1e-6)
    assert made.quantile(0.999) > 1_000


def test_one_absurd_answer_does_not_move_everything():
    usual = learnt(drawn(2_000, 0.5, 50))
    odd = usual.observe(OPUS, "high", 1)
    assert predicted(odd).median == pytest.approx(predicted(usual).median, rel=0.1)


@pytest.mark.parametrize(
    ("asked", "basis"),
    [
        ((OPUS, "high"), f"learnt from 3 answers (1 of them cut off) of {OPUS} at effort high"),
        ((OPUS, None), f"learnt from 3 answers (1 of them cut off) of {OPUS} at effort high"),
        ((OPUS, "low"), f"learnt from 1 answer of {OPUS} at effort low"),
        (
            (OPUS, "max"),
            f"borrowed from 4 answers (1 of them cut off) of {OPUS} at other efforts (low, high),"
            " none at max",
        ),
        (
            (SONNET, "low"),
            f"borrowed from 4 answers (1 of them cut off) of other models ({OPUS}),"
            f" none of {SONNET}",
        ),
    ],
)
def test_the_basis_says_where_it_comes_from(asked, basis):
    known = learnt([10, 20]).observe(OPUS, "high", 30, truncated=True).observe(OPUS, "low", 5)
    assert known.predict(*asked).basis == basis


def test_a_model_that_cannot_think_has_an_estimate_of_nothing():
    made = ThinkingEstimate.none("none: off")
    assert (made.distribution.quantile(0.999), made.basis) == (0.0, "none: off")


@pytest.mark.parametrize(("family", "tokens"), [(OPUS, -1), ("", 5)])
def test_impossible_observations_are_refused(family, tokens):
    with pytest.raises(ValueError, match="expected a family and 0 tokens or more"):
        ThinkingEstimator().observe(family, "high", tokens)


@pytest.mark.parametrize("call", ["predict", "observe", "prior", "from_json"])
def test_an_unknown_effort_is_a_typed_error(call):
    estimator = learnt([5])
    broken = {OPUS: {"extreme": estimator.as_json()[OPUS]["high"]}}
    calls = {
        "predict": lambda: estimator.predict(OPUS, "extreme"),
        "observe": lambda: estimator.observe(OPUS, "extreme", 5),
        "prior": lambda: thinking_prior("extreme"),
        "from_json": lambda: ThinkingEstimator.from_json(broken),
    }
    with pytest.raises(UnknownEffortError):
        calls[call]()


OBSERVATIONS = st.lists(
    st.tuples(
        st.sampled_from([OPUS, SONNET, "x"]),
        st.sampled_from([*EFFORTS, None]),
        st.integers(0, 128_000),
        st.booleans(),
    ),
    max_size=30,
)


def observed(observations):
    estimator = ThinkingEstimator()
    for family, effort, tokens, truncated in observations:
        estimator = estimator.observe(family, effort, tokens, truncated=truncated)
    return estimator


@settings(deadline=None)
@given(OBSERVATIONS)
def test_whatever_is_observed_the_prediction_is_usable_and_survives_json(observations):
    estimator = observed(observations)
    assert ThinkingEstimator.from_json(json.loads(json.dumps(estimator.as_json()))) == estimator
    for effort in EFFORTS:
        made = predicted(estimator, OPUS, effort)
        assert 1 < made.quantile(0.999) < math.inf
        assert made.quantile(0.999) > made.quantile(0.95)
        assert 0 < made.mean < math.inf


@settings(deadline=None)
@given(OBSERVATIONS, OBSERVATIONS)
def test_merging_is_symmetric_and_keeps_every_answer(first, second):
    one, other = observed(first), observed(second)
    both, reverse = one.merged(other), other.merged(one)
    assert predicted(both).values == pytest.approx(predicted(reverse).values)
    counted = [sum(r.answers for r in e.records.values()) for e in (one, other, both)]
    assert counted[0] + counted[1] == counted[2]


@pytest.mark.parametrize(
    "data", [[], {"x": []}, {"x": {"high": {}}}, {"x": {"high": []}}, {"x": {"high": None}}, "text"]
)
def test_damaged_json_is_refused(data):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        ThinkingEstimator.from_json(data)


def test_the_prior_of_one_answer_is_its_own_spread():
    assert PRIOR_SIGMA == 1.0
    assert thinking_prior("high").quantile(0.9) == pytest.approx(2_000 * math.exp(1.2816), rel=0.01)
