from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.phases import THREE, phase_of
from token_budget import BudgetExhausted
from token_budget.attempts.holding import amount, hold, round_ceiling, with_own
from token_budget.ceiling import smallest
from token_budget.ledger import Amount, Ledger, Limit
from token_budget.remaining import Balance

NOTHING = Amount()
FIGURES = st.integers(0, 10_000)


@pytest.fixture
def situation(policy):
    changes = [f"{one['path']} modifications" for one in THREE[:1]]
    return policy.prepare(phase_of(deliverables=changes)).situation


@pytest.fixture
def ledger(tmp_path):
    with Ledger.of_workspace(tmp_path / "books") as opened:
        yield opened


def limited(ledger, **limit):
    ledger.set_limit((), Limit(**limit))
    return ledger.reserve(("run", "one", "1"), Amount(1, 1, 1, calls=1))


@given(limit=FIGURES, spent=FIGURES, others=FIGURES, own=FIGURES)
def test_what_an_attempt_holds_itself_is_left_for_it(limit, spent, others, own):
    balance = Balance(limit, spent, others + own, output_left=5, micro_usd_left=7)
    found = with_own(balance, Amount(own, own, own))
    assert found.left == balance.left + own
    assert (found.output_left, found.micro_usd_left) == (5 + own, 7 + own)


def test_what_nobody_limits_stays_so():
    assert with_own(Balance(), Amount(1, 2, 3)) == Balance()


def test_where_an_answer_has_shown_to_be_long_only_hard_bounds_count(situation):
    balances = {name: Balance() for name in ("phase", "run", "ledger", "window")}
    soft = round_ceiling(situation, 100, balances, NOTHING, hard=False)
    hard = round_ceiling(situation, 100, balances, NOTHING, hard=True)
    assert soft.bound == "runaway"
    assert (hard.tokens, hard.bound) == (situation.limits.max_output, "model")


def test_what_fits_is_held_as_it_is(situation, ledger):
    reservation = limited(ledger, total_tokens=5_000)
    ceiling = smallest({"contract": 1_000})
    assert hold(reservation, 1, situation, 200, ceiling, 500) is ceiling
    assert ledger.statement(()).held.total_tokens == 1_200


@pytest.mark.parametrize(
    ("limit", "fits"),
    [({"total_tokens": 5_000}, 4_800), ({"output_tokens": 3_000}, 3_000)],
)
def test_what_does_not_fit_is_lowered_to_what_does(situation, ledger, limit, fits):
    ceiling = smallest({"contract": 9_000})
    held = hold(limited(ledger, **limit), 1, situation, 200, ceiling, 500)
    assert (held.tokens, held.bound, held.bounds["contract"]) == (fits, "ledger", 9_000)


def test_money_lowers_it_too(situation, ledger):
    prompt = amount(situation, 200, 0).micro_usd
    rate = situation.prices.output_rate(200)
    reservation = limited(ledger, micro_usd=round(prompt + 2_000 * rate))
    held = hold(reservation, 1, situation, 200, smallest({"contract": 9_000}), 500)
    assert held.tokens == pytest.approx(2_000, abs=2)
    assert amount(situation, 200, held.tokens).micro_usd <= prompt + 2_000 * rate


@pytest.mark.parametrize("limit", [{"total_tokens": 600}, {"output_tokens": 400}])
def test_under_the_floor_nothing_is_held(situation, ledger, limit):
    reservation = limited(ledger, **limit)
    with pytest.raises(BudgetExhausted):
        hold(reservation, 1, situation, 200, smallest({"contract": 9_000}), 500)
    assert ledger.statement(()).held.total_tokens == 1


def test_a_limit_of_calls_cannot_be_met_by_a_lower_ceiling(situation, ledger):
    reservation = limited(ledger, calls=1)
    ceiling = smallest({"contract": 9_000})
    hold(reservation, 1, situation, 200, ceiling, 500)
    with pytest.raises(BudgetExhausted, match="calls"):
        hold(reservation, 2, situation, 200, ceiling, 500)


@given(prompt=st.integers(1, 500_000), output=st.integers(0, 100_000))
def test_a_prompt_is_held_at_its_dearest(prompt, output):
    from decimal import Decimal

    from token_budget.prices import PriceBook

    class Now:
        prices = PriceBook({}).sheet("claude-opus-5-5")

    dearest = max(
        Now.prices.cost(prompt, output),
        Now.prices.cost(0, output, cache_write_5m=prompt),
        Now.prices.cost(0, output, cache_read=prompt),
    )
    found = amount(Now, prompt, output)
    assert Decimal(found.micro_usd) >= dearest
    assert (found.total_tokens, found.calls) == (prompt + output, 1)
