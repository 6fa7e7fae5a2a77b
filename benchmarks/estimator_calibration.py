"""How well is the size of an answer predicted, on repositories that the fit never saw?

    python benchmarks/estimator_calibration.py --history FILES... --repo PATH...

Two protocols, see `benchmarks.calibration_protocols`: *leave-one-out* refits on the other
repositories given, *as-shipped* takes the prior of the release. Every phase of 200 tokens or more
is predicted from what is known before it runs: cold, with nothing known of the repository, and
adapted, having observed its earlier phases. Baselines in the same run: complexity tiers, fixed
weights, the additive formula of an agent platform, and the median of the training phases; and all
at equal coverage, each scaled until its budget holds nine phases of ten.

The headline is over repositories that the fit did not see, never over those marked in-sample.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from rich.console import Console
from rich.progress import track

from benchmarks.calibration_input import read_all
from benchmarks.calibration_protocols import (
    LEAST_REPOSITORIES,
    Forecast,
    Protocol,
    as_shipped,
    leave_one_out,
    with_long_phases,
)
from benchmarks.calibration_report import section
from benchmarks.calibration_tables import format_tables, sentences, tables
from estimators.errors import EstimatorError
from estimators.history import DEFAULT_LIMIT
from estimators.observed import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from estimators.fit import Repositories

WIDTH = 150
"""Columns of the terminal that the tables are made for."""

BAD_INPUT = 2

ProtocolChoice = Literal["leave-one-out", "as-shipped", "both"]
FormatChoice = Literal["ndjson", "whole_file", "diff", "all"]

PROTOCOLS = {"leave-one-out": leave_one_out, "as-shipped": as_shipped}

Forecasts = dict[tuple[Protocol, str], list[Forecast]]
"""By protocol and format."""


def main(  # noqa: PLR0913, PLR0917 - one argument an option
    history: Annotated[
        list[Path] | None, typer.Option(help="History files, oldest phase first.")
    ] = None,
    repo: Annotated[list[Path] | None, typer.Option(help="Git repositories to mine.")] = None,
    more: Annotated[
        list[Path] | None, typer.Argument(help="More of either: files, and folders to mine.")
    ] = None,
    protocol: Annotated[
        ProtocolChoice | None,
        typer.Option(help="Both if there is a history file and a second repository."),
    ] = None,
    output_format: Annotated[
        FormatChoice, typer.Option("--format", help="Answer format.")
    ] = "ndjson",
    limit: Annotated[
        int, typer.Option(min=1, help="Phases to mine of a repository: the newest.")
    ] = DEFAULT_LIMIT,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plots: Annotated[Path | None, typer.Option(help="Draw four figures into this folder.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Repositories at once.")] = None,
) -> None:
    """Print how good the estimates are: errors, quantiles, coverage, beside rules of thumb."""
    files, folders = sorted_out([*(history or ()), *(more or ())], repo or ())
    formats = FORMATS if output_format == "all" else (output_format,)
    if plots is not None:
        check_plots(plots)
    try:
        repositories = read_all(files, folders, limit, jobs)
        chosen = protocols(protocol, repositories, formats, has_files=bool(files))
        forecasts = predict(repositories, chosen, formats, jobs)
    except EstimatorError as error:
        refuse(str(error))
    sections = [section(*which, found) for which, found in forecasts.items()]
    if plots is not None:
        draw(plots, forecasts)
    if as_json:
        print(json.dumps({"sections": sections}, indent=2))
    else:
        show(sections)


def sorted_out(
    paths: Sequence[Path], repositories: Sequence[Path]
) -> tuple[list[Path], list[Path]]:
    """History files, and folders to mine."""
    folders = [path for path in paths if path.is_dir()]
    return [path for path in paths if path not in folders], [*repositories, *folders]


def protocols(
    asked: ProtocolChoice | None,
    repositories: Repositories,
    formats: Sequence[str],
    *,
    has_files: bool,
) -> list[Protocol]:
    """Which to follow: those asked for, or those that make sense of what was given."""
    enough = all(len(with_long_phases(repositories, one)) >= LEAST_REPOSITORIES for one in formats)
    both = (has_files and enough) if asked is None else asked == "both"
    if both:
        return ["leave-one-out", "as-shipped"]
    return ["leave-one-out" if asked == "leave-one-out" else "as-shipped"]


def predict(
    repositories: Repositories,
    chosen: Sequence[Protocol],
    formats: Sequence[str],
    jobs: int | None,
) -> Forecasts:
    """The forecasts of every protocol and format; progress is shown on a terminal.

    Raises:
        HistoryError: There are too few repositories.
    """
    forecasts = {}
    for output_format in formats:
        kept = with_long_phases(repositories, output_format)
        for name in repositories.keys() - kept.keys():
            print(f"{name}: left out: no long phase, {output_format}", file=sys.stderr)
    for protocol in chosen:
        for output_format in formats:
            found = PROTOCOLS[protocol](repositories, output_format, jobs)
            shown = _progress(found, f"{protocol}, {output_format}", len(repositories))
            forecasts[protocol, output_format] = list(chain.from_iterable(shown))
    return forecasts


def _progress(
    found: Iterator[list[Forecast]], what: str, repositories: int
) -> Iterator[list[Forecast]]:
    hidden = not sys.stderr.isatty()
    console = Console(stderr=True)
    yield from track(found, what, total=repositories, console=console, disable=hidden)


def show(sections: Sequence[dict[str, Any]]) -> None:
    """Tables, then what they come to; the headline is the last that is read."""
    console = Console(width=WIDTH, highlight=False)
    for one in sections:
        for table in tables(one):
            console.print(table, "")
    if len({one["format"] for one in sections}) > 1:
        for table in format_tables(sections):
            console.print(table, "")
    for one in sections:
        for sentence in sentences(one):
            console.print(sentence, markup=False, soft_wrap=True)


def draw(folder: Path, forecasts: Forecasts) -> None:
    """Draw the first protocol and format that was asked for."""
    from benchmarks.calibration_plots import write_plots

    (protocol, output_format), found = next(iter(forecasts.items()))
    for file in write_plots(folder, found, f"{protocol}, {output_format}"):
        print(file, file=sys.stderr)


def check_plots(folder: Path) -> None:
    """Make sure that figures can be drawn before minutes are spent on them."""
    if find_spec("matplotlib") is None:
        refuse("--plots: expected matplotlib: pip install 'token-budget[plots]'")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(f"--plots: expected a folder: {error}")
    if not os.access(folder, os.W_OK):
        refuse(f"--plots: expected a folder that can be written: {folder}")


def refuse(reason: str) -> NoReturn:
    """End with one message."""
    print(f"error: {reason}", file=sys.stderr)
    raise typer.Exit(BAD_INPUT)


if __name__ == "__main__":
    typer.run(main)
