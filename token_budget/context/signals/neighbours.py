"""Files beside given ones: what they import, what imports them, their tests, their siblings."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from token_budget.context.surroundings import subject_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from token_budget.context.surroundings import Surroundings

_COMMON_SUBJECTS = frozenset(
    {"__init__", "index", "main", "mod", "lib", "readme", "conftest", "init"}
)
"""Names that many files share without belonging together."""

MOST_NAMESAKES = 8
"""Of a name that more files share, none is taken for the test of another."""


def imported(seeds: Collection[str], around: Surroundings) -> dict[str, float]:
    """What the seeds import: each the share of the seed's imports that it is, summed."""
    found: dict[str, float] = defaultdict(float)
    for seed in sorted(seeds):
        targets = around.imports.get(seed, frozenset())
        for target in targets:
            found[target] += 1 / len(targets) ** 0.5
    return {path: figure for path, figure in found.items() if path not in seeds}


def importing(seeds: Collection[str], around: Surroundings) -> dict[str, float]:
    """What imports the seeds; an importer of a seed that everything imports counts less."""
    found: dict[str, float] = defaultdict(float)
    for seed in sorted(set(seeds)):
        paths = around.importers.get(seed, ())
        for path in paths:
            found[path] += 1 / len(paths) ** 0.5
    return {path: figure for path, figure in found.items() if path not in seeds}


def namesakes(seeds: Collection[str], around: Surroundings) -> dict[str, float]:
    """Tests of the seeds, and what the seeds are tests of: files of the same name but for that."""
    wanted = {subject_of(seed) for seed in seeds} - _COMMON_SUBJECTS
    found: dict[str, float] = {}
    for subject in sorted(wanted):
        alike = [path for path in around.by_subject.get(subject, ()) if path not in seeds]
        if len(alike) <= MOST_NAMESAKES:
            found |= dict.fromkeys(alike, 1.0)
    return found


def siblings(seeds: Collection[str], around: Surroundings) -> dict[str, float]:
    """Files in the folders of the seeds; the more of them a folder has, the less each counts."""
    found: dict[str, float] = {}
    for folder in sorted({seed.rpartition("/")[0] for seed in seeds}):
        alike = [path for path in around.by_folder.get(folder, ()) if path not in seeds]
        found |= dict.fromkeys(alike, 1 / max(len(alike), 1) ** 0.5)
    return found
