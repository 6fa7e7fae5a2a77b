"""Everything that the benchmark of the estimator has to say, as one object that JSON can hold."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from benchmarks.calibration_figures import (
    ESTIMATES,
    LEAST_PHASES_TO_JUDGE,
    at_equal_coverage,
    figures,
    mean_of,
    violation,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.calibration_figures import Figures
    from benchmarks.calibration_protocols import Forecast

FILE_COUNTS = ((1, "1 file"), (3, "2 to 3 files"))
MANY_FILES = "4 files or more"

LEAST_PHASES_OF_A_LANGUAGE = 100
"""Languages of fewer phases are put together: their figures would be chance."""

OTHER_LANGUAGES = "other"


def section(protocol: str, output_format: str, forecasts: Sequence[Forecast]) -> dict[str, Any]:
    """What one protocol says of one format.

    Args:
        protocol: Its name.
        output_format: Which was predicted.
        forecasts: Of all repositories, one repository after another.

    Returns:
        ``headline``: the figures over repositories that the fit did not see, None if there are
        none. ``in_sample``: the same over the others. ``repositories``: a row each. ``judged``: how
        many have phases enough for their coverage to be judged. ``violations``: those of them that
        are not covered as they should be.
    """
    unseen = [one for one in forecasts if not one.in_sample]
    seen = [one for one in forecasts if one.in_sample]
    rows = by_repository(forecasts)
    return {
        "protocol": protocol,
        "format": output_format,
        "headline": summary(unseen) if unseen else None,
        "in_sample": summary(seen) if seen else None,
        "repositories": rows,
        "judged": sum(row["phases"] >= LEAST_PHASES_TO_JUDGE for row in rows),
        "violations": [found for row in rows if (found := violation(row)) is not None],
    }


def summary(forecasts: Sequence[Forecast]) -> dict[str, Any]:
    """The figures of several repositories together, and how they differ by what a phase is."""
    rows = by_repository(forecasts)
    return {
        "repositories": len(rows),
        "pooled": figures(forecasts),
        "mean_of_repositories": mean_of([_without_names(row) for row in rows]),
        "by_files": split(forecasts, files_of, [*(name for _, name in FILE_COUNTS), MANY_FILES]),
        "by_language": by_language(forecasts),
        "equal_coverage": at_equal_coverage(forecasts),
        "worst": {
            how: max(rows, key=lambda row: row[how]["smape"])["repository"] for how in ESTIMATES
        },
    }


def by_repository(forecasts: Sequence[Forecast]) -> list[Figures]:
    """A row a repository, in the order in which they come."""
    owned = [list(own) for _, own in groupby(forecasts, key=lambda one: one.repository)]
    return [
        {"repository": own[0].repository, "in_sample": own[0].in_sample, **figures(own)}
        for own in owned
    ]


def split(
    forecasts: Sequence[Forecast], name_of: Callable[[Forecast], str], names: Sequence[str]
) -> list[Figures]:
    """A row for each of the names that a phase has, in their order."""
    parts = {name: [one for one in forecasts if name_of(one) == name] for name in names}
    return [{"name": name, **figures(own)} for name, own in parts.items() if own]


def files_of(forecast: Forecast) -> str:
    """Phases with about as many files."""
    return next((name for most, name in FILE_COUNTS if forecast.files <= most), MANY_FILES)


def by_language(forecasts: Sequence[Forecast]) -> list[Figures]:
    """A row a language, the most frequent first, rare ones together at the end."""
    counts = Counter(one.language for one in forecasts)
    common = [n for n, count in counts.most_common() if count >= LEAST_PHASES_OF_A_LANGUAGE]

    def name_of(one: Forecast) -> str:
        return one.language if one.language in common else OTHER_LANGUAGES

    return split(forecasts, name_of, [*common, OTHER_LANGUAGES])


def _without_names(row: Figures) -> Figures:
    return {name: value for name, value in row.items() if name not in {"repository", "in_sample"}}
