"""Texts as an embedder gets them: cleaned, cut, named by their digest, and put in batches."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_TEXT = 16_000
"""Characters of a text that are embedded: current models read 8,192 tokens, and code has about two
characters a token at the worst. A longer text is cut, for a model may refuse it with its batch."""

BATCH_CHARACTERS = 200_000
"""Characters of a batch: services take 120,000 to 300,000 tokens in one request."""


def exact_text(text: str) -> str:
    """What is sent for a text: the front of it, as text that UTF-8 can hold."""
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")


def digest_of(text: str) -> bytes:
    """The SHA-256 of an exact text: 32 bytes."""
    return hashlib.sha256(text.encode("utf-8")).digest()


def batches(texts: Sequence[str], most: int) -> Iterator[slice]:
    """The texts in their order, cut into as few batches as possible.

    Args:
        texts: Exact texts.
        most: Texts of a batch, at the most; characters are bounded by `BATCH_CHARACTERS`.
    """
    begin, characters = 0, 0
    for number, text in enumerate(texts):
        full = number - begin == most or characters + len(text) > BATCH_CHARACTERS
        if full and number > begin:
            yield slice(begin, number)
            begin, characters = number, 0
        characters += len(text)
    if begin < len(texts):
        yield slice(begin, len(texts))
