from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from token_budget.errors import BudgetExhausted, LedgerValueError
from token_budget.ledger import Amount, Limit, reserving
from token_budget.ledger.tables import reservation, round_

SCOPE = ("org", "run")
TEN_TOKENS = Amount(output_tokens=10, total_tokens=10)


on_a_server = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
"""On SQLite nobody else can write meanwhile."""


@pytest.fixture
def between(monkeypatch):
    """A function that lets something happen between finding the accounts and holding in them."""
    find = reserving.accounts_above

    def let_happen(work):
        def found_then_worked(*arguments):
            rows = find(*arguments)
            monkeypatch.undo()
            work()
            return rows

        monkeypatch.setattr(reserving, "accounts_above", found_then_worked)

    return let_happen


def daily(clock, **limits):
    return Limit.daily(datetime.fromtimestamp(clock(), UTC).date(), **limits)


@on_a_server
def test_a_period_that_is_limited_meanwhile_holds_what_is_reserved(between, open_ledger, clock):
    ledger, other = open_ledger(), open_ledger()
    ledger.reserve(SCOPE, TEN_TOKENS)
    between(lambda: other.set_limit(("org",), daily(clock, total_tokens=100)))
    made = ledger.reserve(SCOPE, TEN_TOKENS)
    [state] = ledger.statement(("org",)).limits
    assert state.held.total_tokens == 20
    made.release()
    [state] = ledger.statement(("org",)).limits
    assert state.held.total_tokens == 10


@on_a_server
def test_a_period_that_is_limited_meanwhile_refuses_what_does_not_fit(between, open_ledger, clock):
    ledger, other = open_ledger(), open_ledger()
    ledger.reserve(SCOPE, TEN_TOKENS).release()
    between(lambda: other.set_limit(("org",), daily(clock, total_tokens=9)))
    with pytest.raises(BudgetExhausted) as error:
        ledger.reserve(SCOPE, TEN_TOKENS)
    assert (error.value.scope, error.value.limit, error.value.left) == ("org", 9, 9)
    assert not ledger.statement().held


@on_a_server
def test_a_period_that_is_limited_meanwhile_wants_its_kind_named(between, open_ledger, clock):
    ledger, other = open_ledger(), open_ledger()
    ledger.reserve(SCOPE, TEN_TOKENS).release()
    between(lambda: other.set_limit(("org",), daily(clock, micro_usd=9)))
    with pytest.raises(LedgerValueError, match="org limits it"):
        ledger.reserve(SCOPE, TEN_TOKENS)
    assert not ledger.statement().held


@on_a_server
def test_a_limit_that_is_lowered_meanwhile_is_the_one_that_holds(between, open_ledger):
    ledger, other = open_ledger(), open_ledger()
    ledger.reserve(SCOPE, TEN_TOKENS).release()
    ledger.set_limit(("org",), Limit(total_tokens=100))
    between(lambda: other.set_limit(("org",), Limit(total_tokens=9)))
    with pytest.raises(BudgetExhausted) as error:
        ledger.reserve(SCOPE, TEN_TOKENS)
    assert error.value.limit == 9


def test_what_is_refused_leaves_no_lease_and_no_round(ledger):
    ledger.set_limit(("org",), Limit(total_tokens=9))
    with pytest.raises(BudgetExhausted):
        ledger.reserve(SCOPE, TEN_TOKENS, sending=1)
    with ledger.database.reading() as connection:
        for table in (reservation, round_):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
