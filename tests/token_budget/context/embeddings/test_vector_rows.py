from __future__ import annotations

import hashlib

import pytest

from token_budget.context.embeddings import vector_rows
from token_budget.context.embeddings.vector_rows import (
    ROW_BYTES,
    Space,
    delete,
    delete_oldest,
    find_rows,
    insert_vectors,
    locked_total,
    lots,
    set_total,
    space_number,
    touch,
)

SPACE = Space("model", "1", 4, "query")
NAMES = [hashlib.sha256(str(number).encode()).digest() for number in range(7)]


@pytest.fixture
def connection(database, monkeypatch):
    """A transaction with seven vectors, the first the oldest; queries of two keys."""
    monkeypatch.setattr(vector_rows, "KEYS_OF_A_QUERY", 2)
    monkeypatch.setattr(vector_rows, "EVICTED_AT_ONCE", 3)
    with database.writing() as opened:
        number = space_number(opened, SPACE)
        for used, name in enumerate(NAMES):
            insert_vectors(opened, number, {name: b"12345678"}, float(used))
        yield opened


def names(connection):
    found = find_rows(connection, SPACE, NAMES)
    return sorted(NAMES.index(bytes(row.sha256)) for row in found)


def test_a_space_has_one_number(connection):
    assert space_number(connection, SPACE) == space_number(connection, SPACE)
    assert space_number(connection, Space("other", "", 4, "query")) != space_number(
        connection, SPACE
    )


def test_rows_are_found_by_their_digests(connection):
    assert names(connection) == list(range(7))
    assert len(find_rows(connection, SPACE, NAMES[2:5])) == 3
    assert find_rows(connection, Space("other", "", 4, "query"), NAMES) == []


def test_only_new_vectors_are_entered(connection):
    more = {NAMES[0]: b"x" * 8, b"n" * 32: b"y" * 8}
    assert insert_vectors(connection, space_number(connection, SPACE), more, 0.0) == 8 + ROW_BYTES
    [row] = find_rows(connection, SPACE, NAMES[:1])
    assert bytes(row.vector) == b"12345678"


@pytest.mark.parametrize(("excess", "left"), [(0, 7), (1, 6), (8 + ROW_BYTES, 6), (10**9, 0)])
def test_the_oldest_go_first_and_no_more_than_needed(connection, excess, left):
    assert delete_oldest(connection, excess) == (7 - left) * (8 + ROW_BYTES)
    assert names(connection) == list(range(7 - left, 7))


def test_what_was_touched_is_not_the_oldest(connection):
    touch(connection, [row.id for row in find_rows(connection, SPACE, NAMES[:4])], 99.0)
    delete_oldest(connection, 1)
    assert names(connection) == [0, 1, 2, 3, 5, 6]


def test_what_is_gone_already_does_not_count_as_deleted(connection):
    numbers = [row.id for row in find_rows(connection, SPACE, NAMES[:3])]
    assert delete(connection, numbers) == 3 * (8 + ROW_BYTES)
    assert delete(connection, numbers) == 0


def test_the_total_is_one_figure_and_never_below_nothing(connection):
    assert locked_total(connection) == 0
    set_total(connection, 5)
    assert locked_total(connection) == 5
    set_total(connection, -5)
    assert locked_total(connection) == 0


def test_lots_hold_every_item_once():
    assert [list(one) for one in lots([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
    assert list(lots([], 2)) == []
