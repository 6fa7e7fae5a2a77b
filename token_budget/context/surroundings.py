"""What the paths of a workspace say of each other, made once and asked by every selection."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from token_budget.context.bm25 import Bm25, Collection, scored
from token_budget.context.postings import Postings, pairs
from token_budget.context.words import path_word_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TEST_MARK = re.compile(r"^(?:tests?|spec)[_.-]|[_.-](?:tests?|spec)$|(?<=[a-z0-9])Tests?$")

Paths = dict[str, list[str]]


class Surroundings:
    """The paths of a workspace by their folders, names and words, and who imports whom.

    Never changes: an index makes a new one when its files change.

    Attributes:
        paths: Every path, in the order given.
        imports: What each file imports; a file that imports nothing is not in it.
    """

    def __init__(
        self, paths: Iterable[str], imports: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        """Take the paths; what is asked of them is worked out when it is first asked."""
        self.paths = tuple(paths)
        self.imports = imports or {}

    @cached_property
    def importers(self) -> Mapping[str, Sequence[str]]:
        """The files that import a file, by the latter's path."""
        found: Paths = defaultdict(list)
        for path, targets in self.imports.items():
            for target in targets:
                found[target].append(path)
        return dict(found)

    @cached_property
    def by_folder(self) -> Mapping[str, Sequence[str]]:
        """The files directly in a folder; that of the workspace is ""."""
        return self._grouped([path.rpartition("/")[0] for path in self.paths])

    @cached_property
    def by_subject(self) -> Mapping[str, Sequence[str]]:
        """The files of a name as `subject_of` says it: a source and its tests."""
        return self._grouped([subject_of(path) for path in self.paths])

    @cached_property
    def by_lower_path(self) -> Mapping[str, Sequence[str]]:
        """The files by their whole path in lower case."""
        return self._grouped([path.lower() for path in self.paths])

    @cached_property
    def by_file_name(self) -> Mapping[str, Sequence[str]]:
        """The files by their name without folders, in lower case."""
        return self._grouped([path.rpartition("/")[2].lower() for path in self.paths])

    @cached_property
    def by_stem(self) -> Mapping[str, Sequence[str]]:
        """The files by their name without folders and ending, in lower case."""
        return self._grouped([_stem(path).lower() for path in self.paths])

    def word_scores(self, words: Mapping[str, float], parameters: Bm25) -> dict[str, float]:
        """BM25 of the words of paths, as `words.path_words` counts them; paths without any: none.

        Args:
            words: The words of the query with their weights.
            parameters: Of the formula.
        """
        (scores,) = scored([self._by_word], words, parameters)
        return {self.paths[place]: float(scores[place]) for place in np.flatnonzero(scores)}

    @cached_property
    def _by_word(self) -> Collection:
        held = [path_word_keys(path) for path in self.paths]
        keys = np.fromiter((key for words in held for key in words), np.uint32)
        counts = np.fromiter((min(n, 255) for words in held for n in words.values()), np.uint8)
        documents = np.repeat(np.arange(len(held)), [len(words) for words in held])
        postings = Postings.of(pairs(keys, documents, counts), len(held))
        return Collection(postings, np.ones(len(held), bool))

    def _grouped(self, names: Iterable[str]) -> Mapping[str, Sequence[str]]:
        found: Paths = defaultdict(list)
        for path, name in zip(self.paths, names, strict=True):
            found[name].append(path)
        return dict(found)


@lru_cache(maxsize=100_000)
def subject_of(path: str) -> str:
    """The name of a file without its ending and without what marks a test, in lower case."""
    name = path.rpartition("/")[2]
    stem = name.split(".", maxsplit=1)[0] if not name.startswith(".") else name
    first = name.rsplit(".", maxsplit=1)[0] if stem and "." in name else stem
    return _TEST_MARK.sub("", first or name).lower()


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name
