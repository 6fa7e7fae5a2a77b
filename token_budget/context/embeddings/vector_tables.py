"""The tables of the cache of embeddings."""

from __future__ import annotations

import sqlalchemy as sa

from token_budget.context.cache_parts import CachePart

_tables = sa.MetaData()

_RowNumber = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite numbers rows by itself only where the type is INTEGER."""

embedding_space = sa.Table(
    "embedding_space",
    _tables,
    sa.Column("id", _RowNumber, primary_key=True),
    sa.Column("embedder", sa.Text, nullable=False),
    sa.Column("revision", sa.Text, nullable=False),
    sa.Column("dimension", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.UniqueConstraint("embedder", "revision", "dimension", "kind"),
)
"""What vectors have in common that may be compared."""

embedding_vector = sa.Table(
    "embedding_vector",
    _tables,
    sa.Column("id", _RowNumber, primary_key=True),
    sa.Column("space", _RowNumber, nullable=False),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("used", sa.Double, nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("space", "sha256"),
    sa.Index("embedding_vector_used", "used"),
)
"""``sha256`` is of the exact text; ``used`` says when it was last asked for, in seconds since 1970
and to the hour; ``vector`` is little-endian numbers of 2 or 4 bytes."""

embedding_total = sa.Table(
    "embedding_total",
    _tables,
    sa.Column("only", sa.Integer, primary_key=True),
    sa.Column("bytes", sa.BigInteger, nullable=False),
)
"""One row: the bytes of all vectors, with what a row takes beside its vector."""

EMBEDDING_PART = CachePart("embeddings", 1, _tables)
"""Open a cache with it: ``CacheDatabase(url, EMBEDDING_PART)``."""
