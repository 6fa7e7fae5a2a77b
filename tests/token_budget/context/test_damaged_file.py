from __future__ import annotations

import sqlite3

from token_budget.context.damaged_file import set_aside_if_damaged


def test_a_sound_file_stays_where_it_is(tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE note (text)")
    assert set_aside_if_damaged(tmp_path / "a.db") is None
    assert (tmp_path / "a.db").exists()


def test_a_damaged_file_goes_with_what_belongs_to_it(tmp_path):
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"a.db{suffix}").write_bytes(b"no database" * 100)
    aside = set_aside_if_damaged(tmp_path / "a.db")
    assert aside.name.startswith("a.db.damaged-")
    assert aside.read_bytes() == b"no database" * 100
    assert not (tmp_path / "a.db").exists()
    assert set_aside_if_damaged(tmp_path / "a.db") is None
