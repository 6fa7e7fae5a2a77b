"""What only a server can do: go away, come back, and undo one of two transactions."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from functools import partial

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from token_budget import storage
from token_budget.errors import BudgetExhausted, LedgerUnavailable, StorageUnavailable
from token_budget.ledger import Amount, Ledger, Limit, Usage
from token_budget.ledger.books import Books
from token_budget.ledger.clocks import ServerClock, clock_for

MODEL = "claude-opus-5-5"


@pytest.fixture(scope="module")
def own_server(start_server, server_folder):
    """A server that tests may stop and start."""
    server = start_server(server_folder / "own")
    yield server
    server.cleanup()


@pytest.fixture
def own_url(own_server, empty_database):
    """Its database, with nothing in it."""
    own_server.ensure_postgres_running()
    return empty_database(own_server)


@pytest.fixture
def url(empty_database, server):
    return empty_database(server)


def away(server, seconds):
    """Stop a server, and start it again some seconds later, in the background."""
    server.stop()
    thread = threading.Timer(seconds, server.ensure_postgres_running)
    thread.start()
    return thread


def test_a_server_that_restarts_is_waited_for_and_the_books_balance(own_server, own_url):
    with Ledger(own_url) as ledger:
        ledger.set_limit((), Limit(total_tokens=1000))
        reservation = ledger.reserve(("a",), Amount(10, 100), sending=1)
        back = away(own_server, 1.0)
        settled = reservation.settle(1, Usage(20, 5), model=MODEL)
        ledger.reserve(("b",), Amount(10, 975))
        back.join()
        statement = ledger.statement()
        assert statement.spent.total_tokens == settled.spent.total_tokens == 25
        assert statement.held.total_tokens == 975
        with pytest.raises(BudgetExhausted):
            ledger.reserve(("c",), Amount(1, 1))


@pytest.mark.parametrize("noticed", ["at once", "with the commit"])
def test_a_server_that_restarts_in_mid_transaction_undoes_it_and_it_is_done_again(
    own_server, own_url, noticed
):
    books = Books(own_url)
    ledger = Ledger(books.database)
    reservation = ledger.reserve(("a",), Amount(10, 100), sending=1)
    threads = []

    def restart(connection, settled):
        if not threads:
            threads.append(away(own_server, 0.5))
            if noticed == "at once":
                connection.exec_driver_sql("SELECT 1")

    reservation.settle(1, Usage(20, 5), model=MODEL, alongside=restart)
    threads[0].join()
    assert ledger.statement().by_kind["rounds"] == 1
    assert ledger.statement().spent.total_tokens == 25
    assert not ledger.statement().held
    books.close()


def test_a_server_that_stays_away_is_a_typed_error_and_nothing_is_entered(own_server, own_url):
    with Ledger(own_url, patience=0.3) as ledger:
        reservation = ledger.reserve(("a",), Amount(10, 100), sending=1)
        own_server.stop()
        with pytest.raises(LedgerUnavailable, match="postgresql"):
            reservation.settle(1, Usage(20, 5), model=MODEL)
        own_server.ensure_postgres_running()
        assert ledger.statement().held.total_tokens == 100
        reservation.settle(1, Usage(20, 5), model=MODEL)
        assert ledger.statement().spent.total_tokens == 25


def lost_after_commit(ledger, monkeypatch):
    """Let the next transaction be taken, and its caller be told that the connection was lost."""
    database, lost = ledger.database, []

    class Once:
        def __init__(self, way):
            self.inner = way()

        def __enter__(self):
            return self.inner.__enter__()

        def __exit__(self, *error):
            self.inner.__exit__(*error)
            if not lost and error[0] is None:
                lost.append(True)
                cause = DBAPIError("COMMIT", {}, psycopg.OperationalError("lost"))
                cause.connection_invalidated = True
                raise StorageUnavailable(database.shown, "lost") from cause

    for way in ("writing", "entering"):
        monkeypatch.setattr(database, way, partial(Once, getattr(database, way)))
    return lost


@pytest.mark.parametrize(
    "entry", ["reserve", "grow", "sending", "settle", "settle at once", "release", "reclaim"]
)
def test_an_entry_that_was_taken_but_seemed_lost_is_not_made_twice(url, monkeypatch, entry):
    now = [1_800_000_000.0]
    ledger = Ledger(url, clock=lambda: now[0])
    announced = 1 if entry == "settle at once" else None
    reservation = ledger.reserve(("a",), Amount(10, 100, 10**6), sending=announced)
    if entry == "reclaim":
        now[0] += 1000
    lost = lost_after_commit(ledger, monkeypatch)
    entries = {
        "reserve": lambda: ledger.reserve(("b",), Amount(10, 100), sending=1),
        "grow": lambda: reservation.grow(Amount(10, 100)),
        "sending": lambda: reservation.sending(1, Amount(20, 200)),
        "settle": lambda: reservation.settle(1, Usage(20, 5), model=MODEL),
        "release": reservation.release,
        "reclaim": ledger.reclaim,
    }
    entries["settle at once"] = entries["settle"]
    entries[entry]()
    assert lost
    statement = ledger.statement()
    taken = (statement.held.total_tokens, statement.spent.total_tokens)
    expected = {"reserve": 200, "grow": 200, "sending": 200}
    assert taken == ((0, 25) if entry.startswith("settle") else (expected.get(entry, 0), 0))
    ledger.close()


def test_transactions_that_the_server_sets_against_each_other_both_succeed(url):
    """Two threads that lock the accounts of two limits in the opposite order."""
    with Ledger(url) as ledger, Ledger(url) as other:
        errors = []

        def work(one, name):
            try:
                for number in range(30):
                    one.set_limit((name,), Limit(total_tokens=10_000 + number))
                    one.reserve((name, "x"), Amount(1, 1), sending=number).settle(
                        number, Usage(1, 0), model=MODEL
                    )
            except Exception as error:  # noqa: BLE001 - whatever it is fails the test
                errors.append(error)

        threads = [
            threading.Thread(target=work, args=pair) for pair in ((ledger, "a"), (other, "b"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors
        assert ledger.statement().spent.total_tokens == 60


def test_what_is_entered_alongside_keeps_nobody_waiting(url):
    """Accounts are locked after it: all want the root's."""
    with Ledger(url) as ledger, Ledger(url) as other:
        reservation = ledger.reserve(("a",), Amount(10, 100, micro_usd=10**6), sending=1)
        waiting = []

        def alongside(_connection, _settled):
            thread = threading.Thread(target=lambda: other.reserve(("b",), Amount(10, 100)))
            thread.start()
            thread.join(10)
            waiting.append(thread.is_alive())

        reservation.settle(1, Usage(20, 5), model=MODEL, alongside=alongside)
        assert waiting == [False]
        assert ledger.statement().held.total_tokens == 100


def test_a_period_is_limited_while_a_round_is_settled(url):
    """A settlement locks its lease, then accounts; so does who makes a period."""
    day = datetime.fromtimestamp(1_800_000_000, UTC).date()
    with Ledger(url, clock=lambda: 1_800_000_000.0) as ledger, Ledger(url) as other:
        reservation = ledger.reserve(("a",), Amount(10, 100, micro_usd=10**6), sending=1)
        threads, entered = [], []

        def limit_the_day():
            other.set_limit((), Limit.daily(day, total_tokens=1000))

        def alongside(connection, _settled):
            # Sooner than the server finds a deadlock, and undoes one of the two.
            connection.exec_driver_sql("SET LOCAL lock_timeout = '500ms'")
            entered.append(True)
            threads.append(threading.Thread(target=limit_the_day))
            threads[-1].start()
            time.sleep(0.2)

        reservation.settle(1, Usage(20, 5), model=MODEL, alongside=alongside)
        threads[0].join()
        assert entered == [True]
        [state] = ledger.statement().limits
        assert (state.spent.total_tokens, state.held.total_tokens) == (25, 0)


def test_an_idle_connection_that_was_lost_is_replaced(own_server, own_url, monkeypatch):
    monkeypatch.setattr(storage, "IDLE_SECONDS", 0.0)
    database = storage.Database(own_url)
    own_server.stop()
    own_server.ensure_postgres_running()
    with database.reading() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1
    database.close()


def test_leases_are_measured_by_the_servers_clock(url):
    books = Books(url)
    clock = clock_for(books)
    assert isinstance(clock, ServerClock)
    first, second = clock(), clock()
    assert second >= first
    with books.database.reading() as connection:
        said = connection.scalar(sa.text("SELECT extract(epoch FROM clock_timestamp())"))
    assert abs(float(said) - first) < 5
    books.close()


def test_a_machines_clock_that_is_set_back_does_not_matter(url, monkeypatch):
    books = Books(url)
    clock = clock_for(books)
    before = clock()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert clock() >= before
    books.close()
