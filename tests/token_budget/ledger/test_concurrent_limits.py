"""Limits that are set while others reserve, and reading while others write."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import sqlalchemy as sa

from token_budget.ledger import Amount, Limit
from token_budget.ledger.accounts import accounts_above
from token_budget.ledger.tables import reservation

SCOPE = ("org", "run")
TEN_TOKENS = Amount(output_tokens=10, total_tokens=10)
COUNT = sa.select(sa.func.count()).select_from(reservation)
WAITING_SECONDS = 0.5
"""Long enough for another thread to reach the lock that it has to wait for."""


def started(work):
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_snapshot_stays_as_it_is(open_ledger):
    reader, writer = open_ledger(), open_ledger()
    with reader.database.reading() as connection:
        before = connection.scalar(COUNT)
        writer.reserve(SCOPE, TEN_TOKENS)
        assert connection.scalar(COUNT) == before
    with reader.database.reading() as connection:
        assert connection.scalar(COUNT) == before + 1


def test_setting_a_limit_waits_for_who_reserves_and_not_the_other_way_round(open_ledger, clock):
    ledger, other = open_ledger(), open_ledger()
    ledger.reserve(SCOPE, TEN_TOKENS)
    with ledger.database.writing() as connection:
        if connection.dialect.name == "postgresql":
            # Sooner than the server finds a deadlock, and undoes one of the two.
            connection.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
        accounts_above(connection, "/org/run", clock())
        setting = started(lambda: other.set_limit(("org",), Limit(total_tokens=100)))
        time.sleep(WAITING_SECONDS)
        # What a reservation does next; with the table locked it would wait for who waits for it.
        connection.execute(sa.update(reservation).values(owner="another"))
    setting.join()
    assert ledger.limits(("org",)) == (Limit(total_tokens=100),)


def test_a_period_that_two_make_at_once_counts_what_is_held_once(open_ledger, clock):
    ledger = open_ledger()
    ledger.reserve(SCOPE, TEN_TOKENS)
    today = datetime.fromtimestamp(clock(), UTC).date()
    limit = Limit.daily(today, total_tokens=100)
    others = [open_ledger() for _ in range(4)]
    threads = [started(lambda one=one: one.set_limit(("org",), limit)) for one in others]
    for thread in threads:
        thread.join()
    [state] = ledger.statement(("org",)).limits
    assert state.held.total_tokens == 10
    with ledger.database.reading() as connection:
        accounts = connection.scalar(sa.select(reservation.c.accounts)).split(",")
    assert len(accounts) == len(set(accounts)) == 4
