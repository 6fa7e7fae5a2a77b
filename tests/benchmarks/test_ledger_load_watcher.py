from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from benchmarks.ledger_load_watcher import check_snapshot, watch, watched
from benchmarks.ledger_load_worker import MODEL, PRICES, Task, amount_of
from token_budget.ledger import Ledger, Limit, Usage
from token_budget.ledger.tables import account
from token_budget.prices import PriceBook

ORGANISATION = "org"


@pytest.fixture
def books(tmp_path):
    """A ledger with a settled round, an unknown one and a lease, under a limit."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with Ledger(url, prices=PriceBook(PRICES)) as ledger:
        ledger.set_limit((ORGANISATION,), Limit(total_tokens=10_000))
        with ledger.reserve((ORGANISATION, "run"), amount_of(3_000, 500)) as held:
            for number in range(2):
                held.sending(number, amount_of(500, 250))
            held.settle(0, Usage(500, 100), model=MODEL)
        ledger.reserve((ORGANISATION, "run"), amount_of(1_000, 500))
        yield ledger


def plant(books, **values):
    """Write figures that the ledger never would, past the checks of the database."""
    with books.database.writing() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        own = account.c.limit_total_tokens.is_not(None)
        connection.execute(sa.update(account).where(own).values(**values))


def test_true_books_have_no_fault(books):
    found = check_snapshot(books.database, ORGANISATION, summing=True)
    assert found == {"violations": 0, "unbalanced": 0}


@pytest.mark.parametrize("summing", [False, True])
def test_a_violation_is_seen(books, summing):
    plant(books, spent_total_tokens=10_001)
    found = check_snapshot(books.database, ORGANISATION, summing=summing)
    assert found["violations"] == 1


def test_a_sum_that_is_not_that_of_the_rounds_is_seen(books):
    plant(books, held_total_tokens=account.c.held_total_tokens - 1)
    found = check_snapshot(books.database, ORGANISATION, summing=True)
    assert found == {"violations": 0, "unbalanced": 1}


def task_of(books, folder, seconds):
    until = time.monotonic() + seconds
    return Task(books.database.url, str(folder), "watcher", until, 0, organisation=ORGANISATION)


def test_the_watcher_says_what_it_saw(books, tmp_path):
    plant(books, spent_total_tokens=10_001)
    task = task_of(books, tmp_path, 0.2)
    watch(task)
    seen = watched(task)
    assert seen["violations"] == seen["snapshots"] > 0


def test_a_watcher_that_died_is_no_success(books, tmp_path):
    with pytest.raises(SystemExit, match="the watcher died"):
        watched(task_of(books, tmp_path, 0))
