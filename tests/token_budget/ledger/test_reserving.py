from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from token_budget.errors import BudgetExhausted, LedgerConflict, LedgerValueError
from token_budget.ledger import Amount, Limit
from token_budget.ledger.tables import account, reservation, round_

SCOPE = ("org", "run")
TEN_TOKENS = Amount(output_tokens=10, total_tokens=10)


on_a_server = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
"""On SQLite nobody else can write meanwhile."""

WAITING_SECONDS = 0.5
"""Long enough for a thread to reach the lock that it has to wait for."""


def daily(clock, **limits):
    return Limit.daily(datetime.fromtimestamp(clock(), UTC).date(), **limits)


@contextmanager
def meanwhile(ledger, *works):
    """Hold the root's account while threads do some works in this order, and wait for each other.

    What they raise is yielded, at the end.
    """
    errors = []

    def noting(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the test says which is right
            errors.append(error)

    threads = [threading.Thread(target=noting, args=(work,)) for work in works]
    with ledger.database.writing() as connection:
        connection.execute(sa.update(account).where(account.c.scope == "").values(stopped=None))
        for thread in threads:
            thread.start()
            time.sleep(WAITING_SECONDS)
    for thread in threads:
        thread.join()
    yield errors


@on_a_server
@pytest.mark.parametrize("first", ["reserve", "limit"])
def test_a_period_that_is_limited_meanwhile_holds_what_is_reserved(open_ledger, clock, first):
    ledger, other = open_ledger(), open_ledger()
    ledger.reserve(SCOPE, TEN_TOKENS)
    limit = daily(clock, total_tokens=100)
    works = [
        lambda: ledger.reserve(SCOPE, TEN_TOKENS),
        lambda: other.set_limit(("org",), limit),
    ]
    with meanwhile(open_ledger(), *(works if first == "reserve" else reversed(works))) as errors:
        assert not errors
    [state] = ledger.statement(("org",)).limits
    assert state.held.total_tokens == 20


@on_a_server
@pytest.mark.parametrize(
    ("limits", "error"), [({"total_tokens": 9}, BudgetExhausted), ({"calls": 0}, BudgetExhausted)]
)
def test_a_period_that_is_limited_first_refuses_what_does_not_fit(
    open_ledger, clock, limits, error
):
    ledger, other = open_ledger(), open_ledger()
    ledger.reserve(SCOPE, TEN_TOKENS).release()
    limit = daily(clock, **limits)
    works = [
        lambda: other.set_limit(("org",), limit),
        lambda: ledger.reserve(SCOPE, TEN_TOKENS),
    ]
    with meanwhile(open_ledger(), *works) as errors:
        [found] = errors
    assert isinstance(found, error)
    assert found.scope == "org"
    assert not ledger.statement().held


@on_a_server
def test_a_limit_that_is_lowered_meanwhile_is_the_one_that_holds(open_ledger):
    ledger, other = open_ledger(), open_ledger()
    ledger.reserve(SCOPE, TEN_TOKENS).release()
    ledger.set_limit(("org",), Limit(total_tokens=100))
    works = [
        lambda: ledger.reserve(SCOPE, TEN_TOKENS),
        lambda: other.set_limit(("org",), Limit(total_tokens=9)),
    ]
    with meanwhile(open_ledger(), *works) as errors:
        [error] = errors
    assert (error.scope, error.limit, error.left) == ("org", 9, 9)
    assert not ledger.statement().held


@on_a_server
def test_two_that_announce_one_round_at_once_are_told_apart(open_ledger):
    """The second one finds out by the row of the first, and says so."""
    ledger, other = open_ledger(), open_ledger()
    ledger.reserve(SCOPE, TEN_TOKENS).release()
    works = [lambda one=one: one.reserve(SCOPE, TEN_TOKENS, sending=1) for one in (ledger, other)]
    with meanwhile(open_ledger(), *works) as errors:
        [error] = errors
    assert isinstance(error, LedgerConflict)
    assert ledger.statement().held.total_tokens == 10


def test_a_kind_that_is_limited_must_be_named(ledger):
    ledger.set_limit(("org",), Limit(micro_usd=9))
    with pytest.raises(LedgerValueError, match="org limits it"):
        ledger.reserve(SCOPE, TEN_TOKENS)
    assert not ledger.statement().held


def test_what_is_refused_leaves_no_lease_and_no_round(ledger):
    ledger.set_limit(("org",), Limit(total_tokens=9))
    with pytest.raises(BudgetExhausted):
        ledger.reserve(SCOPE, TEN_TOKENS, sending=1)
    with ledger.database.reading() as connection:
        for table in (reservation, round_):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
