"""Files beside given ones: what they import, what imports them, their tests, their siblings."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_TEST_MARK = re.compile(r"^(?:tests?|spec)[_.-]|[_.-](?:tests?|spec)$|(?<=[a-z0-9])Tests?$")
_COMMON_STEMS = frozenset({"__init__", "index", "main", "mod", "lib", "readme", "conftest", "init"})
"""Names that many files share without belonging together."""

MOST_NAMESAKES = 8
"""Of a name that more files share, none is taken for the test of another."""


def imported(seeds: Collection[str], imports: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """What the seeds import: each the share of the seed's imports that it is, summed."""
    found: dict[str, float] = defaultdict(float)
    for seed in sorted(seeds):
        targets = imports.get(seed, frozenset())
        for target in targets:
            found[target] += 1 / len(targets) ** 0.5
    return {path: figure for path, figure in found.items() if path not in seeds}


def importing(seeds: Collection[str], imports: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """What imports the seeds; an importer of a seed that everything imports counts less."""
    importers: dict[str, list[str]] = defaultdict(list)
    for path, targets in imports.items():
        for target in targets.intersection(seeds):
            importers[target].append(path)
    found: dict[str, float] = defaultdict(float)
    for paths in importers.values():
        for path in paths:
            found[path] += 1 / len(paths) ** 0.5
    return {path: figure for path, figure in found.items() if path not in seeds}


def namesakes(seeds: Collection[str], paths: Iterable[str]) -> dict[str, float]:
    """Tests of the seeds, and what the seeds are tests of: files of the same name but for that."""
    wanted = {_stem(seed) for seed in seeds} - _COMMON_STEMS
    found = defaultdict(list)
    for path in paths:
        if path not in seeds and (stem := _stem(path)) in wanted:
            found[stem].append(path)
    return {path: 1.0 for alike in found.values() if len(alike) <= MOST_NAMESAKES for path in alike}


def siblings(seeds: Collection[str], paths: Iterable[str]) -> dict[str, float]:
    """Files in the folders of the seeds; the more of them a folder has, the less each counts."""
    inside: dict[str, list[str]] = defaultdict(list)
    folders = {seed.rpartition("/")[0] for seed in seeds}
    for path in paths:
        folder = path.rpartition("/")[0]
        if folder in folders and path not in seeds:
            inside[folder].append(path)
    return {path: 1 / len(alike) ** 0.5 for alike in inside.values() for path in alike}


@lru_cache(maxsize=100_000)
def _stem(path: str) -> str:
    """The name of a file without its ending and without what marks a test, in lower case."""
    name = path.rpartition("/")[2]
    stem = name.split(".", maxsplit=1)[0] if not name.startswith(".") else name
    first = name.rsplit(".", maxsplit=1)[0] if stem and "." in name else stem
    return _TEST_MARK.sub("", first or name).lower()
