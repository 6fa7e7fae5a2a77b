from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.phases import phase_of
from token_budget.attempts.result import total_cost, total_usage
from token_budget.ledger import Usage

USAGES = st.builds(Usage, input=st.integers(0, 9), output=st.integers(0, 9))


@given(st.lists(USAGES))
def test_usage_adds_up(usages):
    total = total_usage(usages)
    assert total.input == sum(one.input for one in usages)
    assert total.total == sum(one.total for one in usages)


def test_a_sum_with_an_unknown_price_is_unknown():
    assert total_cost([1, None, 2]) is None
    assert total_cost([1, 2]) == 3
    assert total_cost([]) == 0


def test_before_it_has_ended_an_attempt_has_an_unfinished_result(policy):
    with policy.begin(phase_of()) as attempt:
        found = attempt.result
    assert (found.outcome, found.reason, found.error) == ("failed", "it has not ended", None)
    assert any("src/a.py" in one for one in found.missing)
    assert found.usage == Usage(0, 0)
