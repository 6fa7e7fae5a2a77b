from __future__ import annotations

import sqlite3
from contextlib import closing
from threading import Timer

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.token_budget.one_table import POSITION, commits, insert, position
from token_budget.errors import StorageUnavailable
from token_budget.storage import Database
from token_budget.storage_driver import committing, execute, use_write_ahead_log
from token_budget.storage_tables import mined_commit

ONE_ROW = sa.insert(mined_commit).values(repository="r", commit="one", body="{}")


def test_a_block_that_commits_has_committed_at_its_end(database):
    with database.writing() as connection:
        with committing(connection):
            connection.execute(ONE_ROW)
        assert commits(database) == ["one"]
    assert commits(database) == ["one"]


def test_a_statement_that_fails_in_a_block_that_commits_undoes_the_transaction(database):
    """A server says so only when the commit was sent."""
    insert(database, "one")
    with (
        pytest.raises(StorageUnavailable, match=r"UNIQUE|unique"),
        database.writing() as connection,
    ):
        connection.execute(sa.insert(mined_commit).values(repository="r", commit="b", body="{}"))
        with committing(connection):
            connection.execute(ONE_ROW)
    assert commits(database) == ["one"]
    insert(database, "two")
    assert sorted(commits(database)) == ["one", "two"]


def test_an_error_in_a_block_that_commits_undoes_the_transaction(database):
    with pytest.raises(KeyError), database.writing() as connection, committing(connection):
        connection.execute(ONE_ROW)
        raise KeyError
    assert commits(database) == []


def test_what_was_committed_is_on_the_disk_of_the_server(on_server):
    for number in range(20):
        with on_server.writing() as connection:
            row = {"repository": "r", "commit": str(number), "body": "{}"}
            connection.execute(sa.insert(mined_commit).values(row))
            written = connection.scalar(POSITION["insert"])
        assert position(on_server, "flush") > written


def test_what_was_found_is_on_the_disk_too_before_anybody_rests_upon_it(on_server, server_url):
    """Another one's transaction may be seen before it is there."""
    plain = sa.make_url(server_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as other:
        for number in range(20):
            other.execute("SET LOCAL synchronous_commit TO off")
            other.execute("INSERT INTO mined_commit VALUES ('r', %s, '')", [str(number)])
            other.commit()
            written = position(on_server, "insert")
            with on_server.writing() as connection:
                assert connection.scalar(sa.select(sa.func.count()).select_from(mined_commit))
            assert position(on_server, "flush") >= written


def test_nothing_is_waited_for_within_a_block_that_commits(on_server):
    """What it locks is not locked for a round trip, though it begins the transaction."""
    with on_server.writing() as connection, committing(connection):
        cursor = execute(connection, "SELECT 7", [])
        assert cursor.pgresult is None
    assert cursor.fetchone() == (7,)


def test_a_statement_is_prepared_once_whatever_its_numbers_are(on_server):
    with on_server.writing() as connection:
        for number in (1, 70_000, 2**40) * 10:
            row = execute(connection, "SELECT $1::BIGINT", [number]).fetchone()
            assert row == (number,)
        text = sa.text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%BIGINT'")
        assert connection.scalar(text) == 1


@pytest.mark.parametrize("way", [Database.writing, Database.entering])
def test_an_error_of_the_driver_is_named_as_sqlalchemy_does(database, way):
    with pytest.raises(StorageUnavailable) as raised, way(database) as connection:
        execute(connection, "SELECT * FROM nowhere", ())
    assert "nowhere" in str(raised.value)
    assert isinstance(raised.value.__cause__, DBAPIError)
    insert(database, "one")
    assert commits(database) == ["one"]


@pytest.fixture
def locked(tmp_path):
    """A file without a write-ahead log that is being written, and a cursor that does not wait."""
    file = tmp_path / "new.db"
    writer = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    with closing(writer), closing(sqlite3.connect(file, timeout=0)) as other:
        writer.execute("BEGIN EXCLUSIVE")
        yield writer, other.cursor()


def test_incident_processes_that_change_a_new_file_at_once_take_turns(locked):
    """SQLite refuses this change without waiting for the other one, whatever its time limit."""
    writer, cursor = locked
    end = Timer(0.05, writer.execute, ("ROLLBACK",))
    end.start()
    use_write_ahead_log(cursor, patience=60)
    end.join()
    assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_stays_locked_is_an_error(locked):
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        use_write_ahead_log(locked[1], patience=0.02)
