"""Search over the words of a workspace; takes changed files in without being made anew.

A large segment made once, a small one of the files that changed since, and a note of what of the
large one no longer counts. The statistics are those of the files that count now, so the scores are
the same as those of an index made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from token_budget.context.bm25 import Bm25, Collection, scored
from token_budget.context.lexical_segment import FileWords, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Collection as Paths

    from numpy.typing import NDArray

REMAKE_SHARE = 0.1
"""Of all files this share may be in the small segment before both are made one."""


class LexicalIndex:
    """The words of a workspace's files; not safe to change while another thread searches."""

    def __init__(self, files: Mapping[str, FileWords]) -> None:
        """Make the index of some files."""
        self._base = Segment.of(files)
        self._since: dict[str, FileWords] = {}
        self._dead: set[str] = set()
        self._arrange()

    def wants_remaking(self, changed: Paths[str]) -> bool:
        """Whether so much changed that making the index anew serves better than `update`."""
        stale = len(self._since.keys() | self._dead | set(changed))
        return stale > REMAKE_SHARE * len(self._base.paths)

    def update(self, changed: Mapping[str, FileWords], removed: Paths[str] = ()) -> None:
        """Take in files that are new or changed, and forget those that are gone."""
        gone = {*changed, *removed}
        self._dead |= gone.intersection(self._base.paths)
        self._since = {path: words for path, words in self._since.items() if path not in gone}
        self._since.update(changed)
        self._arrange()

    def chunks(
        self,
        weights: Mapping[str, float],
        limit: int,
        paths: Paths[str] | None = None,
        parameters: Bm25 | None = None,
    ) -> list[tuple[str, int, float]]:
        """The best chunks: path, number in the file from 0, and score; the best first.

        Args:
            weights: The words of the query, as `words.words_of` writes them.
            limit: How many at most.
            paths: Only chunks of these files; None: of all.
            parameters: Of BM25; None: the usual ones.
        """
        parts = [Collection(part.postings, part.live) for part in self._by_chunk]
        found = scored(parts, weights, parameters or Bm25())
        if paths is not None:
            found = [
                np.where(
                    np.repeat(np.isin(segment.paths, list(paths)), np.diff(segment.offsets)), one, 0
                )
                for segment, one in zip(self._segments, found, strict=True)
            ]
        return [
            (*self._segments[part].place_of(document), score)
            for part, document, score in _best(found, limit, self._chunk_order)
        ]

    def files(
        self, weights: Mapping[str, float], limit: int, parameters: Bm25 | None = None
    ) -> list[tuple[str, float]]:
        """The best files and their scores, the best first; arguments as of `chunks`."""
        found = scored(self._by_file, weights, parameters or Bm25())
        return [
            (self._segments[part].paths[document], score)
            for part, document, score in _best(found, limit, self._file_order)
        ]

    def _arrange(self) -> None:
        self._segments = [self._base, *([Segment.of(self._since)] if self._since else [])]
        live = [np.array([path not in self._dead for path in self._base.paths], dtype=bool)]
        live += [np.ones(len(segment.paths), dtype=bool) for segment in self._segments[1:]]
        joined = list(zip(self._segments, live, strict=True))
        self._by_file = [Collection(one.by_file, alive) for one, alive in joined]
        self._by_chunk = [
            Collection(one.by_chunk, np.repeat(alive, np.diff(one.offsets)))
            for one, alive in joined
        ]

    def _chunk_order(self, part: int, document: int) -> tuple[str, int]:
        return self._segments[part].place_of(document)

    def _file_order(self, part: int, document: int) -> tuple[str, int]:
        return self._segments[part].paths[document], 0


def _best(
    found: Sequence[NDArray[np.float64]], limit: int, order: Callable[[int, int], tuple[str, int]]
) -> list[tuple[int, int, float]]:
    """Part, document and score of the best, equals in the order of paths and chunks."""
    if limit < 1:
        return []
    everything = np.concatenate(found)
    starts = np.cumsum([0, *(len(one) for one in found)])
    positive = np.flatnonzero(everything > 0)
    if len(positive) > limit:
        least = np.partition(everything[positive], -limit)[-limit]
        positive = positive[everything[positive] >= least]
    best = []
    for place in positive.tolist():
        part = int(np.searchsorted(starts, place, side="right")) - 1
        # Rounded: how scores add up must not decide between equals.
        best.append((part, place - int(starts[part]), float(everything[place])))
    best.sort(key=lambda one: (-round(one[2], 9), order(one[0], one[1])))
    return best[:limit]
