from __future__ import annotations

import pytest

from token_budget.errors import BudgetExhausted, LeaseEnded, LedgerConflict
from token_budget.ledger import Amount, Limit, Usage

MODEL = "test-model"
ATTEMPT = ("run", "one")
DAY = 86_400


@pytest.fixture
def full(ledger):
    """A run that one lease of a minute fills."""
    ledger.set_limit(("run",), Limit(total_tokens=100))
    return ledger.reserve(ATTEMPT, Amount(10, 100), ttl=60)


def fits(ledger, name="two"):
    try:
        ledger.reserve(("run", name), Amount(1, 1))
    except BudgetExhausted:
        return False
    return True


def test_a_lease_holds_to_its_end_and_then_gives_room_to_who_needs_it(ledger, full, clock):
    clock.advance(59.9)
    assert not fits(ledger)
    clock.advance(0.2)
    assert fits(ledger)
    assert ledger.statement().held == Amount(1, 1, 0, 1)
    assert ledger.reclaim() == 0


def test_a_lease_is_reclaimed_exactly_once(ledger, full, clock):
    clock.advance(61)
    assert [ledger.reclaim() for _ in range(3)] == [1, 0, 0]
    assert not ledger.statement().held
    with pytest.raises(LeaseEnded, match="expired"):
        full.sending(1)
    full.release()
    assert not ledger.statement().held


@pytest.mark.parametrize("use", ["heartbeat", "grow", "sending"])
def test_every_entry_begins_the_lease_anew(ledger, full, clock, use):
    clock.advance(59)
    arguments = {"grow": (Amount(1),), "sending": (1,)}.get(use, ())
    getattr(full, use)(*arguments)
    clock.advance(59)
    assert ledger.reclaim() == 0
    clock.advance(2)
    assert ledger.reclaim() == 1


def test_settling_begins_the_lease_anew(ledger, full, clock):
    """What follows an answer that took long, such as applying it, has time again."""
    full.sending(1, Amount(1, 10))
    clock.advance(59)
    full.settle(1, Usage(5, 1), model=MODEL)
    clock.advance(59)
    assert ledger.reclaim() == 0
    clock.advance(2)
    assert ledger.reclaim() == 1


def test_who_settles_for_a_lost_owner_does_not_keep_its_lease(ledger, full, clock):
    full.sending(1, Amount(1, 10))
    clock.advance(59)
    ledger.settle(ATTEMPT, 1, Usage(5, 1), model=MODEL)
    clock.advance(2)
    assert ledger.reclaim() == 1


def test_an_owner_that_comes_back_before_anybody_needed_the_room_keeps_it(ledger, full, clock):
    clock.advance(DAY)
    full.heartbeat()
    assert ledger.reclaim() == 0
    assert not fits(ledger)


def test_what_was_sent_and_never_settled_stays_held_as_unknown(ledger, full, clock):
    full.sending(1, Amount(5, 60))
    clock.advance(61)
    assert [one.round for one in ledger.unknown_rounds()] == [1]
    assert ledger.reclaim() == 1
    statement = ledger.statement(("run",))
    assert statement.held == Amount()
    assert statement.unknown == Amount(5, 60, 0, 1)
    [unknown] = ledger.unknown_rounds(("run",))
    assert (unknown.scope, unknown.round, unknown.state) == (ATTEMPT, 1, "unknown")
    assert ledger.unknown_rounds(("other",)) == ()
    with pytest.raises(BudgetExhausted):
        ledger.reserve(("run", "two"), Amount(1, 41))


def test_an_unknown_round_can_still_be_settled_and_is_marked_late(ledger, full, clock):
    full.sending(1)
    clock.advance(61)
    ledger.reclaim()
    settled = full.settle(1, Usage(20, 5), model=MODEL)
    assert settled.late
    assert not settled.overrun
    statement = ledger.statement(("run",))
    assert statement.unknown == Amount()
    assert statement.spent == Amount(5, 25, 45, 1)
    assert ledger.unknown_rounds() == ()
    assert full.settle(1, Usage(20, 5), model=MODEL) == settled


def test_settling_after_the_room_was_given_away_records_the_truth(ledger, full, clock):
    clock.advance(61)
    ledger.reserve(("run", "two"), Amount(10, 90))
    settled = full.settle(1, Usage(20, 5), model=MODEL)
    assert settled.late
    assert settled.overrun.total_tokens == 25
    assert ledger.statement(("run",)).overrun.total_tokens == 25
    assert ledger.statement(("run",)).stopped is None


def test_settling_after_reclaim_is_debited_where_there_is_room(ledger, full, clock):
    clock.advance(61)
    ledger.reclaim()
    settled = full.settle(1, Usage(20, 5), model=MODEL)
    assert settled.late
    assert not settled.overrun
    assert settled.spent == Amount(5, 25, 45, 1)


def test_another_process_can_settle_what_a_lost_one_sent(ledger, full, open_ledger):
    full.sending(1)
    settled = open_ledger().settle(ATTEMPT, 1, Usage(20, 5), model=MODEL)
    assert not settled.late
    full.release()
    assert ledger.unknown_rounds() == ()


def test_a_clock_set_back_neither_ends_a_lease_early_nor_lets_it_live_forever(ledger, full, clock):
    clock.advance(-DAY)
    assert ledger.reclaim() == 0
    assert not fits(ledger)
    clock.advance(59)
    assert ledger.reclaim() == 0
    clock.advance(2)
    assert ledger.reclaim() == 1


def test_an_owner_renews_its_lease_by_a_clock_that_was_set_back(ledger, full, clock):
    clock.advance(-DAY)
    full.heartbeat()
    clock.advance(59)
    assert ledger.reclaim() == 0
    clock.advance(2)
    assert ledger.reclaim() == 1


def test_clocks_may_differ_by_seconds(ledger, full, clock):
    clock.advance(-4)
    assert ledger.reclaim() == 0
    clock.advance(4 + 59)
    assert ledger.reclaim() == 0
    clock.advance(2)
    assert ledger.reclaim() == 1


def test_writing_off_frees_what_an_unknown_round_holds(ledger, full, clock):
    full.sending(1)
    with pytest.raises(LedgerConflict, match="its lease is alive"):
        ledger.write_off(ATTEMPT, 1, "lost")
    clock.advance(61)
    written = ledger.write_off(ATTEMPT, 1, "lost")
    assert (written.state, written.note) == ("written off", "lost")
    assert ledger.write_off(ATTEMPT, 1, "again") == written
    statement = ledger.statement()
    assert (statement.unknown, statement.spent) == (Amount(), Amount())
    assert ledger.unknown_rounds() == ()
    assert ledger.history() == (written,)


def test_what_was_written_off_can_be_settled_late(ledger, full, clock):
    full.sending(1)
    full.release()
    ledger.write_off(ATTEMPT, 1, "lost")
    settled = ledger.settle(ATTEMPT, 1, Usage(20, 5), model=MODEL)
    assert settled.late
    assert ledger.statement().spent == Amount(5, 25, 45, 1)
    with pytest.raises(LedgerConflict, match="it is settled"):
        ledger.write_off(ATTEMPT, 1, "lost")


def test_a_plan_counts_an_ended_lease_as_room(ledger, full, clock):
    assert ledger.remaining(("run",)).left == 0
    full.sending(1, Amount(5, 60))
    clock.advance(61)
    assert ledger.remaining(("run",)).left == 40
    ledger.guard(("run",), Amount(total_tokens=40))
    with pytest.raises(BudgetExhausted):
        ledger.guard(("run",), Amount(total_tokens=41))
