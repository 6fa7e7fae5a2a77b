from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from estimators.distribution import Distribution
from estimators.estimate import OutputEstimate
from token_budget.answer_tokens import PlanEstimate
from token_budget.ceiling import BUDGETS
from token_budget.config import PolicyConfig
from token_budget.models import ModelCatalogue
from token_budget.planning import (
    Situation,
    answer_tokens,
    ceiling_of,
    context_budget,
    cost_of,
    decide,
)
from token_budget.price_sheet import PriceSheet, PriceTier
from token_budget.remaining import UNLIMITED, Balance

TOTAL = Distribution.log_normal(1_000, 1.0)
ESTIMATE = PlanEstimate(
    output=OutputEstimate(TOTAL, "ndjson", (), (), ""),
    envelope=0,
    multiplier=1.0,
    visible=TOTAL,
    thinking=Distribution.zero(),
    thinking_basis="none",
    total=TOTAL,
)
PROMPT = 2_000


def tier(start, rate):
    return PriceTier(start, *(Decimal(rate * factor) for factor in (1, 5, 1, 1, 1)))


FLAT = PriceSheet("m", "anthropic", "test", (tier(0, 2),))
UNKNOWN = PriceSheet("m", "anthropic", "nobody knows")


def situation(prices=FLAT, contract=None, prompt=PROMPT, config=None, **balances):
    return Situation(
        config=PolicyConfig(**(config or {})),
        limits=ModelCatalogue.shipped().resolve("claude-opus-5-5", "anthropic"),
        prices=prices,
        estimate=ESTIMATE,
        prompt=prompt,
        contract=contract,
        balances=dict.fromkeys(BUDGETS, UNLIMITED) | balances,
    )


def test_a_quantile_of_the_answer_is_rounded_up():
    now = situation()
    assert answer_tokens(now, 0.9) == 3_603
    assert answer_tokens(now, 0.9) - 1 < TOTAL.quantile(0.9) <= answer_tokens(now, 0.9)


def test_a_contract_is_no_budget():
    decision = decide(situation(contract=100))
    assert (decision.ceiling.tokens, decision.ceiling.bound) == (100, "contract")
    assert decision.exhausted is None


def test_a_budget_pays_for_the_prompt_first():
    ceiling = ceiling_of(situation(run=Balance(limit=5_000, spent=500, held=500)))
    assert (ceiling.tokens, ceiling.bound) == (4_000 - PROMPT, "run")


def test_output_tokens_that_are_left_bound_the_ceiling_without_the_prompt():
    ceiling = ceiling_of(situation(ledger=Balance(output_left=1_500)))
    assert (ceiling.tokens, ceiling.bound) == (1_500, "ledger")


def test_money_bounds_the_ceiling_after_the_prompt_is_paid():
    ceiling = ceiling_of(situation(run=Balance(micro_usd_left=2 * PROMPT + 10 * 700)))
    assert (ceiling.tokens, ceiling.bound) == (700, "run")


def test_money_bounds_nothing_where_no_price_is_known():
    now = situation(prices=UNKNOWN, run=Balance(micro_usd_left=1))
    assert ceiling_of(now).bounds["run"] is None
    assert decide(now).cost.median is None


def test_a_quota_counts_only_where_a_provider_has_one():
    assert ceiling_of(situation()).bounds["quota"] is None
    now = situation(config={"provider": "bedrock", "quota_quantile": 0.8})
    assert ceiling_of(now).bounds["quota"] == answer_tokens(now, 0.8)


def test_context_gets_what_is_configured_where_nothing_is_short():
    assert context_budget(situation(), 10_000) == PolicyConfig().context_budget


def test_context_gets_what_the_ceiling_leaves_of_a_budget():
    now = situation(run=Balance(limit=20_000))
    assert context_budget(now, 10_000) == 20_000 - PROMPT - 10_000
    assert context_budget(now, 19_000) == 0


def test_context_gets_what_the_ceiling_leaves_of_the_money():
    now = situation(run=Balance(micro_usd_left=2 * PROMPT + 10 * 1_000 + 2 * 300))
    assert context_budget(now, 1_000) == 300


def test_context_does_not_lift_the_prompt_into_a_tier_that_the_money_does_not_reach():
    tiers = replace(FLAT, tiers=(tier(0, 2), tier(10_000, 10)))
    short, ample = (
        context_budget(situation(prices=tiers, run=Balance(micro_usd_left=money)), 100)
        for money in (100_000, 10_000_000)
    )
    assert short == 10_000 - PROMPT
    assert ample == PolicyConfig().context_budget


def test_the_cost_is_that_of_prompt_and_quantile():
    now = situation()
    cost = cost_of(now, 5_000)
    assert cost.median == 2 * 5_000 + 10 * answer_tokens(now, 0.5)
    assert cost.held == 2 * 5_000 + 10 * answer_tokens(now, 0.9)
    assert cost.source == "test"


def test_the_cost_is_that_of_the_tier_that_the_prompt_reaches():
    now = situation(prices=replace(FLAT, tiers=(tier(0, 2), tier(10_000, 10))))
    assert cost_of(now, 20_000).median > 5 * cost_of(now, 10_000).median


def test_no_more_is_held_of_the_answer_than_the_ceiling():
    held, capped = decide(situation()), decide(situation(contract=700))
    assert held.reservation == PROMPT + held.context_budget + 3_603
    assert capped.reservation == PROMPT + capped.context_budget + 700


def test_too_little_left_carries_the_error():
    error = decide(situation(phase=Balance(limit=3_000, spent=600))).exhausted
    assert error is not None
    assert (error.scope, error.limit, error.spent, error.left) == ("phase", 3_000, 600, 2_400)
    assert error.asked == PROMPT + PolicyConfig().floor


LIMITS = st.none() | st.integers(0, 10**6)
BALANCES = st.builds(
    Balance, limit=LIMITS, spent=st.integers(0, 10**5), output_left=LIMITS, micro_usd_left=LIMITS
)


@given(
    st.fixed_dictionaries(dict.fromkeys(BUDGETS, BALANCES)),
    st.none() | st.integers(1, 10**5),
    st.integers(0, 10**5),
    st.sampled_from([FLAT, replace(FLAT, tiers=(tier(0, 1), tier(9_000, 2), tier(20_000, 7)))]),
)
def test_a_decision_never_exceeds_a_budget(balances, contract, prompt, prices):
    now = situation(prices=prices, contract=contract, prompt=prompt, **balances)
    decision = decide(now)
    ceiling = decision.ceiling
    assert 0 <= ceiling.tokens <= (contract or ceiling.tokens)
    assert decision.context_budget >= 0
    if decision.exhausted is not None:
        return
    used = prompt + decision.context_budget
    for balance in balances.values():
        if balance.left is not None:
            assert used + ceiling.tokens <= balance.left
            assert decision.reservation <= balance.left
        if balance.micro_usd_left is not None:
            assert now.prices.cost(used, ceiling.tokens) <= balance.micro_usd_left
        assert ceiling.tokens <= (balance.output_left or ceiling.tokens)
