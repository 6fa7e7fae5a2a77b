"""Vectors: what is accepted as one, how it is kept as bytes, how two are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from token_budget.context.errors import BadVectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from token_budget.context.embeddings.settings import Precision

Vectors = NDArray[np.float32]
"""Vectors of length 1, one a row: shape (texts, dimension)."""

_STORED: dict[Precision, np.dtype[np.floating]] = {
    "float16": np.dtype("<f2"),
    "float32": np.dtype("<f4"),
}

SMALLEST_LENGTH = 1e-12
"""A vector that is shorter has no direction: it is zeros, or what rounding left of them."""

LENGTH_TOLERANCE = 0.01
"""How far the length of a stored vector may be from 1; half precision alone moves it by 0.0005."""


def unit_vectors(embedder: str, answer: ArrayLike, texts: int, dimension: int) -> Vectors:
    """What an embedder answered, if it is one vector a text; each is made 1 long.

    Args:
        embedder: Its name, for the message.
        answer: Rows of numbers.
        texts: How many texts were sent.
        dimension: How many numbers a vector has.

    Raises:
        BadVectors: The shape is another, something is no finite number, or a vector is zeros.
    """
    rows = _numbers(embedder, answer)
    if rows.shape != (texts, dimension):
        found = " x ".join(map(str, rows.shape)) or "a single one"
        raise BadVectors(embedder, f"expected {texts} x {dimension} numbers, found {found}")
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(rows, axis=1)
    if not np.isfinite(lengths).all():
        raise BadVectors(
            embedder, "a vector holds what is no finite number, or a far too large one"
        )
    if (lengths < SMALLEST_LENGTH).any():
        raise BadVectors(embedder, "a vector is all zeros")
    units: Vectors = (rows / lengths[:, None]).astype(np.float32)
    return units


def _numbers(embedder: str, answer: ArrayLike) -> NDArray[np.float64]:
    try:
        found = np.asarray(answer)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadVectors(embedder, "its vectors are of different sizes") from error
    if found.dtype.kind not in "fiu":
        raise BadVectors(embedder, "its vectors are no numbers")
    with np.errstate(over="ignore"):
        return found.astype(np.float64)


def as_bytes(vectors: Vectors, precision: Precision) -> list[bytes]:
    """Each vector as it is kept: little-endian numbers, nothing else."""
    return [row.tobytes() for row in vectors.astype(_STORED[precision])]


def from_bytes(kept: Sequence[bytes], dimension: int) -> tuple[Vectors, NDArray[np.bool_]]:
    """Vectors as they were kept, in either precision, and which of them are sound.

    Returns:
        Shape (kept, dimension), and one truth a row. A row that is not sound is zeros: its bytes
        are too few or too many, or hold no vector of length 1.
    """
    rows = np.zeros((len(kept), dimension), dtype=np.float32)
    for stored in _STORED.values():
        size = stored.itemsize * dimension
        fitting = [number for number, one in enumerate(kept) if len(one) == size]
        if fitting:
            joined = b"".join(kept[number] for number in fitting)
            rows[fitting] = np.frombuffer(joined, dtype=stored).reshape(-1, dimension)
    sound = _are_units(rows)
    rows[~sound] = 0
    return rows, sound


def _are_units(rows: Vectors) -> NDArray[np.bool_]:
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        near: NDArray[np.bool_] = np.abs(lengths - 1) <= LENGTH_TOLERANCE
    return near


def cosines(vectors: Vectors, query: NDArray[np.float32]) -> NDArray[np.float32]:
    """How alike each vector and a query are: the cosine of their angle, from -1 to 1."""
    found: NDArray[np.float32] = np.clip(vectors @ query, -1.0, 1.0)
    return found
