from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from token_budget.ledger import Amount, Limit, Usage
from token_budget.ledger.bookkeeper import Bookkeeper
from token_budget.ledger.leases import lease, reclaim_one
from token_budget.ledger.limiting import set_limit
from token_budget.ledger.scopes import key_of
from token_budget.ledger.settling_at_once import settle_at_once

MODEL = "test-model"
ATTEMPT = ("run", "phase", "one")
TTL = 600.0
HELD = Amount(100, 1000, 2000)
USAGE = Usage(100, 50, thinking=20, cache_read=300)
WAITING_SECONDS = 0.5
"""Long enough for another thread to reach the lock that it has to wait for."""


@pytest.fixture
def reservation(ledger):
    ledger.set_limit(("run",), Limit(output_tokens=500, total_tokens=5000, micro_usd=9000))
    return ledger.reserve(ATTEMPT, HELD, ttl=TTL, sending=1)


@pytest.fixture
def only_at_once(monkeypatch):
    """Nothing goes the longer way."""
    monkeypatch.delattr(Bookkeeper, "settle")


def debit_of(ledger, usage=USAGE, number=1, model=MODEL):
    return ledger._keeper.debit(
        number, usage, model, request_id=None, estimated=False, provider=None
    )


def tried(ledger, clock, reservation, debit):
    with ledger.database.entering() as transaction:
        key = (key_of(reservation.scope), reservation.id)
        return settle_at_once(transaction, key, debit, clock())


def test_a_usual_round_goes_no_longer_way(reservation, ledger, only_at_once):
    settled = reservation.settle(1, USAGE, model=MODEL, request_id="req_1")
    assert settled.held == Amount(100, 1000, 2000, 1)
    assert settled.spent == Amount(50, 450, settled.micro_usd, 1)
    assert ledger.history(ATTEMPT) == (settled,)
    for scope in ((), ("run",), ATTEMPT):
        statement = ledger.statement(scope)
        assert (statement.spent, statement.held) == (settled.spent, Amount())
        assert statement.by_model[MODEL]["thinking"] == 20


def test_without_a_price_all_that_was_held_of_money_is_debited_at_once_too(
    reservation, ledger, only_at_once
):
    settled = reservation.settle(1, USAGE, model="no-such-model")
    assert (settled.micro_usd, settled.spent.micro_usd) == (None, 2000)
    sums = ledger.statement().by_model["no-such-model"]
    assert (sums["unpriced"], sums["micro_usd"]) == (1, 2000)


def another_ones(ledger, clock, reservation):
    ledger.reserve(ATTEMPT, HELD, sending=2)
    return debit_of(ledger, number=2)


def released(ledger, clock, reservation):
    reservation.release()
    return debit_of(ledger)


def long_ago(ledger, clock, reservation):
    clock.advance(TTL / 2)
    return debit_of(ledger)


def settled(ledger, clock, reservation):
    reservation.settle(1, USAGE, model=MODEL)
    return debit_of(ledger)


def unannounced(ledger, clock, reservation):
    return debit_of(ledger, number=3)


def too_much(usage):
    return lambda ledger, clock, reservation: debit_of(ledger, usage)


@pytest.mark.parametrize(
    "what",
    [another_ones, released, long_ago, settled, unannounced,
     too_much(Usage(0, 101)), too_much(Usage(951, 50)), too_much(Usage(951, 49))],
)  # fmt: skip
def test_where_anything_stands_against_it_nothing_is_done(ledger, clock, reservation, what):
    debit = what(ledger, clock, reservation)
    before = ledger.export()
    if debit.usage == Usage(951, 49):  # as many tokens as were held, but dearer
        debit = debit_of(ledger, Usage(900, 100, web_searches=100_000), model="claude-opus-5-5")
    assert tried(ledger, clock, reservation, debit) is None
    assert ledger.export() == before


def meanwhile(ledger, entry, *work):
    """Begin an entry in another thread, and let it wait between the first and the last work."""
    found = []
    thread = threading.Thread(target=lambda: found.append(entry()))
    with ledger.database.writing() as connection:
        work[0](connection)
        thread.start()
        time.sleep(WAITING_SECONDS)
        for one in work[1:]:
            one(connection)
    thread.join()
    return found[0]


def test_a_period_that_is_limited_meanwhile_counts_what_is_settled(
    ledger, open_ledger, clock, reservation, only_at_once
):
    day = Limit.daily(datetime.fromtimestamp(clock(), UTC).date(), total_tokens=2000)
    other = open_ledger()
    own = other.reserve((*ATTEMPT[:2], "two"), HELD, ttl=TTL, sending=1)
    meanwhile(
        ledger,
        lambda: own.settle(1, USAGE, model=MODEL),
        lambda connection: set_limit(connection, key_of(("run",)), day),
    )
    [state] = [one for one in ledger.statement(("run",)).limits if one.limit == day]
    assert (state.spent.total_tokens, state.held.total_tokens) == (450, 1000)


def test_a_lease_that_is_reclaimed_meanwhile_settles_late(ledger, open_ledger, clock, reservation):
    """The other machine's clock is ahead."""
    other = open_ledger()
    own = other.reserve((*ATTEMPT[:2], "two"), HELD, ttl=TTL, sending=1)
    key = (key_of(own.scope), own.id)
    late = meanwhile(
        ledger,
        lambda: own.settle(1, USAGE, model=MODEL),
        lambda connection: lease(connection, key),
        lambda connection: reclaim_one(connection, key, clock() + TTL + 1),
    )
    assert late.late
    statement = ledger.statement(("run",))
    assert (statement.spent.total_tokens, statement.unknown) == (450, Amount())
    assert statement.held.total_tokens == 1000


USAGES = st.builds(
    Usage, st.integers(0, 60), st.integers(0, 60), cache_read=st.integers(0, 60),
    cache_write_5m=st.integers(0, 9), web_searches=st.integers(0, 1),
)  # fmt: skip
AMOUNTS = st.builds(Amount, st.integers(1, 60), st.integers(1, 120), st.integers(0, 400))
ROUNDS = st.lists(
    st.tuples(AMOUNTS, USAGES, st.sampled_from([MODEL, "no-such-model"])), min_size=1, max_size=6
)


def outcome(rounds):
    return [
        (one.round, one.state, one.held, one.spent, one.overrun, one.usage, one.model,
         one.micro_usd, one.price_source, one.late, one.sent_at, one.settled_at)
        for one in rounds
    ]  # fmt: skip


@given(rounds=ROUNDS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_ways_make_the_same_books(open_ledger, rounds):
    ledger = open_ledger()
    tag = str(len(ledger.export()))
    ways = {"at once": None, "longer": lambda _connection, _round: None}
    for way, alongside in ways.items():
        for number, (amount, usage, model) in enumerate(rounds):
            held = ledger.reserve((tag, way, str(number)), amount, sending=number)
            held.settle(number, usage, model=model, alongside=alongside)
    said = [ledger.statement((tag, way)) for way in ways]
    assert said[0].by_model == said[1].by_model
    for figure in ("spent", "held", "unknown", "overrun"):
        assert getattr(said[0], figure) == getattr(said[1], figure)
    histories = [sorted(ledger.history((tag, way)), key=lambda one: one.round) for way in ways]
    assert outcome(histories[0]) == outcome(histories[1])
