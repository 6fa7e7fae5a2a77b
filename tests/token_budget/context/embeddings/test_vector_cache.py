from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from tests.processes import exit_codes
from token_budget.context.cache_database import CacheDatabase, cache_url
from token_budget.context.embeddings.texts import digest_of
from token_budget.context.embeddings.vector_cache import TOUCH_SECONDS, VectorCache
from token_budget.context.embeddings.vector_rows import ROW_BYTES, Space
from token_budget.context.embeddings.vector_tables import (
    EMBEDDING_PART,
    embedding_space,
    embedding_vector,
)
from token_budget.context.errors import BadVectors
from token_budget.errors import ConfigError, StorageUnavailable

ROOT = Path(__file__).resolve().parents[4]
SPACE = Space("model", "1", 8, "document")
HALF = 8 * 2 + ROW_BYTES


class Clock:
    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


def digests(*texts):
    return [digest_of(text) for text in texts]


def vectors(number, seed=0, dimension=8):
    rows = np.random.default_rng(seed).standard_normal((number, dimension))
    return (rows / np.linalg.norm(rows, axis=1)[:, None]).astype(np.float32)


def count(database):
    with database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(embedding_vector))


def raw_bytes(database):
    with database.reading() as connection:
        lengths = connection.scalars(sa.select(sa.func.length(embedding_vector.c.vector))).all()
    return sum(lengths) + ROW_BYTES * len(lengths)


def test_what_was_stored_is_found_in_the_order_that_is_asked(cache):
    made = vectors(3)
    cache.store(SPACE, digests("a", "b", "c"), made)
    found, here = cache.look_up(SPACE, digests("c", "x", "a"))
    assert here.tolist() == [True, False, True]
    assert found[[0, 2]] == pytest.approx(made[[2, 0]], abs=1e-3)
    assert not found[1].any()


def test_nothing_is_found_in_an_empty_cache_or_for_no_texts(cache):
    assert not cache.look_up(SPACE, digests("a"))[1].any()
    cache.store(SPACE, [], np.zeros((0, 8), dtype=np.float32))
    found, here = cache.look_up(SPACE, [])
    assert (found.shape, here.shape) == ((0, 8), (0,))
    assert cache.size() == 0


@pytest.mark.parametrize(
    "other",
    [
        Space("other", "1", 8, "document"),
        Space("model", "2", 8, "document"),
        Space("model", "1", 8, "query"),
        Space("model", "1", 4, "document"),
    ],
)
def test_every_part_of_the_key_counts(cache, other):
    cache.store(SPACE, digests("a"), vectors(1))
    assert not cache.look_up(other, digests("a"))[1].any()
    mine = vectors(1, seed=1, dimension=other.dimension)
    cache.store(other, digests("a"), mine)
    assert cache.look_up(other, digests("a"))[0] == pytest.approx(mine, abs=1e-3)
    assert cache.look_up(SPACE, digests("a"))[0] == pytest.approx(vectors(1), abs=1e-3)


def test_both_precisions_can_be_read_from_one_cache(database):
    half, whole = VectorCache(database), VectorCache(database, precision="float32")
    made = vectors(2)
    half.store(SPACE, digests("a"), made[:1])
    whole.store(SPACE, digests("b"), made[1:])
    for cache in (half, whole):
        found, here = cache.look_up(SPACE, digests("a", "b"))
        assert here.all()
        assert found[0] == pytest.approx(made[0], abs=1e-3)
        assert found[1] == pytest.approx(made[1], abs=1e-7)
    assert half.size() == raw_bytes(database) == 2 * 8 + 4 * 8 + 2 * ROW_BYTES


def test_large_batches_are_stored_and_found(cache):
    names, made = digests(*map(str, range(1_234))), vectors(1_234)
    cache.store(SPACE, names, made)
    found, here = cache.look_up(SPACE, names[::-1])
    assert here.all()
    assert found[::-1] == pytest.approx(made, abs=1e-3)


@pytest.mark.parametrize(
    "bad", [np.zeros((2, 8)), np.full((2, 8), np.nan), np.ones((2, 7)), np.ones((1, 8))]
)
def test_what_is_no_vector_is_never_stored(cache, database, bad):
    with pytest.raises(BadVectors):
        cache.store(SPACE, digests("a", "b"), bad)
    assert count(database) == 0


def test_storing_again_changes_nothing(cache, database):
    cache.store(SPACE, digests("a"), vectors(1))
    cache.store(SPACE, digests("a", "b"), vectors(2, seed=1))
    assert cache.look_up(SPACE, digests("a"))[0] == pytest.approx(vectors(1), abs=1e-3)
    assert (count(database), cache.size()) == (2, 2 * HALF)


def test_the_least_recently_used_are_evicted_first(database):
    clock = Clock()
    cache = VectorCache(database, maximum_bytes=10 * HALF, clock=clock)
    for number in range(10):
        clock.now += TOUCH_SECONDS
        cache.store(SPACE, digests(str(number)), vectors(1))
    clock.now += TOUCH_SECONDS
    cache.look_up(SPACE, digests("0", "1"))
    cache.store(SPACE, digests("10"), vectors(1))
    _, here = cache.look_up(SPACE, digests(*map(str, range(11))))
    assert here.tolist() == [True, True, False, False, *[True] * 7]
    assert cache.size() == raw_bytes(database) == 9 * HALF


def test_the_bound_holds_whatever_is_stored(database):
    cache = VectorCache(database, maximum_bytes=20 * HALF)
    for lot in range(12):
        names = digests(*(f"{lot} {number}" for number in range(lot * 7)))
        cache.store(SPACE, names, vectors(len(names), seed=lot))
        assert cache.size() == raw_bytes(database) <= 20 * HALF


def test_a_cache_of_no_bytes_keeps_nothing(database):
    cache = VectorCache(database, maximum_bytes=0)
    cache.store(SPACE, digests("a", "b"), vectors(2))
    assert count(database) == cache.size() == 0


@pytest.mark.parametrize("vector", [b"", b"\0" * 16, b"\xff" * 16, b"\x3c" * 17])
def test_a_damaged_row_is_a_miss_and_makes_room(cache, database, vector):
    cache.store(SPACE, digests("a", "b"), vectors(2))
    with database.writing() as connection:
        damaged = sa.update(embedding_vector).where(embedding_vector.c.sha256 == digest_of("a"))
        connection.execute(damaged.values(vector=vector))
    assert cache.look_up(SPACE, digests("a", "b"))[1].tolist() == [False, True]
    assert count(database) == 1
    cache.store(SPACE, digests("a"), vectors(1))
    assert cache.look_up(SPACE, digests("a"))[0] == pytest.approx(vectors(1), abs=1e-3)


def test_the_key_can_be_read_from_the_tables(cache, database):
    cache.store(SPACE, digests("a"), vectors(1))
    with database.reading() as connection:
        [space] = connection.execute(sa.select(embedding_space)).all()
        [row] = connection.execute(sa.select(embedding_vector)).all()
    assert tuple(space)[1:] == ("model", "1", 8, "document")
    assert (row.space, bytes(row.sha256)) == (space.id, digest_of("a"))


@pytest.mark.parametrize("settings", [{"precision": "int8"}, {"maximum_bytes": -1}])
def test_settings_that_cannot_work_are_refused(database, settings):
    with pytest.raises(ConfigError, match=next(iter(settings))):
        VectorCache(database, **settings)


def _store_lots(url, seed):
    database = CacheDatabase(url, EMBEDDING_PART)
    cache, order = VectorCache(database, maximum_bytes=150 * HALF), np.random.default_rng(seed)
    for _ in range(15):
        names = digests(*map(str, order.permutation(200)[:40]))
        cache.store(SPACE, names, vectors(40))
        cache.look_up(SPACE, names)
    database.close()


def test_many_processes_share_one_cache(url):
    assert exit_codes(_store_lots, [(url, seed) for seed in range(3)]) == [0] * 3
    database = CacheDatabase(url, EMBEDDING_PART)
    cache = VectorCache(database)
    assert cache.size() == raw_bytes(database) <= 150 * HALF
    assert count(database) > 100
    database.close()


WRITER = """
import sys
import numpy as np
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.embeddings.texts import digest_of
from token_budget.context.embeddings.vector_cache import VectorCache
from token_budget.context.embeddings.vector_rows import Space
from token_budget.context.embeddings.vector_tables import EMBEDDING_PART
cache = VectorCache(CacheDatabase(sys.argv[1], EMBEDDING_PART))
for lot in range(10_000):
    names = [digest_of(f"{lot} {number}") for number in range(50)]
    cache.store(Space("model", "1", 8, "document"), names, np.ones((50, 8), dtype=np.float32))
    print(lot, flush=True)
"""


@pytest.mark.parametrize("lots", [1, 4])
def test_a_writer_that_is_killed_leaves_whole_batches(tmp_path, lots):
    url = cache_url(tmp_path)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    done = [int(writer.stdout.readline()) for _ in range(lots)]
    time.sleep(0.003 * lots)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    database = CacheDatabase(url, EMBEDDING_PART)
    cache = VectorCache(database)
    for lot in range(done[-1] + 3):
        here = cache.look_up(SPACE, digests(*(f"{lot} {number}" for number in range(50))))[1]
        assert here.all() if lot in done else here.all() or not here.any()
    assert cache.size() == raw_bytes(database)
    assert database.warnings == []
    database.close()


def test_a_damaged_file_is_set_aside_while_it_is_used(tmp_path):
    url = cache_url(tmp_path)
    file = tmp_path / ".token-budget" / "cache.db"
    database = CacheDatabase(url, EMBEDDING_PART)
    VectorCache(database).store(SPACE, digests("a"), vectors(1))
    database.close()
    file.write_bytes(b"this is no database" * 1_000)
    database = CacheDatabase(url, EMBEDDING_PART)
    cache = VectorCache(database)
    assert not cache.look_up(SPACE, digests("a"))[1].any()
    cache.store(SPACE, digests("a"), vectors(1))
    assert cache.look_up(SPACE, digests("a"))[1].all()
    [warning] = database.warnings
    assert "set aside" in warning
    assert len(list(file.parent.glob("cache.db.damaged-*"))) == 1
    database.close()


def test_a_server_that_is_gone_is_an_error(start_server, server_folder):
    server = start_server(server_folder / "cache-that-goes")
    database = CacheDatabase(server.get_uri(driver="psycopg"), EMBEDDING_PART)
    cache = VectorCache(database)
    cache.store(SPACE, digests("a"), vectors(1))
    database.close()
    server.cleanup()
    with pytest.raises(StorageUnavailable):
        cache.look_up(SPACE, digests("a"))
    with pytest.raises(StorageUnavailable):
        cache.store(SPACE, digests("b"), vectors(1))


def test_a_cache_is_opened_by_its_url(url):
    first, again = VectorCache.opened(url), VectorCache.opened(url, precision="float32")
    first.store(SPACE, digests("a"), vectors(1))
    assert again.look_up(SPACE, digests("a"))[1].all()
    assert again.database.warnings == []
    for cache in (first, again):
        cache.database.close()


def test_where_a_server_is_down_vectors_are_kept_in_memory_and_no_password_is_shown():
    cache = VectorCache.opened("postgresql+psycopg://me:secret@127.0.0.1:1/vectors")
    cache.store(SPACE, digests("a"), vectors(1))
    assert cache.look_up(SPACE, digests("a"))[1].all()
    [warning] = cache.database.warnings
    assert "kept in memory" in warning
    assert "secret" not in warning
    cache.database.close()
