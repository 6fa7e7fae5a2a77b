from __future__ import annotations

import shutil
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.processes import exit_codes
from token_budget import storage
from token_budget.errors import LedgerUnavailable, SchemaMismatch
from token_budget.estimator_store import EstimatorStore
from token_budget.ledger import Amount, Ledger, Limit, Usage
from token_budget.ledger.tables import identity, reservation, round_
from token_budget.storage import Database
from token_budget.storage_driver import execute
from token_budget.storage_place import state_url
from token_budget.storage_tables import schema_version

MODEL = "claude-opus-5-5"
SPENT = Amount(10, 30, calls=1)
LIMIT = Limit(total_tokens=1000)


def test_the_books_are_found_again(open_ledger):
    first = open_ledger()
    first.set_limit((), LIMIT)
    first.reserve(("a",), Amount(10, 30)).settle(1, Usage(20, 10), model=MODEL)
    again = open_ledger()
    assert again.identity == first.identity
    assert again.statement() == first.statement()
    assert again.limits() == (LIMIT,)


def laid_out_as_before(connection):
    """Give the rows of the books the keys and trees that earlier releases gave them."""
    for now in (reservation, round_):
        before = sa.MetaData()
        keys = {"id"} if now is reservation else {"scope", "round"}
        columns = [
            sa.Column(one.name, one.type, primary_key=one.name in keys, nullable=one.nullable,
                      server_default=one.server_default and one.server_default.arg)
            for one in now.c
        ]  # fmt: skip
        now.drop(connection)
        sa.Table(now.name, before, *columns).create(connection)
        connection.exec_driver_sql(f"CREATE INDEX {now.name}_by_scope ON {now.name} (scope)")


def test_books_that_an_earlier_release_laid_out_otherwise_are_used_as_they_are(url, clock):
    database = Database(url)
    with database.writing() as connection:
        laid_out_as_before(connection)
    ledger = Ledger(database, clock=clock)
    ledger.set_limit(("run",), LIMIT)
    kept, lost = (ledger.reserve(("run", name), Amount(10, 30), ttl=60) for name in "ab")
    kept.sending(1)
    lost.sending(1)
    kept.settle(1, Usage(20, 10), model=MODEL)
    clock.advance(61)
    assert ledger.reclaim() == 2
    assert [one.scope for one in ledger.unknown_rounds(("run",))] == [("run", "b")]
    ledger.set_limit(("run",), Limit.daily(datetime.fromtimestamp(clock(), UTC).date(), calls=9))
    [_, period] = ledger.statement(("run",)).limits
    assert (period.spent.total_tokens, period.unknown.total_tokens) == (30, 30)
    database.close()


def test_an_open_database_can_be_used_and_is_left_open(url):
    database = Database(url)
    with Ledger(database) as ledger:
        ledger.reserve(("a",), Amount(1, 1))
    assert Ledger(database).statement().held == Amount(1, 1, 0, 1)
    database.close()


def test_books_that_a_newer_release_wrote_are_refused(url):
    with Ledger(url) as ledger, ledger.database.writing() as connection:
        connection.execute(sa.update(schema_version).values(version=999))
    with pytest.raises(SchemaMismatch, match="newer release"):
        Ledger(url)


def test_a_database_that_comes_back_with_other_books_is_refused(ledger):
    ledger.reserve(("a",), Amount(1, 1))
    with ledger.database.writing() as connection:
        connection.execute(sa.update(identity).values(identity="another"))
    ledger.database.close()
    for use in (lambda: ledger.reserve(("a",), Amount(1, 1)), ledger.statement):
        with pytest.raises(LedgerUnavailable, match="not the ledger that was opened"):
            use()


def _open(url):
    with Ledger(url) as ledger:
        ledger.reserve(("a",), Amount(1, 1))


def test_processes_that_make_the_books_at_once_make_them_once(url):
    assert exit_codes(_open, [(url,)] * 3) == [0] * 3
    with Ledger(url) as ledger:
        assert ledger.statement().held == Amount(3, 3, 0, 3)


def test_a_server_that_never_was_is_a_typed_error():
    with pytest.raises(LedgerUnavailable, match="postgresql"):
        Ledger("postgresql+psycopg://nobody:secret@127.0.0.1:1/none", patience=0.1)


@pytest.fixture
def used(tmp_path):
    """The workspace of a ledger in which something was spent, and which is closed."""
    with Ledger.of_workspace(tmp_path) as ledger:
        ledger.set_limit((), LIMIT)
        ledger.reserve(("a",), Amount(10, 30)).settle(1, Usage(20, 10), model=MODEL)
    return tmp_path


@pytest.fixture
def opened(used):
    with Ledger.of_workspace(used) as ledger:
        yield ledger


def file_of(workspace):
    return workspace / ".token-budget" / "state.db"


def remove(workspace):
    for file in file_of(workspace).parent.glob("state.db*"):
        if file.suffix != ".ledger":
            file.unlink()


def uses(ledger):
    return [
        lambda: ledger.reserve(("b",), Amount(1, 1)),
        lambda: ledger.set_limit((), LIMIT),
        lambda: ledger.remaining(()),
        lambda: ledger.guard(()),
        ledger.statement,
    ]


def check_unavailable(ledger, match):
    for use in uses(ledger):
        with pytest.raises(LedgerUnavailable, match=match):
            use()


def test_a_ledger_that_is_deleted_while_in_use_is_unavailable(used, opened):
    reservation = opened.reserve(("b",), Amount(5, 10))
    remove(used)
    check_unavailable(opened, "deleted or replaced")
    with pytest.raises(LedgerUnavailable):
        reservation.sending(1)
    with pytest.raises(LedgerUnavailable):
        reservation.settle(1, Usage(1, 1), model=MODEL)
    assert not file_of(used).exists()


def test_a_ledger_that_is_replaced_while_in_use_is_unavailable(used, opened, tmp_path):
    copy = tmp_path / "copy.db"
    shutil.copy(file_of(used), copy)
    copy.replace(file_of(used))
    check_unavailable(opened, "deleted or replaced")


def test_a_ledger_that_was_deleted_is_not_replaced_by_empty_books(used):
    remove(used)
    with pytest.raises(LedgerUnavailable, match="the ledger that was here is gone: restore it"):
        Ledger.of_workspace(used)
    assert not file_of(used).exists()


def test_other_state_in_the_place_of_a_deleted_ledger_is_no_ledger(used):
    remove(used)
    database = Database(state_url(used))
    EstimatorStore(database).update_thinking(lambda known: known.observe("m", "high", 5))
    for source in (state_url(used), database):
        with pytest.raises(LedgerUnavailable, match="not the ledger that was here"):
            Ledger(source)
    database.close()


def test_an_emptied_file_is_no_ledger(used):
    remove(used)
    file_of(used).touch()
    with pytest.raises(LedgerUnavailable, match="cannot be read"):
        Ledger.of_workspace(used)
    assert file_of(used).stat().st_size == 0


def test_who_removes_the_marker_too_starts_with_empty_books(used):
    remove(used)
    file_of(used).with_name("state.db.ledger").unlink()
    with Ledger.of_workspace(used) as ledger:
        assert not ledger.statement().spent


def test_a_ledger_that_lost_its_marker_gets_it_back(used):
    marker = file_of(used).with_name("state.db.ledger")
    text = marker.read_text(encoding="utf-8")
    marker.unlink()
    with Ledger.of_workspace(used) as ledger:
        assert ledger.statement().spent.calls == 1
    assert marker.read_text(encoding="utf-8") == text


def test_a_restored_copy_is_the_ledger_that_was_here(used, tmp_path):
    shutil.copy(file_of(used), tmp_path / "backup.db")
    remove(used)
    shutil.copy(tmp_path / "backup.db", file_of(used))
    with Ledger.of_workspace(used) as ledger:
        assert ledger.statement().spent.calls == 1


@pytest.mark.parametrize("first", [0, 4096])
def test_a_corrupt_ledger_is_unavailable_and_left_as_it_is(used, first):
    size = file_of(used).stat().st_size
    with file_of(used).open("r+b") as file:
        file.seek(first)
        file.write(b"\xa5" * (size - first))
    content = file_of(used).read_bytes()
    with pytest.raises(LedgerUnavailable, match=r"state\.db"), Ledger.of_workspace(used) as ledger:
        ledger.reserve(("b",), Amount(1, 1))
    assert file_of(used).read_bytes() == content


def test_a_ledger_that_is_corrupted_while_in_use_is_unavailable(used, opened):
    opened.reserve(("b",), Amount(1, 1))
    opened.database.close()
    for suffix in ("-wal", "-shm"):
        Path(f"{file_of(used)}{suffix}").unlink(missing_ok=True)
    with file_of(used).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (file_of(used).stat().st_size - 4096))
    check_unavailable(opened, "malformed|not a database|corrupt")


def test_a_ledger_that_another_process_locks_is_unavailable(used, monkeypatch):
    monkeypatch.setattr(storage, "BUSY_TIMEOUT_SECONDS", 0.1)
    other = sqlite3.connect(file_of(used), isolation_level=None)
    with Ledger.of_workspace(used) as ledger:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable, match="locked"):
            ledger.reserve(("b",), Amount(1, 1))
        assert ledger.remaining(()).spent == 30
        other.execute("ROLLBACK")
        ledger.reserve(("b",), Amount(1, 1))
    other.close()


def test_a_ledger_that_is_locked_for_a_moment_is_waited_for(used, opened):
    other = sqlite3.connect(file_of(used), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
    release.start()
    opened.reserve(("b",), Amount(1, 1))
    release.join()
    other.close()


def set_on_each_connection(database, pragma):
    """SQLite keeps these settings for each connection."""
    with database.reading() as connection, database.entering() as entry:
        connection.exec_driver_sql(f"PRAGMA {pragma}")
        execute(entry, f"PRAGMA {pragma}", ())


def test_a_read_only_ledger_can_be_read_and_not_written(opened):
    set_on_each_connection(opened.database, "query_only = ON")
    with pytest.raises(LedgerUnavailable, match="readonly"):
        opened.reserve(("b",), Amount(1, 1))
    assert opened.statement().spent.calls == 1


def test_a_full_ledger_is_unavailable_and_its_books_balance(opened):
    set_on_each_connection(opened.database, "max_page_count = 1")
    made = 0
    with pytest.raises(LedgerUnavailable, match="full"):
        for number in range(10_000):
            opened.reserve(("b", f"attempt {number}"), Amount(0, 1), sending=1)
            made += 1
    assert opened.statement().held.total_tokens == made
    set_on_each_connection(opened.database, "max_page_count = 1000000")
    opened.reserve(("b", "one more"), Amount(0, 1))
