from __future__ import annotations

import pytest

from token_budget.errors import BudgetExhausted
from token_budget.ledger import Amount, Limit, Usage


def test_a_scope_that_is_stopped_says_so_in_its_statement(ledger):
    ledger.stop(("run",), "enough")
    assert ledger.statement(("run",)).stopped == "enough"
    assert ledger.limited_scopes() == (("run",),)
    ledger.resume(("run",))
    assert ledger.statement(("run",)).stopped is None


def test_what_was_sent_before_a_scope_was_stopped_is_settled(ledger):
    reservation = ledger.reserve(("run", "one"), Amount(10, 100), sending=1)
    ledger.stop(("run",), "enough")
    settled = reservation.settle(1, Usage(10, 5), model="m")
    assert settled.spent.total_tokens == 15
    with pytest.raises(BudgetExhausted):
        reservation.sending(2, Amount(1, 1))


def test_an_overrun_stops_every_scope_whose_limit_it_breaks(ledger):
    ledger.set_limit((), Limit(total_tokens=1000))
    ledger.set_limit(("run",), Limit(total_tokens=120))
    ledger.reserve(("run", "one"), Amount(10, 100), sending=1).settle(1, Usage(125, 5), model="m")
    stopped = [bool(ledger.statement(scope).stopped) for scope in ((), ("run",), ("run", "one"))]
    assert stopped == [False, True, True]
