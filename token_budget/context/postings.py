"""Which documents hold which words, and how often: inverted lists in arrays.

A word is its 32-bit key (`words.word_key`). What one file holds is kept as bytes: for each pair of
word and chunk seven of them, all keys first (32 bits), then the chunks' numbers (16), then the
counts (8; a count above 255 is 255, which BM25 could not tell apart). The words of the file as a
whole come last, as those of a chunk of the number `WHOLE_FILE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

BYTES_OF_A_PAIR = 7
WHOLE_FILE = 2**16 - 1
"""The number that stands for a file as a whole; a file of a million bytes has some 25,000 chunks at
the most, so none of them needs it."""

BLOCK = 1_000_000
"""Pairs taken apart at a time: what is in between takes megabytes, not hundreds of them."""

HIGHEST_COUNT = 255
_KEY_SHIFT, _DOCUMENT_SHIFT = np.uint64(32), np.uint64(8)
_DOCUMENT_MASK, _COUNT_MASK = np.uint64(2**24 - 1), np.uint64(2**8 - 1)


@dataclass(frozen=True, slots=True)
class FilePostings:
    """The words of one file's chunks.

    Attributes:
        keys: uint32, one a pair of word and chunk.
        chunks: uint16, the number of the chunk in its file, from 0.
        counts: uint8.
    """

    keys: NDArray[np.uint32]
    chunks: NDArray[np.uint16]
    counts: NDArray[np.uint8]

    def of_chunks(self) -> FilePostings:
        """Without what the file holds as a whole."""
        end = int(np.searchsorted(self.chunks, WHOLE_FILE))
        return FilePostings(self.keys[:end], self.chunks[:end], self.counts[:end])

    def of_file(self) -> FilePostings:
        """Only what the file holds as a whole."""
        start = int(np.searchsorted(self.chunks, WHOLE_FILE))
        return FilePostings(self.keys[start:], self.chunks[start:], self.counts[start:])


def packed_postings(chunks: Sequence[Mapping[int, int]], whole: Mapping[int, int]) -> bytes:
    """What one file holds, as bytes: the keys of words with their counts, by chunk and in all."""
    parts = [*enumerate(chunks[:WHOLE_FILE]), (WHOLE_FILE, whole)]
    keys = np.fromiter(chain.from_iterable(words for _, words in parts), np.uint32)
    sizes = [len(words) for _, words in parts]
    numbers = np.repeat(np.array([number for number, _ in parts], np.uint16), sizes)
    counts = np.fromiter(chain.from_iterable(words.values() for _, words in parts), np.int64)
    limited = np.minimum(counts, HIGHEST_COUNT).astype(np.uint8)
    return keys.tobytes() + numbers.tobytes() + limited.tobytes()


def unpacked_postings(packed: bytes) -> FilePostings:
    """What `packed_postings` packed.

    Raises:
        ValueError: The bytes are not of that form.
    """
    pairs, rest = divmod(len(packed), BYTES_OF_A_PAIR)
    if rest:
        raise ValueError(f"postings: expected a multiple of 7 bytes, found {len(packed)}")
    return FilePostings(
        np.frombuffer(packed, np.uint32, pairs),
        np.frombuffer(packed, np.uint16, pairs, 4 * pairs),
        np.frombuffer(packed, np.uint8, pairs, 6 * pairs),
    )


def pairs(
    keys: NDArray[np.uint32], documents: NDArray[np.int64], counts: NDArray[np.uint8]
) -> NDArray[np.uint64]:
    """Word, document and count in one number each, which sorts by word and then by document."""
    words = keys.astype(np.uint64) << _KEY_SHIFT
    words |= documents.astype(np.uint64) << _DOCUMENT_SHIFT
    words |= counts
    return words


@dataclass(frozen=True, slots=True)
class Postings:
    """The inverted lists of a collection of documents.

    Attributes:
        words: uint32, ascending; one a word.
        starts: int64, one more than words: where the list of each word starts and ends.
        documents: int32, the numbers of the documents, ascending within a list.
        counts: uint8, how often the word is in the document.
        lengths: float32, one a document: its words, repeated ones too.
    """

    words: NDArray[np.uint32]
    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.uint8]
    lengths: NDArray[np.float32]

    @classmethod
    def of(cls, held: NDArray[np.uint64], documents: int) -> Postings:
        """The lists of what `pairs` gave, for documents numbered from 0; sorts ``held`` in place.

        No pair of word and document may be there twice.
        """
        held.sort()
        keys = np.empty(len(held), np.uint32)
        numbers, counts = np.empty(len(held), np.int32), np.empty(len(held), np.uint8)
        for start in range(0, len(held), BLOCK):
            block = slice(start, start + BLOCK)
            keys[block] = held[block] >> _KEY_SHIFT
            numbers[block] = held[block] >> _DOCUMENT_SHIFT & _DOCUMENT_MASK
            counts[block] = held[block] & _COUNT_MASK
        is_first = np.ones(len(held), bool)
        np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        lengths = np.bincount(numbers, weights=counts, minlength=documents).astype(np.float32)
        return cls(keys[starts], np.append(starts, len(held)), numbers, counts, lengths)

    def list_of(self, key: int) -> slice:
        """Where the list of a word is; empty if no document has it."""
        place = int(np.searchsorted(self.words, np.uint32(key)))
        if place == len(self.words) or int(self.words[place]) != key:
            return slice(0, 0)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))
