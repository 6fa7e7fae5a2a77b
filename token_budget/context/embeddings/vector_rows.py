"""Rows of the cache of embeddings: what is asked and changed, over a connection of the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Row

from token_budget.context.embeddings.vector_tables import (
    embedding_space,
    embedding_total,
    embedding_vector,
)
from token_budget.ledger.dialects import insert_if_absent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from token_budget.context.embeddings.protocol import EmbedderFacts, TextKind

ROW_BYTES = 160
"""What a row takes beside its vector: digest, indexes and headers; 141 were
*measured* on SQLite, with 200,000 vectors."""

KEYS_OF_A_QUERY = 500
"""Below what every SQLite takes (999 parameters)."""

EVICTED_AT_ONCE = 2_000
"""Rows of one step of an eviction: some 100 kB of row numbers and sizes."""

Item = TypeVar("Item")

VectorRow = Row[Any]
"""The number of a row, its digest, its vector as bytes, and when it was used."""


@dataclass(frozen=True, slots=True)
class Space:
    """What vectors have in common that may be compared."""

    embedder: str
    revision: str
    dimension: int
    kind: TextKind

    @classmethod
    def of(cls, embedder: EmbedderFacts, kind: TextKind) -> Space:
        """The space of an embedder's vectors of a kind of text."""
        return cls(embedder.name, embedder.revision, embedder.dimension, kind)


_v, _s = embedding_vector.c, embedding_space.c

_OLDEST: sa.Select[Any] = (
    sa.select(_v.id, sa.func.length(_v.vector).label("size"))
    .order_by(_v.used, _v.id)
    .limit(EVICTED_AT_ONCE)
)


def find_space(space: Space) -> sa.Select[Any]:
    """The query for the number of a space."""
    return sa.select(_s.id).where(
        _s.embedder == space.embedder,
        _s.revision == space.revision,
        _s.dimension == space.dimension,
        _s.kind == space.kind,
    )


def find_rows(connection: Connection, space: Space, digests: Sequence[bytes]) -> list[VectorRow]:
    """The rows of texts, as far as they are here, in no order."""
    number = connection.scalar(find_space(space))
    asked: sa.Select[Any] = sa.select(_v.id, _v.sha256, _v.vector, _v.used)
    asked = asked.where(_v.space == number)
    return [
        row
        for some in lots(digests if number is not None else (), KEYS_OF_A_QUERY)
        for row in connection.execute(asked.where(_v.sha256.in_(some))).all()
    ]


def locked_total(connection: Connection) -> int:
    """The total; other writers wait until this transaction ends."""
    connection.execute(
        insert_if_absent(connection.dialect.name, embedding_total), {"only": 1, "bytes": 0}
    )
    return connection.scalar(sa.select(embedding_total.c.bytes).with_for_update()) or 0


def set_total(connection: Connection, total: int) -> None:
    """Change the total; the caller holds it."""
    connection.execute(sa.update(embedding_total).values(bytes=max(total, 0)))


def space_number(connection: Connection, space: Space) -> int:
    """The number of a space, made if there is none; the caller holds the total."""
    number: int | None = connection.scalar(find_space(space))
    if number is None:
        values = {name: getattr(space, name) for name in Space.__slots__}
        made = sa.insert(embedding_space).values(values).returning(_s.id)
        number = connection.scalars(made).one()
    return number


def absent(connection: Connection, space: int, kept: Iterable[bytes]) -> list[bytes]:
    """Those digests that are not here yet."""
    asked = list(kept)
    present = {
        bytes(digest)
        for some in lots(asked, KEYS_OF_A_QUERY)
        for digest in connection.scalars(
            sa.select(_v.sha256).where(_v.space == space, _v.sha256.in_(some))
        )
    }
    return [digest for digest in asked if digest not in present]


def insert_vectors(
    connection: Connection, space: int, kept: Mapping[bytes, bytes], used: float
) -> int:
    """Enter the vectors of those digests that are not here yet; the bytes that are new."""
    new = absent(connection, space, kept)
    rows = [{"space": space, "sha256": one, "used": used, "vector": kept[one]} for one in new]
    if rows:
        connection.execute(sa.insert(embedding_vector), rows)
    return sum(len(kept[one]) + ROW_BYTES for one in new)


def touch(connection: Connection, numbers: Sequence[int], used: float) -> None:
    """Note that rows were used."""
    for some in lots(numbers, KEYS_OF_A_QUERY):
        connection.execute(sa.update(embedding_vector).where(_v.id.in_(some)).values(used=used))


def delete_oldest(connection: Connection, excess: int) -> int:
    """Delete what was not used for longest, until so many bytes are gone; how many are."""
    gone = 0
    while gone < excess:
        oldest = connection.execute(_OLDEST).all()
        if not oldest:
            break
        gone += delete(connection, _until(oldest, excess - gone))
    return gone


def _until(rows: Iterable[Row[Any]], excess: int) -> list[int]:
    """The numbers of the first rows that make up so many bytes."""
    numbers = []
    for row in rows:
        if excess <= 0:
            break
        numbers.append(row.id)
        excess -= row.size + ROW_BYTES
    return numbers


def delete(connection: Connection, numbers: Sequence[int]) -> int:
    """Delete those rows that are still here; the bytes that are gone."""
    gone = 0
    for some in lots(numbers, KEYS_OF_A_QUERY):
        chosen = _v.id.in_(some)
        sizes = connection.scalars(sa.select(sa.func.length(_v.vector)).where(chosen)).all()
        connection.execute(sa.delete(embedding_vector).where(chosen))
        gone += sum(sizes) + ROW_BYTES * len(sizes)
    return gone


def lots(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in pieces of a size."""
    return (items[first : first + size] for first in range(0, len(items), size))
