from __future__ import annotations

import pytest

from token_budget.errors import (
    BudgetExhausted,
    LeaseEnded,
    LedgerConflict,
    LedgerError,
    LedgerValueError,
)
from token_budget.ledger import Amount, Limit, Usage

MODEL = "test-model"
ATTEMPT = ("org", "run", "phase", "one")


def tokens(total, output=None):
    return Amount(output_tokens=total if output is None else output, total_tokens=total)


def test_a_reservation_holds_in_every_scope_above_it(ledger):
    ledger.reserve(ATTEMPT, tokens(100))
    for depth in range(5):
        held = ledger.statement(ATTEMPT[:depth]).held
        assert held == Amount(100, 100, 0, 1)
    assert not ledger.statement(("other",)).held


@pytest.mark.parametrize("depth", range(5))
def test_a_reservation_that_does_not_fit_somewhere_holds_nowhere(ledger, depth):
    ledger.set_limit(ATTEMPT[:depth], Limit(total_tokens=99))
    with pytest.raises(BudgetExhausted) as error:
        ledger.reserve(ATTEMPT, tokens(100))
    assert error.value.scope == ("/".join(ATTEMPT[:depth]) or "ledger")
    assert (error.value.limit, error.value.left, error.value.asked) == (99, 99, 100)
    assert all(not ledger.statement(ATTEMPT[:d]).held for d in range(5))
    ledger.reserve(ATTEMPT, tokens(99))


@pytest.mark.parametrize(
    ("limit", "unit"),
    [
        (Limit(output_tokens=9), "output tokens"),
        (Limit(total_tokens=9), "tokens"),
        (Limit(micro_usd=9), "millionths of a US dollar"),
        (Limit(calls=0), "calls"),
    ],
)
def test_the_limit_that_fired_is_named(ledger, limit, unit):
    ledger.set_limit(("org",), limit)
    with pytest.raises(BudgetExhausted) as error:
        ledger.reserve(ATTEMPT, Amount(10, 10, 10, 1))
    assert (error.value.scope, error.value.unit) == ("org", unit)
    assert unit in str(error.value)


def test_of_what_is_limited_something_must_be_held(ledger):
    ledger.set_limit(("org",), Limit(micro_usd=1000))
    with pytest.raises(LedgerValueError, match="because org limits it") as error:
        ledger.reserve(ATTEMPT, tokens(10))
    assert error.value.place == "amount.micro_usd"
    assert not ledger.statement().held


def test_growing_holds_more_or_leaves_what_was_held(ledger):
    ledger.set_limit(("org",), Limit(total_tokens=150))
    reservation = ledger.reserve(ATTEMPT, tokens(100))
    reservation.grow(tokens(50))
    with pytest.raises(BudgetExhausted):
        reservation.grow(tokens(1))
    assert reservation.held() == Amount(150, 150, 0, 1)
    assert ledger.statement().held == Amount(150, 150, 0, 1)


def test_sending_sets_aside_what_is_held_and_takes_what_it_lacks(ledger):
    reservation = ledger.reserve(ATTEMPT, Amount(100, 1000, 50))
    assert reservation.sending(1, Amount(300, 700, 50)) == Amount(300, 700, 50, 1)
    assert reservation.held() == Amount(0, 300, 0, 0)
    assert ledger.statement().held == Amount(300, 1000, 50, 1)


def test_sending_without_an_amount_sets_aside_all_that_is_held_as_one_call(ledger):
    reservation = ledger.reserve(ATTEMPT, Amount(100, 1000, 50, calls=3))
    assert reservation.sending(1) == Amount(100, 1000, 50, 1)
    assert reservation.held() == Amount(calls=2)


def test_a_request_that_does_not_fit_is_not_announced(ledger):
    ledger.set_limit(("org",), Limit(total_tokens=1000))
    reservation = ledger.reserve(ATTEMPT, tokens(900))
    with pytest.raises(BudgetExhausted) as error:
        reservation.sending(1, tokens(1001))
    assert error.value.left == 100
    assert reservation.held() == Amount(900, 900, 0, 1)
    assert reservation.sending(1, tokens(1000)).total_tokens == 1000


def test_announcing_again_raises_what_is_set_aside_and_never_doubles_it(ledger):
    reservation = ledger.reserve(ATTEMPT, tokens(100))
    reservation.sending(1)
    assert reservation.sending(1) == Amount(100, 100, 0, 1)
    assert reservation.sending(1, tokens(80)) == Amount(100, 100, 0, 1)
    assert reservation.sending(1, tokens(120)) == Amount(120, 120, 0, 1)
    assert ledger.statement().held == Amount(120, 120, 0, 1)


def test_a_round_is_sent_once(ledger):
    first, second = (ledger.reserve(ATTEMPT, tokens(10)) for _ in range(2))
    first.sending(1)
    with pytest.raises(LedgerConflict, match="another reservation"):
        second.sending(1)
    first.settle(1, Usage(1, 1), model=MODEL)
    with pytest.raises(LedgerConflict, match="is settled"):
        first.sending(1)


def test_every_request_is_a_call(ledger):
    ledger.set_limit(("org",), Limit(calls=2))
    reservation = ledger.reserve(ATTEMPT, tokens(10))
    for number in (1, 2):
        reservation.sending(number, tokens(10))
        reservation.settle(number, Usage(1, 1), model=MODEL)
    with pytest.raises(BudgetExhausted, match="0 calls left of 2"):
        reservation.sending(3, tokens(10))


def test_reserving_and_announcing_can_be_one_entry(ledger):
    reservation = ledger.reserve(ATTEMPT, tokens(10), sending=1)
    assert not reservation.held()
    with pytest.raises(LedgerConflict):
        ledger.reserve(ATTEMPT, tokens(10), sending=1)
    assert ledger.statement().held == Amount(10, 10, 0, 1)


def test_leaving_the_block_gives_back_what_was_not_sent(ledger):
    with ledger.reserve(ATTEMPT, tokens(100)) as reservation:
        reservation.sending(1, tokens(30))
    statement = ledger.statement()
    assert not statement.held
    assert statement.unknown == Amount(30, 30, 0, 1)
    reservation.release()
    assert ledger.statement() == statement


def test_a_released_reservation_holds_nothing_any_more(ledger):
    reservation = ledger.reserve(ATTEMPT, tokens(100))
    reservation.release()
    for use in (
        lambda: reservation.grow(tokens(1)),
        lambda: reservation.sending(1),
        reservation.heartbeat,
    ):
        with pytest.raises(LeaseEnded, match="org/run/phase/one: the reservation was released"):
            use()
    assert not ledger.statement().held


def test_settling_frees_what_was_set_aside_for_the_round_and_keeps_the_rest(ledger):
    reservation = ledger.reserve(ATTEMPT, tokens(100))
    reservation.sending(1, tokens(60))
    reservation.settle(1, Usage(20, 10), model=MODEL)
    assert reservation.held() == Amount(40, 40, 0, 0)
    statement = ledger.statement()
    assert statement.held == Amount(40, 40, 0, 0)
    assert statement.spent == Amount(10, 30, 70, 1)


def test_a_guard_counts_what_the_caller_holds(ledger):
    ledger.set_limit(("org",), Limit(total_tokens=2000))
    reservation = ledger.reserve(ATTEMPT, tokens(1800))
    with pytest.raises(BudgetExhausted):
        ledger.guard(ATTEMPT, 1000)
    reservation.guard(1500)
    with pytest.raises(BudgetExhausted) as error:
        reservation.guard(1501)
    assert (error.value.left, error.value.asked) == (2000, 2001)


@pytest.mark.parametrize("ttl", [0, -1, 10**9, float("nan")])
def test_a_lease_without_a_length_is_refused(ledger, ttl):
    with pytest.raises(LedgerValueError, match="ttl"):
        ledger.reserve(ATTEMPT, tokens(1), ttl=ttl)


@pytest.mark.parametrize("number", [-1, 1.5, "1", 2**31])
def test_a_round_is_a_number(ledger, number):
    with pytest.raises(LedgerValueError, match="round"):
        ledger.reserve(ATTEMPT, tokens(1), sending=number)
    reservation = ledger.reserve(ATTEMPT, tokens(1))
    with pytest.raises(LedgerValueError, match="round"):
        reservation.settle(number, Usage(1, 1), model=MODEL)


def test_a_round_that_nobody_announced_cannot_be_settled_by_its_name(ledger):
    with pytest.raises(LedgerError, match="one round 1: the round was never announced"):
        ledger.settle(ATTEMPT, 1, Usage(1, 1), model=MODEL)
