from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa

from tests.processes import exit_codes
from token_budget.context.cache_database import IN_MEMORY, CacheDatabase, cache_url
from token_budget.context.cache_parts import CachePart
from token_budget.errors import StorageUnavailable
from token_budget.storage import Database

TABLES = sa.MetaData()
NOTE = sa.Table("note", TABLES, sa.Column("text", sa.Text, primary_key=True))
PART = CachePart("notes", 1, TABLES)


def write(cache: CacheDatabase, *texts: str) -> None:
    with cache.writing() as connection:
        connection.execute(sa.insert(NOTE), [{"text": text} for text in texts])


def read(cache: CacheDatabase) -> list[str]:
    with cache.reading() as connection:
        return sorted(connection.scalars(sa.select(NOTE.c.text)))


def cache_file(folder):
    return folder / ".token-budget" / "cache.db"


def test_what_is_written_is_there_for_the_next_one_who_opens_it(tmp_path):
    write(CacheDatabase(cache_url(tmp_path), PART), "kept")
    assert read(CacheDatabase(cache_url(tmp_path), PART)) == ["kept"]
    assert (tmp_path / ".token-budget" / ".gitignore").read_text() == "*\n"


def test_a_transaction_that_fails_leaves_nothing(tmp_path):
    cache = CacheDatabase(cache_url(tmp_path), PART)
    with pytest.raises(KeyError), cache.writing() as connection:
        connection.execute(sa.insert(NOTE).values(text="lost"))
        raise KeyError
    assert read(cache) == []


@pytest.mark.parametrize(
    "content", [b"this is no database" * 500, b"SQLite format 3\0" + b"\7" * 9000]
)
def test_a_foreign_file_is_set_aside_and_a_new_cache_begun(tmp_path, content):
    cache_file(tmp_path).parent.mkdir()
    cache_file(tmp_path).write_bytes(content)
    cache = CacheDatabase(cache_url(tmp_path), PART)
    (aside,) = [p for p in cache_file(tmp_path).parent.iterdir() if ".damaged-" in p.name]
    assert aside.read_bytes() == content
    assert len(cache.warnings) == 1
    assert aside.name in cache.warnings[0]
    write(cache, "works")
    assert read(cache) == ["works"]


def test_a_file_that_turns_out_damaged_later_is_set_aside_and_the_work_done_again(tmp_path):
    cache = CacheDatabase(cache_url(tmp_path), PART)
    write(cache, *(f"{number:0200}" for number in range(2_000)))
    cache.close()
    with sqlite3.connect(cache_file(tmp_path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(cache_file(tmp_path).read_bytes())
    content[8 * 4096 :] = b"\xff" * (len(content) - 8 * 4096)
    cache_file(tmp_path).write_bytes(content)
    cache = CacheDatabase(cache_url(tmp_path), PART)
    assert cache.guarded(lambda: read(cache)) == []
    assert "set aside" in " ".join(cache.warnings)


def damage(file):
    """Overwrite what follows the first page of a database."""
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    return file.read_bytes()


def test_a_cache_of_another_name_is_set_aside_too_when_it_is_damaged(tmp_path):
    file = tmp_path / "vectors.db"
    CacheDatabase(f"sqlite:///{file}", PART).close()
    damage(file)
    cache = CacheDatabase(f"sqlite:///{file}", PART)
    assert cache.guarded(lambda: read(cache)) == []
    assert "set aside" in " ".join(cache.warnings)


def test_a_cache_among_the_books_is_refused(tmp_path):
    file = tmp_path / "books.db"
    Database(f"sqlite:///{file}").close()
    cache = CacheDatabase(f"sqlite:///{file}", PART)
    write(cache, "works")
    assert cache.url == IN_MEMORY
    assert "a cache wants a file of its own" in cache.warnings[0]
    with sqlite3.connect(file) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'note'").fetchall()


@pytest.mark.parametrize("name", ["state.db", "anything.db"])
def test_damaged_books_are_never_set_aside(tmp_path, name):
    file = tmp_path / name
    Database(f"sqlite:///{file}").close()
    before = damage(file)
    cache = CacheDatabase(f"sqlite:///{file}", PART)
    write(cache, "works")
    assert cache.url == IN_MEMORY
    assert "kept in memory" in cache.warnings[0]
    assert file.read_bytes() == before
    assert not [one.name for one in tmp_path.iterdir() if ".damaged-" in one.name]


def test_tables_of_another_version_are_made_anew_and_other_parts_stay(tmp_path):
    other = sa.MetaData()
    sa.Table("other", other, sa.Column("text", sa.Text))
    write(CacheDatabase(cache_url(tmp_path), PART), "kept")
    CacheDatabase(cache_url(tmp_path), PART, CachePart("other", 1, other))
    CacheDatabase(cache_url(tmp_path), CachePart("other", 2, other))
    assert read(CacheDatabase(cache_url(tmp_path), PART)) == ["kept"]
    assert read(CacheDatabase(cache_url(tmp_path), CachePart("notes", 2, TABLES))) == []


def test_where_no_file_can_be_made_the_cache_is_in_memory_and_says_so(tmp_path):
    (tmp_path / ".token-budget").write_text("a file in the way")
    cache = CacheDatabase(cache_url(tmp_path), PART)
    write(cache, "works")
    assert read(cache) == ["works"]
    assert cache.url == IN_MEMORY
    assert "kept in memory" in cache.warnings[0]


@pytest.mark.parametrize("url", ["nonsense", "postgresql+psycopg://localhost:1/none"])
def test_a_server_that_cannot_be_reached_and_a_url_that_means_nothing_are_errors(url):
    with pytest.raises(StorageUnavailable):
        CacheDatabase(url, PART)


def write_some(folder, number):
    cache = CacheDatabase(cache_url(folder), PART)
    for one in range(20):
        write(cache, f"{number}-{one}")


def test_many_processes_open_a_damaged_cache_at_once_and_lose_nothing_they_write(tmp_path):
    cache_file(tmp_path).parent.mkdir()
    cache_file(tmp_path).write_bytes(b"this is no database" * 500)
    assert exit_codes(write_some, [(tmp_path, number) for number in range(3)]) == [0, 0, 0]
    assert len(read(CacheDatabase(cache_url(tmp_path), PART))) == 60
