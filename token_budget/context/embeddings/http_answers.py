"""What ``/embeddings`` answers: ``{"data": [{"index": 0, "embedding": [0.1, …]}, …]}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.context.errors import BadVectors

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

NUMBER_BYTES = 32
"""A number of an answer, at the most: 17 digits, sign, exponent, comma, and indentation."""

ENTRY_BYTES = 1_024
"""What stands round the numbers of one vector, at the most."""


def most_bytes(texts: int, dimension: int) -> int:
    """How long an answer may be, in bytes."""
    return (texts + 1) * (dimension * NUMBER_BYTES + ENTRY_BYTES)


def rows_of(embedder: str, body: bytes, texts: int) -> ArrayLike:
    """The vectors of an answer, in the order of the texts that were sent.

    Args:
        embedder: Its name, for messages.
        body: What came.
        texts: How many texts were sent.

    Raises:
        BadVectors: It is no JSON, or no such answer.
    """
    entries = _entries(embedder, body)
    if len(entries) != texts:
        raise BadVectors(embedder, f"expected {texts} vectors, found {len(entries)}")
    rows: dict[int, Any] = {}
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict) or not _is_numbers(entry.get("embedding")):
            raise BadVectors(embedder, f"expected a list of numbers in data[{place}].embedding")
        rows[_index(entry, place)] = entry["embedding"]
    if sorted(rows) != list(range(texts)):
        raise BadVectors(embedder, "its vectors are not numbered as the texts are")
    return [rows[number] for number in range(texts)]


def _entries(embedder: str, body: bytes) -> list[Any]:
    import jiter

    try:
        answer = jiter.from_json(body)
    except ValueError as error:
        raise BadVectors(embedder, "its answer is no JSON") from error
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list):
        raise BadVectors(embedder, 'its answer has no list "data"')
    return data


def _is_numbers(value: object) -> bool:
    """Whether a value is a list of JSON numbers; true and false are none."""
    return isinstance(value, list) and {int, float}.issuperset(map(type, value))


def _index(entry: dict[str, Any], place: int) -> int:
    """The number of the text that a vector is of; servers that leave it out keep the order."""
    index = entry.get("index", place)
    return index if isinstance(index, int) and not isinstance(index, bool) else -1
