"""What several processes do to one set of books, also when they are killed."""

from __future__ import annotations

import signal
import time

import pytest

from tests.processes import PATIENCE, exit_codes, pipe, received, start
from token_budget.errors import BudgetExhausted
from token_budget.ledger import Amount, Ledger, Limit, Usage

MODEL = "claude-opus-5-5"


def reserve_all(url, name, answer):
    """Reserve until nothing is left, and tell how often that was."""
    made = 0
    with Ledger(url) as ledger:
        for number in range(1000):
            try:
                reservation = ledger.reserve(("run", name), Amount(5, 10), sending=number)
            except BudgetExhausted:
                break
            made += 1
            if number % 3 == 0:
                reservation.settle(number, Usage(5, 5), model=MODEL)
            elif number % 3 == 1:
                reservation.release()
    answer.send(made)


def go_as_far_as(url, step, answer):
    """Reserve, and wait for the end after a step."""
    ledger = Ledger(url)
    reservation = ledger.reserve(("run", "victim"), Amount(50, 100), ttl=60)
    if step != "reserved":
        reservation.sending(1, Amount(30, 60))
    if step == "settled":
        reservation.settle(1, Usage(10, 5), model=MODEL)
    answer.send(step)
    time.sleep(PATIENCE)


def test_processes_that_reserve_at_once_never_overspend(url):
    with Ledger(url) as ledger:
        ledger.set_limit(("run",), Limit(total_tokens=295, calls=1000))
        answer, theirs = pipe()
        assert exit_codes(reserve_all, [(url, name, theirs) for name in "abc"]) == [0] * 3
        made = [received(answer) for _ in "abc"]
        statement = ledger.statement(("run",))
        taken = statement.spent + statement.held + statement.unknown
        assert 285 < taken.total_tokens <= 295
        assert taken.calls == sum(made) == 29
        assert statement.by_kind["rounds"] == sum((count + 2) // 3 for count in made)


@pytest.mark.parametrize(
    ("step", "spent", "unknown", "held"),
    [("reserved", 0, 0, 100), ("sent", 0, 60, 40), ("settled", 15, 0, 40)],
)
def test_what_a_killed_process_held_is_reclaimed_and_what_it_sent_is_unknown(
    open_ledger, url, clock, step, spent, unknown, held
):
    here, there = pipe()
    victim = start(go_as_far_as, url, step, there)
    assert received(here) == step
    victim.kill()
    victim.join()
    assert victim.exitcode == -signal.SIGKILL
    ledger = open_ledger()
    before = ledger.statement(("run",))
    assert (before.spent.total_tokens, before.held.total_tokens) == (spent, held + unknown)
    clock.now = max(row["renewed_at"] for row in ledger.export() if row["table"] == "reservation")
    clock.advance(61)
    assert ledger.reclaim() == 1
    after = ledger.statement(("run",))
    figures = [amount.total_tokens for amount in (after.spent, after.unknown, after.held)]
    assert figures == [spent, unknown, 0]
    assert len(ledger.unknown_rounds()) == bool(unknown)
    if unknown:
        ledger.settle(("run", "victim"), 1, Usage(10, 5), model=MODEL)
        assert ledger.statement(("run",)).spent.total_tokens == 15
        assert not ledger.statement(("run",)).unknown
