"""Many files analysed: here, or in several processes where there is much to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.context.file_record import analysed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from token_budget.context.file_record import FileRecord, IndexSettings

BATCH_FILES = 200
BATCH_BYTES = 2_000_000
"""Files are handed out, and stored, in batches of so much: a second of work, at most."""

PARALLEL_BYTES = 12_000_000
"""From this much on, the two seconds that processes take to start are well spent."""


def analysed_in_batches(
    root: Path,
    sizes: Sequence[tuple[str, int]],
    settings: IndexSettings,
    wanted: Collection[str],
    jobs: int | None = None,
) -> Iterator[list[FileRecord]]:
    """Analyse files.

    Args:
        root: The workspace.
        sizes: The files and their sizes in bytes.
        settings: What decides what is found out.
        wanted: The files that come in whatever the rules.
        jobs: How many processes; None: what ``joblib.parallel_config`` says, else one a core,
            where there is much to read.

    Yields:
        The records of one batch, in no order; each file is in exactly one.
    """
    batches = list(_batches(sizes))
    asked = set(wanted)
    if jobs == 1 or (jobs is None and sum(size for _, size in sizes) < PARALLEL_BYTES):
        for batch in batches:
            yield analysed_batch(root, batch, settings, asked.intersection(batch))
        return
    from joblib import Parallel, cpu_count, delayed

    work = (
        delayed(analysed_batch)(root, batch, settings, asked.intersection(batch))
        for batch in batches
    )
    count = jobs or cpu_count()
    yield from Parallel(n_jobs=count, return_as="generator_unordered")(work)


def analysed_batch(
    root: Path, paths: Sequence[str], settings: IndexSettings, wanted: Collection[str]
) -> list[FileRecord]:
    """The records of some files; a function of a module, so that it travels to processes."""
    return [analysed(root, path, settings, wanted=path in wanted) for path in paths]


def _batches(sizes: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    batch: list[str] = []
    total = 0
    for path, size in sizes:
        if batch and (len(batch) >= BATCH_FILES or total + size > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(path)
        total += size
    if batch:
        yield batch
