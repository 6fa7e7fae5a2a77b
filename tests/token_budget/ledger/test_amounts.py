from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.errors import LedgerValueError
from token_budget.ledger.amounts import KINDS, NOTHING, Amount

FIGURE = st.integers(0, 10**9)
AMOUNTS = st.builds(Amount, FIGURE, FIGURE, FIGURE, FIGURE)


@given(AMOUNTS, AMOUNTS)
def test_less_and_at_most_take_an_amount_apart(one, other):
    assert one.less(other) + one.at_most(other) == one


@given(AMOUNTS, AMOUNTS)
def test_kinds_with_and_without_a_figure_take_an_amount_apart(one, other):
    parts = [one.only(other, where_zero=zero) for zero in (True, False)]
    assert parts[0] + parts[1] == one
    assert all(getattr(other, kind) == 0 or getattr(parts[0], kind) == 0 for kind in KINDS)


@pytest.mark.parametrize("value", [-1, 1.0, "1", None, True, 10**15 + 1])
@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_that_is_no_count_is_refused(kind, value):
    with pytest.raises(LedgerValueError, match=rf"amount\.{kind}"):
        Amount(**{kind: value})


def test_what_is_sent_is_a_call():
    assert Amount(5).with_a_call() == Amount(5, calls=1)
    assert Amount(calls=3).with_a_call() == Amount(calls=3)
    assert not NOTHING
    assert Amount(calls=1)
