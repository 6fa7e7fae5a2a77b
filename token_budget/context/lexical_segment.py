"""The words of some files, ready to be searched, by chunk and by file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from token_budget.context.postings import Postings, pairs, unpacked_postings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FileWords:
    """What of a file goes into a segment: its postings as they are kept, and its chunks."""

    postings: bytes
    chunks: int


@dataclass(frozen=True, slots=True)
class Segment:
    """The words of some files; never changes.

    Attributes:
        paths: The files, sorted.
        offsets: int64, one more than files: the number of each file's first chunk.
        by_chunk: Inverted lists whose documents are chunks.
        by_file: Inverted lists whose documents are files.
    """

    paths: tuple[str, ...]
    offsets: NDArray[np.int64]
    by_chunk: Postings
    by_file: Postings

    @classmethod
    def of(cls, files: Mapping[str, FileWords]) -> Segment:
        """A segment of some files."""
        paths = tuple(sorted(files))
        offsets = np.cumsum([0, *(files[path].chunks for path in paths)], dtype=np.int64)
        by_chunk = Postings.of(_chunk_pairs(paths, files, offsets), int(offsets[-1]))
        by_file = Postings.of(_file_pairs(paths, files), len(paths))
        return cls(paths, offsets, by_chunk, by_file)


def _chunk_pairs(
    paths: Sequence[str], files: Mapping[str, FileWords], offsets: NDArray[np.int64]
) -> NDArray[np.uint64]:
    held = [unpacked_postings(files[path].postings).of_chunks() for path in paths]
    made = np.empty(sum(len(one.keys) for one in held), np.uint64)
    start = 0
    for one, offset in zip(held, offsets[:-1], strict=True):
        end = start + len(one.keys)
        made[start:end] = pairs(one.keys, one.chunks + offset, one.counts)
        start = end
    return made


def _file_pairs(paths: Sequence[str], files: Mapping[str, FileWords]) -> NDArray[np.uint64]:
    held = [unpacked_postings(files[path].postings).of_file() for path in paths]
    made = [
        pairs(one.keys, np.full(len(one.keys), number, np.int64), one.counts)
        for number, one in enumerate(held)
    ]
    return np.concatenate(made) if made else np.empty(0, np.uint64)
