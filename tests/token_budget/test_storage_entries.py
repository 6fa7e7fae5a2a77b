from __future__ import annotations

import contextlib

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect

from tests.token_budget.one_table import commits, insert, position
from token_budget.errors import StorageUnavailable
from token_budget.storage import Database
from token_budget.storage_driver import RELEASED_EARLY, execute

INSERT = "INSERT INTO mined_commit VALUES ('r', 'one', '{}')"


def test_an_entry_is_committed_at_the_end_of_its_block(database):
    with database.entering() as transaction:
        execute(transaction, INSERT, ())
    assert commits(database) == ["one"]


def test_an_error_undoes_an_entry_of_sqlite(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")
    with pytest.raises(KeyError), database.entering() as transaction:
        execute(transaction, INSERT, ())
        raise KeyError
    assert commits(database) == []
    database.close()


def test_on_a_server_each_statement_of_an_entry_is_a_transaction(on_server):
    with on_server.entering() as transaction:
        execute(transaction, INSERT, ())
        assert commits(on_server) == ["one"]


def test_what_was_entered_is_on_the_disk_of_the_server(on_server):
    column = RELEASED_EARLY.compile(dialect=psycopg_dialect.dialect())
    for number in range(20):
        text = f"WITH made AS (INSERT INTO mined_commit VALUES ('r', '{number}', '') RETURNING *)"
        with on_server.entering() as transaction:
            execute(transaction, f"{text} SELECT {column} FROM made", ()).fetchone()
            written = position(on_server, "insert")
            assert position(on_server, "flush") >= written


def test_an_entry_leaves_a_connection_whose_errors_undo_transactions(on_server):
    """Those of the driver begin by themselves again."""
    with on_server.entering() as transaction:
        execute(transaction, "SELECT 1", ())
    with pytest.raises(KeyError), on_server.writing() as connection:
        execute(connection, INSERT, ())
        raise KeyError
    assert commits(on_server) == []


@pytest.mark.parametrize("end", ["close", "break"])
def test_a_connection_that_an_entry_lost_leaves_the_pool(on_server, end):
    with pytest.raises(StorageUnavailable) as raised, on_server.entering() as transaction:
        driver = transaction.connection.driver_connection
        if end == "close":
            driver.close()
        else:
            execute(transaction, "SELECT pg_terminate_backend(pg_backend_pid())", ())
        execute(transaction, INSERT, ())
    assert raised.value.__cause__.connection_invalidated
    assert commits(on_server) == []


def test_a_server_that_is_not_there_is_named_as_sqlalchemy_does(on_server, monkeypatch):
    def refuse(*_arguments, **_settings):
        raise psycopg.OperationalError("nobody listens")

    monkeypatch.setattr(psycopg, "connect", refuse)
    monkeypatch.setattr(psycopg.Connection, "connect", refuse)
    on_server.close()
    with pytest.raises(StorageUnavailable, match="nobody listens"), on_server.entering():
        pass


def test_an_entry_that_is_broken_off_in_the_middle_of_an_answer_leaves_the_pool(on_server):
    with pytest.raises(KeyboardInterrupt), on_server.entering() as transaction:
        driver = transaction.connection.driver_connection
        driver.pgconn.send_query(b"SELECT pg_sleep(30)")
        raise KeyboardInterrupt
    assert driver.closed
    insert(on_server, "one")
    assert commits(on_server) == ["one"]


def test_a_connection_is_kept_between_entries_and_given_back_at_the_end(database):
    pool = database._writer.pool
    for _ in range(3):
        with database.entering() as transaction:
            execute(transaction, "SELECT 1", ())
        assert pool.checkedout() == 1
    database.close()
    assert pool.checkedout() == 0


def test_entries_of_many_threads_leave_connections_for_everybody(on_server):
    """The pool has fifteen."""
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(on_server.entering())
    assert on_server._writer.pool.checkedout() == 1


@pytest.mark.parametrize("noticed", ["by the driver", "in the block", "when it is used"])
def test_a_kept_connection_that_was_lost_is_replaced(on_server, noticed):
    with on_server.entering() as transaction:
        driver = transaction.connection.driver_connection
        if noticed == "in the block":
            driver.close()
        number = None if driver.closed else driver.info.backend_pid
    if noticed == "by the driver":
        driver.close()
    if noticed == "when it is used":
        with on_server.reading() as connection:
            connection.execute(sa.select(sa.func.pg_terminate_backend(number)))
    if noticed != "in the block":
        with (
            pytest.raises(StorageUnavailable) as raised,
            on_server.entering() as transaction,
        ):
            execute(transaction, INSERT, ())
        assert raised.value.__cause__.connection_invalidated
    with on_server.entering() as transaction:
        execute(transaction, INSERT, ())
    assert commits(on_server) == ["one"]
