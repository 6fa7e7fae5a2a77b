"""Could a library do what our inverted lists do: bm25s, or full-text search in SQLite (FTS5)?

    python -m benchmarks.context_lexical [--repo PATH ...] [--commits 20] [--every 3]
        [--files 5000] [--json]

All get the same words of the same chunks (parts of identifiers, paths doubled) and rank by Okapi
BM25 with the same k1 and b. A word of a title counts twice as much as one of the text: ours takes
weights; the others are given the words of the title twice. FTS5 has a rarity of its own, which
cannot be changed: a word that half of the chunks have counts nothing.

Recall: hunk recall where chunks fill 27,000 tokens in the order of the one search alone. Speed: a
workspace of copies of installed packages: making the index, taking in ten changed files, a query.
"""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import tempfile
from collections import Counter, defaultdict
from functools import partial
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.table import Column, Table

from benchmarks.context_recall import hunk_recall
from benchmarks.context_speed import CHANGED_FILES, QUESTIONS, REPEATS, make_workspace, timed
from benchmarks.context_tasks import PastWorkspace, past_changes, tasks_of
from benchmarks.extras import imported
from token_budget.context.bm25 import LENGTH_WEIGHT, SATURATION
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.file_text import lines_of
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.lexical_index import LexicalIndex
from token_budget.context.lexical_segment import FileWords
from token_budget.context.packing import FILE_TOKENS, RANGE_TOKENS
from token_budget.context.postings import packed_postings
from token_budget.context.query import clean
from token_budget.context.words import path_words, word_key, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from token_budget.context.values import Chunk

BUDGET = 27_000
FOUND = 2_000
"""Chunks that a search gives: more than fill the budget."""

Chunks = dict["Chunk", Counter[str]]
Row = dict[str, Any]


class Search(Protocol):
    """One way of searching; made of the words of chunks."""

    def __init__(self, chunks: Chunks) -> None:
        """Make the index."""

    def best(self, title: Counter[str], text: Counter[str]) -> list[Chunk]:
        """The best chunks for a title and a text, the best first."""

    def update(self, chunks: Chunks) -> None:
        """Take in what some files hold now."""


class Ours:
    """Inverted lists in arrays, a small segment beside a large one."""

    def __init__(self, chunks: Chunks) -> None:
        """Make the index."""
        self._chunks: dict[str, list[Chunk]] = {}
        self._index = LexicalIndex(self._words(chunks))

    def best(self, title: Counter[str], text: Counter[str]) -> list[Chunk]:
        """As `Search.best`."""
        weights = dict.fromkeys(text, 1.0) | dict.fromkeys(title, 2.0)
        found = self._index.chunks(weights, FOUND)
        return [self._chunks[path][number] for path, number, _ in found]

    def update(self, chunks: Chunks) -> None:
        """As `Search.update`."""
        self._index.update(self._words(chunks))

    def _words(self, chunks: Chunks) -> dict[str, FileWords]:
        made = {}
        for path, each in groupby(chunks, key=lambda chunk: chunk.path):
            self._chunks[path] = list(each)
            keyed = [_keyed(chunks[one]) for one in self._chunks[path]]
            whole = sum(map(Counter, keyed), Counter[int]())
            made[path] = FileWords(packed_postings(keyed, whole), len(keyed))
        return made


class Bm25s:
    """bm25s with scipy's matrices; an index that cannot change is made anew."""

    def __init__(self, chunks: Chunks) -> None:
        """Make the index."""
        self._held = dict(chunks)
        self._make()

    def best(self, title: Counter[str], text: Counter[str]) -> list[Chunk]:
        """As `Search.best`."""
        asked = [[word for word in twice(title, text) if word in self._known]]
        if not asked[0]:
            return []
        most = min(FOUND, len(self._chunks))
        places, scores = self._index.retrieve(asked, k=most, show_progress=False)
        both = zip(places[0].tolist(), scores[0].tolist(), strict=True)
        return [self._chunks[place] for place, score in both if score > 0]

    def update(self, chunks: Chunks) -> None:
        """As `Search.update`."""
        paths = {chunk.path for chunk in chunks}
        kept = {chunk: held for chunk, held in self._held.items() if chunk.path not in paths}
        self._held = kept | chunks
        self._make()

    def _make(self) -> None:
        self._chunks = list(self._held)
        self._index = imported("bm25s").BM25(k1=SATURATION, b=LENGTH_WEIGHT, method="lucene")
        corpus = [list(held.elements()) for held in self._held.values()]
        self._index.index(corpus, show_progress=False)
        self._known = self._index.vocab_dict


class Fts5:
    """SQLite's full-text search in memory, changed in place; its k1 and b are fixed at the same."""

    def __init__(self, chunks: Chunks) -> None:
        """Make the index."""
        self._database = sqlite3.connect(":memory:")
        self._database.execute(
            "create virtual table chunk using fts5(words, tokenize='unicode61 remove_diacritics 0')"
        )
        self._chunks: dict[int, Chunk] = {}
        self._insert(chunks)

    def best(self, title: Counter[str], text: Counter[str]) -> list[Chunk]:
        """As `Search.best`."""
        words = twice(title, text)
        if not words:
            return []
        asked = " OR ".join(f'"{word}"' for word in words)
        rows = self._database.execute(
            "select rowid from chunk where chunk match ? order by rank limit ?", (asked, FOUND)
        )
        return [self._chunks[number] for (number,) in rows]

    def update(self, chunks: Chunks) -> None:
        """As `Search.update`."""
        paths = {chunk.path for chunk in chunks}
        gone = [number for number, chunk in self._chunks.items() if chunk.path in paths]
        delete = ((number,) for number in gone)
        self._database.executemany("delete from chunk where rowid = ?", delete)
        for number in gone:
            del self._chunks[number]
        self._insert(chunks)

    def _insert(self, chunks: Chunks) -> None:
        start = max(self._chunks, default=0) + 1
        numbered = dict(enumerate(chunks, start))
        rows = ((number, " ".join(chunks[chunk].elements())) for number, chunk in numbered.items())
        with self._database:
            self._database.executemany("insert into chunk(rowid, words) values (?, ?)", rows)
        self._chunks |= numbered


WAYS: Mapping[str, type[Search]] = {"inverted lists": Ours, "bm25s": Bm25s, "FTS5": Fts5}


def twice(title: Iterable[str], text: Iterable[str]) -> list[str]:
    """The words of both, once each, and those of the title once more."""
    return [*dict.fromkeys([*title, *text]), *title]


def _keyed(words: Mapping[str, int]) -> dict[int, int]:
    keyed: dict[int, int] = defaultdict(int)
    for word, count in words.items():
        keyed[word_key(word)] += count
    return keyed


def words_of_chunks(index: ChunkIndex, paths: Iterable[str] | None = None) -> Chunks:
    """The words of every chunk of some files, or of all, and of its path."""
    found = {}
    for path, chunks in index.chunks(paths).items():
        lines, of_path = lines_of(index.text(path)), path_words(path)
        for chunk in chunks:
            text = "\n".join(lines[chunk.first_line - 1 : chunk.last_line])
            found[chunk] = words_of(text) + of_path
    return found


def recalls(repository: Path, commits: int, every: int) -> dict[str, list[float]]:
    """The hunk recall of every task of one repository, by way."""
    found: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        workspace = PastWorkspace(repository, Path(folder, "workspace"))
        database = CacheDatabase(f"sqlite:///{folder}/cache.db", INDEX_PART)
        index = ChunkIndex(workspace.folder, database)
        for change in past_changes(repository, commits, every):
            workspace.put_to(change.parent)
            index.refresh()
            chunks = words_of_chunks(index)
            title, _, text = clean(change.message).partition("\n")
            for task in tasks_of(change, index.files()):
                if task.kind == "find":
                    for name, way in WAYS.items():
                        best = way(chunks).best(words_of(title), words_of(text))
                        found[name].append(hunk_recall(task.wanted, filled(best)))
        index.close()
    return found


def filled(best: Sequence[Chunk]) -> dict[str, list[tuple[int, int]]]:
    """What of the best chunks fits in the budget."""
    shown: dict[str, list[tuple[int, int]]] = {}
    left = BUDGET
    for chunk in best:
        price = chunk.tokens + RANGE_TOKENS + (0 if chunk.path in shown else FILE_TOKENS)
        if price <= left:
            left -= price
            shown.setdefault(chunk.path, []).append((chunk.first_line, chunk.last_line))
    return shown


def speeds(files: int) -> Iterator[Row]:
    """Seconds and milliseconds of every way in one workspace."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "workspace")
        folder.mkdir()
        make_workspace(folder, files)
        index = ChunkIndex(folder)
        index.refresh()
        chunks = words_of_chunks(index)
        changed = random.Random(7).sample(sorted(index.files()), min(CHANGED_FILES, files))
        of_changed = {chunk: held for chunk, held in chunks.items() if chunk.path in set(changed)}
        yield from (speed(way, chunks, of_changed) for way in WAYS)
        index.close()


def speed(way: str, chunks: Chunks, changed: Chunks) -> Row:
    """What one way takes to be made, to take changes in, and to answer a question."""
    made, search = timed(partial(WAYS[way], chunks))
    updated, _ = timed(partial(search.update, changed))
    asked = [partial(search.best, words_of(one), Counter()) for one in QUESTIONS * REPEATS]
    return {
        "way": way,
        "chunks": len(chunks),
        "made_seconds": round(made, 3),
        "update_seconds": round(updated, 3),
        "query_ms": round(1e3 * statistics.median(timed(one)[0] for one in asked), 2),
    }


def main(
    repo: Annotated[list[Path] | None, typer.Option(help="A repository; several times.")] = None,
    commits: Annotated[int, typer.Option(min=1, help="Commits of each.")] = 20,
    every: Annotated[int, typer.Option(min=1, help="Every so many of those that qualify.")] = 3,
    files: Annotated[int, typer.Option(min=1, help="Files of the workspace for speed.")] = 5_000,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compare three ways of searching chunks by the same words."""
    imported("bm25s")
    rows = list(speeds(files))
    each = [recalls(one, commits, every) for one in repo or [Path()]]
    for row in rows:
        found = [recall for one in each for recall in one[row["way"]]]
        row |= {"hunk_recall": round(100 * fmean(found), 1), "tasks": len(found)}
    print(json.dumps({"rows": rows}, indent=2)) if as_json else Console().print(table(rows))


def table(rows: Sequence[Row]) -> Table:
    made = Table("way", *(Column(name, justify="right") for name in list(rows[0])[1:]), box=None)
    for row in rows:
        made.add_row(
            *(f"{value:,}" if not isinstance(value, str) else value for value in row.values())
        )
    return made


if __name__ == "__main__":
    typer.run(main)
