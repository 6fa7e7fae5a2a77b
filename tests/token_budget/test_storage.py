from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from estimators.adaptation import Adaptation, Belief
from tests.processes import exit_codes
from tests.token_budget.one_table import commits, insert
from token_budget import storage
from token_budget.errors import SchemaMismatch, StorageUnavailable
from token_budget.estimator_store import EstimatorStore
from token_budget.migrations import SCHEMA_VERSION
from token_budget.storage import Database
from token_budget.storage_place import has_state, state_url
from token_budget.storage_tables import mined_commit, state_origin

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def workspace(tmp_path):
    return tmp_path


@pytest.fixture
def database(workspace):
    opened = Database(state_url(workspace))
    yield opened
    opened.close()


def raw(workspace, statement):
    connection = sqlite3.connect(workspace / ".token-budget" / "state.db")
    with connection:
        found = connection.execute(statement).fetchall()
    connection.close()
    return found


def test_looking_for_a_state_makes_none(workspace):
    assert not has_state(workspace)
    assert not list(workspace.iterdir())


def test_the_schema_is_made_once_and_found_again(workspace, database):
    insert(database, "a")
    again = Database(state_url(workspace))
    assert commits(again) == ["a"]
    again.close()
    assert has_state(workspace)
    assert raw(workspace, "SELECT version FROM token_budget_schema") == [(SCHEMA_VERSION,)]


def test_the_state_is_no_part_of_the_workspaces_history(workspace, database):
    assert (workspace / ".token-budget" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_commits_survive_a_power_cut(database):
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_an_error_undoes_the_whole_transaction(database):
    with pytest.raises(RuntimeError), database.writing() as connection:
        connection.execute(sa.insert(mined_commit), {"repository": "r", "commit": "a", "body": ""})
        raise RuntimeError
    assert commits(database) == []


FIRST_SCHEMA = """
CREATE TABLE token_budget_schema (
    "only" INTEGER NOT NULL, version INTEGER NOT NULL, PRIMARY KEY ("only"));
CREATE TABLE mined_commit (
    repository TEXT NOT NULL, "commit" TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (repository, "commit"));
CREATE TABLE estimator_state (
    output_format TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (output_format));
INSERT INTO token_budget_schema VALUES (1, 1);
INSERT INTO mined_commit VALUES ('r', 'a', '{"row": 1}');
"""
"""What the first version of the schema was."""


@pytest.fixture
def first_version(workspace):
    """A state of the first version, with a mined commit and an adaptation."""
    known = Adaptation({"files": Belief(2.0, 0.5)}, phases=3)
    (workspace / ".token-budget").mkdir()
    connection = sqlite3.connect(workspace / ".token-budget" / "state.db")
    connection.executescript(FIRST_SCHEMA)
    row = ("ndjson", json.dumps(known.as_json()))
    connection.execute("INSERT INTO estimator_state VALUES (?, ?)", row)
    connection.commit()
    connection.close()
    return known


def test_a_state_of_the_first_version_is_migrated_and_keeps_its_contents(workspace, first_version):
    for _ in range(2):
        database = Database(state_url(workspace))
        store = EstimatorStore(database)
        assert store.load() == {"ndjson": first_version}
        assert store.commits("r").get("a") == {"row": 1}
        assert not store.learnt().thinking.records
        assert len(store.origins()) == 1
        database.close()
    assert raw(workspace, "SELECT version FROM token_budget_schema") == [(SCHEMA_VERSION,)]


def test_a_migrated_state_learns_thinking_and_can_be_exported(workspace, first_version):
    database = Database(state_url(workspace))
    store = EstimatorStore(database)
    store.update_thinking(lambda known: known.observe("m", "high", 5))
    assert store.exported().learnt.thinking.records["m", "high"].answers == 1
    assert store.exported().learnt.adaptations == {"ndjson": first_version}
    database.close()


def test_a_migration_that_fails_leaves_the_old_version_whole(workspace, first_version, monkeypatch):
    def broken(connection):
        raise RuntimeError

    monkeypatch.setattr(storage, "MIGRATIONS", (*storage.MIGRATIONS[:2], broken))
    monkeypatch.setattr(storage, "SCHEMA_VERSION", 3)
    with pytest.raises(RuntimeError):
        Database(state_url(workspace))
    assert raw(workspace, "SELECT version FROM token_budget_schema") == [(1,)]
    tables = raw(workspace, "SELECT name FROM sqlite_master WHERE type = 'table'")
    assert ("state_origin",) not in tables
    assert raw(workspace, "SELECT count(*) FROM estimator_state") == [(1,)]


def test_every_database_has_an_origin_of_its_own(workspace, database):
    other = Database(state_url(workspace / "other"))
    origins = []
    for one in (database, other):
        with one.reading() as connection:
            origins += connection.execute(sa.select(state_origin)).all()
    other.close()
    assert [row.own for row in origins] == [True, True]
    assert len({row.origin for row in origins}) == 2


def test_a_newer_schema_is_refused(workspace, database):
    raw(workspace, "UPDATE token_budget_schema SET version = 999")
    with pytest.raises(SchemaMismatch, match="newer release"):
        Database(state_url(workspace))


def test_a_file_that_is_no_database_is_refused_and_left_alone(workspace):
    (workspace / ".token-budget").mkdir()
    path = workspace / ".token-budget" / "state.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageUnavailable, match=r"state\.db"):
        Database(state_url(workspace))
    assert path.read_bytes() == b"this is no database" * 100


def test_a_folder_that_cannot_be_made_is_refused(workspace):
    (workspace / ".token-budget").write_text("a file", encoding="utf-8")
    with pytest.raises(StorageUnavailable):
        Database(state_url(workspace))


def test_a_full_disk_is_an_error_and_nothing_is_lost(database):
    insert(database, "a")
    with pytest.raises(StorageUnavailable, match="full"), database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        row = {"repository": "r", "commit": "b", "body": "x" * 10**6}
        connection.execute(sa.insert(mined_commit), row)
    assert commits(database) == ["a"]


def test_a_password_is_never_shown():
    with pytest.raises(StorageUnavailable) as error:
        Database("postgresql+nodriver://user:secret@127.0.0.1:1/x")
    assert "secret" not in str(error.value)


def _open_and_insert(url, commit):
    database = Database(url)
    insert(database, commit)
    database.close()


def test_processes_that_open_it_at_once_take_turns(workspace):
    names = [f"c{number}" for number in range(4)]
    arguments = [(state_url(workspace), name) for name in names]
    assert exit_codes(_open_and_insert, arguments) == [0] * 4
    database = Database(state_url(workspace))
    assert sorted(commits(database)) == names
    database.close()


WRITER = """
import sys
import sqlalchemy as sa
from tests.processes import exit_codes
from token_budget.storage import Database
from token_budget.storage_tables import mined_commit
database = Database(sys.argv[1])
for lot in range(10_000):
    rows = [{"repository": "r", "commit": f"{lot} {n}", "body": "x" * 2000} for n in range(50)]
    with database.writing() as connection:
        connection.execute(sa.insert(mined_commit), rows)
    print(lot, flush=True)
"""


@pytest.mark.parametrize("lots", [1, 3, 7])
def test_a_writer_that_is_killed_leaves_whole_transactions(workspace, lots):
    url = state_url(workspace)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    done = [writer.stdout.readline().strip() for _ in range(lots)]
    time.sleep(0.003 * lots)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    database = Database(url)
    kept = [commit.split()[0] for commit in commits(database)]
    database.close()
    assert set(done) <= set(kept)
    assert {kept.count(lot) for lot in set(kept)} == {50}
