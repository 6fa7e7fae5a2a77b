"""Vectors that were embedded once: kept, looked up in batches, the least recently used evicted.

Processes and machines may share one cache. Writers take turns at the row of the total; whoever
stores what another has stored meanwhile changes nothing.
"""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, get_args

import numpy as np
import sqlalchemy as sa

from token_budget.context.cache_database import IN_MEMORY, CacheDatabase
from token_budget.context.embeddings.settings import DEFAULT_BYTES, Precision
from token_budget.context.embeddings.vector_rows import (
    delete,
    delete_oldest,
    find_rows,
    insert_vectors,
    locked_total,
    set_total,
    space_number,
    touch,
)
from token_budget.context.embeddings.vector_tables import EMBEDDING_PART, embedding_total
from token_budget.context.embeddings.vectors import as_bytes, from_bytes, unit_vectors
from token_budget.errors import ConfigError, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from token_budget.context.embeddings.vector_rows import Space, VectorRow
    from token_budget.context.embeddings.vectors import Vectors

KEPT_SHARE = 0.9
"""What is left of a full cache: so that not every batch has to evict."""

TOUCH_SECONDS = 3_600
"""A use is noted if the last one is older: so that looking up seldom writes."""


class VectorCache:
    """Vectors in an open cache; threads may share it.

    Attributes:
        database: Where they are; its warnings say what happened to it.
    """

    def __init__(
        self,
        database: CacheDatabase,
        *,
        precision: Precision = "float16",
        maximum_bytes: int = DEFAULT_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Use a cache.

        Args:
            database: Opened with `EMBEDDING_PART`.
            precision: Of what is stored from now on; what is there is read in either.
            maximum_bytes: Of all vectors, with what their rows take; 0: nothing is kept.
            clock: Tells the time, in seconds since 1970.

        Raises:
            ConfigError: The precision is unknown, or the bound below 0.
        """
        if precision not in get_args(Precision):
            expected = " or ".join(get_args(Precision))
            raise ConfigError("no precision", "precision", precision, expected)
        if maximum_bytes < 0:
            raise ConfigError("no bound", "maximum_bytes", maximum_bytes, "0 bytes or more")
        self.database = database
        self._precision, self._maximum, self._clock = precision, maximum_bytes, clock

    @classmethod
    def opened(
        cls,
        url: str,
        *,
        precision: Precision = "float16",
        maximum_bytes: int = DEFAULT_BYTES,
    ) -> VectorCache:
        """Open the cache at a URL; where that cannot be done, one in memory, with a warning.

        A ranking must not fail because a server that keeps vectors is down.

        Args:
            url: As `CacheDatabase` takes it.
            precision: As the constructor takes it.
            maximum_bytes: As the constructor takes it.

        Raises:
            ConfigError: As the constructor raises it.
        """
        try:
            database = CacheDatabase(url, EMBEDDING_PART)
        except StorageUnavailable as error:
            database = CacheDatabase(IN_MEMORY, EMBEDDING_PART)
            database.warnings.append(f"{error}; vectors are kept in memory")
        return cls(database, precision=precision, maximum_bytes=maximum_bytes)

    def look_up(self, space: Space, digests: Sequence[bytes]) -> tuple[Vectors, NDArray[np.bool_]]:
        """The vectors of texts, as far as they are here.

        Args:
            space: Whose vectors.
            digests: SHA-256 of exact texts, all different.

        Returns:
            Shape (texts, dimension), zeros where there is none; and one truth a text: it is here.

        Raises:
            StorageUnavailable: The cache cannot be read.
        """
        rows = self.database.guarded(partial(self._rows, space, digests))
        found, sound = from_bytes([row.vector for row in rows], space.dimension)
        self._repair(rows, sound)
        place = {digest: number for number, digest in enumerate(digests)}
        numbers = [place[bytes(row.sha256)] for row in rows]
        vectors = np.zeros((len(digests), space.dimension), dtype=np.float32)
        here = np.zeros(len(digests), dtype=np.bool_)
        vectors[numbers], here[numbers] = found, sound
        return vectors, here

    def store(self, space: Space, digests: Sequence[bytes], vectors: Vectors) -> Vectors:
        """Keep the vectors of texts; those that are here already stay as they are.

        Returns:
            The vectors as `look_up` gives them from now on: who ranks by these ranks the same when
            they come from the cache.

        Raises:
            BadVectors: Something is no vector of the space; nothing is kept.
            StorageUnavailable: The cache cannot be written; nothing is kept.
        """
        units = unit_vectors(space.embedder, vectors, len(digests), space.dimension)
        rows = as_bytes(units, self._precision)
        self.database.guarded(partial(self._store, space, dict(zip(digests, rows, strict=True))))
        return from_bytes(rows, space.dimension)[0]

    def size(self) -> int:
        """The bytes of all vectors, with what their rows take beside.

        Raises:
            StorageUnavailable: The cache cannot be read.
        """

        def total() -> int:
            with self.database.reading() as connection:
                return connection.scalar(sa.select(embedding_total.c.bytes)) or 0

        return self.database.guarded(total)

    def _rows(self, space: Space, digests: Sequence[bytes]) -> list[VectorRow]:
        with self.database.reading() as connection:
            return find_rows(connection, space, digests)

    def _repair(self, rows: Sequence[VectorRow], sound: NDArray[np.bool_]) -> None:
        """Note the use of rows, and remove those that hold no vector.

        Where that cannot be written, nothing is lost: the rows are used later than they seem, or
        found unsound again.
        """
        now = self._clock()
        unsound = [row.id for row, good in zip(rows, sound, strict=True) if not good]
        stale = [row.id for row in rows if row.used < now - TOUCH_SECONDS]
        if not stale and not unsound:
            return
        with suppress(StorageUnavailable), self.database.writing() as connection:
            total = locked_total(connection)
            touch(connection, stale, now)
            set_total(connection, total - delete(connection, unsound))

    def _store(self, space: Space, kept: Mapping[bytes, bytes]) -> None:
        with self.database.writing() as connection:
            total = locked_total(connection)
            number = space_number(connection, space)
            total += insert_vectors(connection, number, kept, self._clock())
            if total > self._maximum:
                total -= delete_oldest(connection, total - int(self._maximum * KEPT_SHARE))
            set_total(connection, total)
