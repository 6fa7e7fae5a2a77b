"""How long do the index of a large workspace, a selection from it and the cache of vectors take?

    python -m benchmarks.context_speed [--files 10000] [--lines 0] [--vectors 200000] [--json]

The workspace is made of copies of the sources of installed packages, whole or their first lines:
``--files 300000 --lines 5`` is one of very many small files. A file that is neither in the index
nor left out with a reason ends the run. Baselines in the same run: reading and counting every file
once in one process, which any index has to do; and for a search the plain scan of all texts for its
words.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from functools import partial
from itertools import count, islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table

from token_budget.context.cache_database import CacheDatabase
from token_budget.context.change_history import ChangeHistory
from token_budget.context.index import ChunkIndex
from token_budget.context.query import query_for
from token_budget.context.selection import select_context
from token_budget.context.sources import Sources
from token_budget.context.words import words_of
from token_budget.counting import TokenCounter
from token_budget.spec import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHANGED_FILES = 10
REPEATS = 7
BUDGET = 32_000
DIMENSION = 256
STORED_AT_ONCE = 5_000
LOOKED_UP = 1_000
MEGABYTE = 1_000_000
QUESTIONS = (
    "Read a file of comma separated values with a parser of dates of one's own",
    "Retry a request when the connection was reset, but not more than max_retries times",
    "The cache of compiled regular expressions forgets its flags",
    "Show the line number in the error message of the template loader",
)
OPENED_ANEW = """
import sys
from pathlib import Path
from token_budget.context.index import ChunkIndex
from token_budget.context.words import words_of
index = ChunkIndex(Path(sys.argv[1]))
index.refresh()
index.search(words_of(sys.argv[2]), 100)
"""

Row = dict[str, Any]


def make_workspace(folder: Path, files: int, lines: int = 0) -> int:
    """Copy so many sources of installed packages, again and again if need be; their bytes.

    Args:
        folder: Takes the copies.
        files: How many.
        lines: Of each only so many first lines are copied; 0: all.
    """
    packages = Path(sysconfig.get_path("purelib"))
    sources = sorted(packages.rglob("*.py"))
    copies = ((f"copy_{turn}", source) for turn in count() for source in sources)
    total = 0
    for name, source in islice(copies, files):
        target = folder / name / source.relative_to(packages)
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_lines(source, target, lines)
        total += target.stat().st_size
    return total


def copy_lines(source: Path, target: Path, lines: int) -> None:
    if not lines:
        shutil.copyfile(source, target)
        return
    with source.open("rb") as text:
        target.write_bytes(b"".join(islice(text, lines)))


def index_rows(folder: Path, index: ChunkIndex, files: int, size: int) -> Iterator[Row]:
    """The first index, and what any index has to do.

    Raises:
        AssertionError: A file is neither in the index nor left out with a reason.
    """
    with Progress(console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("first index")

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        first, refreshed = timed(lambda: index.refresh(show))
    left_out = len(refreshed.left_out)
    if refreshed.files + left_out != files:
        raise AssertionError(f"{files:,} files: {refreshed.files:,} and {left_out:,} left out")
    note = f"aim under 60; {refreshed.files:,} files, {left_out:,} left out with a reason"
    yield row("first index", first, "s", note)
    yield row("megabytes a second", size / MEGABYTE / first, "MB/s", f"{size / MEGABYTE:.0f} MB")
    alone, _ = timed(lambda: count_all(folder))
    yield row("reading and counting alone", alone, "s", "baseline, one process")
    yield row("index on disk", disk_megabytes(folder), "MB", "")
    yield row("peak memory, processes", worker_megabytes(), "MB", "the largest of them")


def count_all(folder: Path) -> int:
    """Read and count every file once."""
    counter = TokenCounter(cached_counts=0)
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in folder.rglob("*.py"))
    return sum(map(counter.count, texts))


def search_rows(folder: Path, index: ChunkIndex) -> Iterator[Row]:
    """Searches and selections, cold and warm."""
    cold, _ = timed(lambda: index.search(words_of(QUESTIONS[0]), 100))
    yield row("first search", cold, "s", "loads the words of all files")
    warm = [timed(partial(index.search, words_of(q), 100))[0] for q in QUESTIONS * REPEATS]
    yield row("search", 1e3 * statistics.median(warm), "ms", "warm, median")
    scan, _ = timed(lambda: scan_all(folder, QUESTIONS[0]))
    yield row("scan of all texts for one question", scan, "s", "baseline")
    sources = Sources(index, ChangeHistory(()))
    select(sources, QUESTIONS[0])
    for question in QUESTIONS:
        select(sources, question)
    times = [timed(partial(select, sources, q))[0] for q in QUESTIONS * REPEATS]
    note = f"warm, median, {BUDGET:,} tokens; aim under 150"
    yield row("selection", 1e3 * statistics.median(times), "ms", note)
    yield row("selection, slowest", 1e3 * max(times), "ms", "")


def scan_all(folder: Path, question: str) -> int:
    """How often the words of a question are in all texts."""
    words = list(words_of(question))
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in folder.rglob("*.py"))
    return sum(text.count(word) for text in texts for word in words)


def select(sources: Sources, question: str) -> int:
    """One selection; its tokens."""
    from token_budget.context.budget import ContextBudget

    counts = TokenCounter().count
    phase = Phase(phase_id="phase", description=question)
    budget = ContextBudget(BUDGET, count=counts)
    return select_context(query_for(phase), sources, budget).tokens


def change_rows(folder: Path, index: ChunkIndex) -> Iterator[Row]:
    """The index after a few files changed: in this process, and in one that opens it anew."""
    change_some(folder)
    again, refreshed = timed(index.refresh)
    note = f"{refreshed.changed} files changed; aim under 1"
    yield row("re-index", again, "s", note)
    yield row("search after it", 1e3 * timed(lambda: ask(index))[0], "ms", "")
    change_some(folder)
    yield row("re-index and search, new process", timed(lambda: open_anew(folder))[0], "s", "")


def change_some(folder: Path) -> None:
    """Add a line to a few files, spread over the workspace."""
    files = sorted(folder.rglob("*.py"))
    for path in files[:: max(len(files) // CHANGED_FILES, 1)][:CHANGED_FILES]:
        with path.open("a", encoding="utf-8") as file:
            file.write("\n# one more line\n")


def ask(index: ChunkIndex) -> None:
    index.search(words_of(QUESTIONS[1]), 100)


def open_anew(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", OPENED_ANEW, folder, QUESTIONS[1]], check=True)


def vector_rows(folder: Path, vectors: int) -> Iterator[Row]:
    """Looking up and comparing cached vectors."""
    import numpy as np

    from token_budget.context.embeddings.vector_cache import VectorCache
    from token_budget.context.embeddings.vector_rows import Space
    from token_budget.context.embeddings.vector_tables import EMBEDDING_PART
    from token_budget.context.embeddings.vectors import cosines

    cache = VectorCache(CacheDatabase(f"sqlite:///{folder}/vectors.db", EMBEDDING_PART))
    space = Space("benchmark", "1", DIMENSION, "document")
    draw = np.random.default_rng(7)
    made = draw.standard_normal((vectors, DIMENSION), dtype=np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    digests = [hashlib.sha256(str(number).encode()).digest() for number in range(vectors)]
    started = perf_counter()
    for start in range(0, vectors, STORED_AT_ONCE):
        end = start + STORED_AT_ONCE
        cache.store(space, digests[start:end], made[start:end])
    yield row("vectors stored", perf_counter() - started, "s", f"{vectors:,} of {DIMENSION}")
    times = []
    for _ in range(REPEATS):
        asked = [digests[int(n)] for n in draw.permutation(vectors)[:LOOKED_UP]]
        times.append(timed(partial(cache.look_up, space, asked))[0])
    note = f"{min(LOOKED_UP, vectors):,} vectors, median; aim under 30"
    yield row("batch looked up", 1e3 * statistics.median(times), "ms", note)
    scored = [timed(lambda: cosines(made, made[0]))[0] for _ in range(REPEATS)]
    yield row("query scored", 1e3 * statistics.median(scored), "ms", "median; aim under 20")


def peak_megabytes(process: int) -> float:
    """The largest resident memory that a process ever had; 0: it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(peak.split()[1]) * 1024 / MEGABYTE


def worker_megabytes() -> float:
    """The peak of the largest process that this one has started and that still runs."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return max(map(peak_megabytes, children), default=0)


def disk_megabytes(folder: Path) -> float:
    files = (folder / ".token-budget").glob("cache.db*")
    return sum(path.stat().st_size for path in files) / MEGABYTE


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    started = perf_counter()
    result = work()
    return perf_counter() - started, result


def row(what: str, value: float, unit: str, note: str) -> Row:
    return {"what": what, "value": round(value, 4), "unit": unit, "note": note}


def table(rows: list[Row]) -> Table:
    made = Table("what", Column("value", justify="right"), "", "", box=None)
    for one in rows:
        made.add_row(one["what"], f"{one['value']:,.2f}", one["unit"], one["note"])
    return made


def measured(files: int, lines: int, vectors: int) -> list[Row]:
    """Every figure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "workspace")
        folder.mkdir()
        size = make_workspace(folder, files, lines)
        index = ChunkIndex(folder)
        rows = [*index_rows(folder, index, files, size), *search_rows(folder, index)]
        rows += change_rows(folder, index)
        rows.append(row("peak memory", peak_megabytes(os.getpid()), "MB", "aim under 500"))
        index.close()
        return [*rows, *(vector_rows(Path(name), vectors) if vectors else ())]


def main(
    files: Annotated[int, typer.Option(min=1, help="Files of the workspace.")] = 10_000,
    lines: Annotated[int, typer.Option(min=0, help="First lines of each file; 0: all.")] = 0,
    vectors: Annotated[int, typer.Option(min=0, help="Cached vectors; 0: none.")] = 200_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the index, a selection and the cache of vectors."""
    rows = measured(files, lines, vectors)
    print(json.dumps({"rows": rows}, indent=2)) if as_json else Console().print(table(rows))


if __name__ == "__main__":
    typer.run(main)
