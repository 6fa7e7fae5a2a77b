"""``token-budget mine``: observed phases out of git histories."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime  # noqa: TC003 - typer reads the annotation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from token_budget.cli.output import plain_console, print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from rich.table import Table

    from estimators.history import MiningOptions
    from estimators.mining.mine_many import MinedRepository
    from estimators.mining.mining_report import MiningReport
    from token_budget.counting import TokenCounter

SOME_FAILED = 1
_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


def mine(  # noqa: PLR0913, PLR0917 - one argument an option
    repositories: Annotated[
        list[str], typer.Argument(metavar="REPO...", help="Work trees or bare repositories.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="JSON lines; compressed if it ends in .gz.")
    ],
    limit: Annotated[int, typer.Option(min=1, help="Phases a repository: the newest.")] = 500,
    since: Annotated[
        datetime | None, typer.Option(formats=_DATES, help="Only commits since then, UTC.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DATES, help="Only commits until then, UTC.")
    ] = None,
    path: Annotated[
        list[str] | None,
        typer.Option(help="Only commits that changed this file or folder; may be repeated."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Repositories at once.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Mine git histories: one commit is one observed phase, with the tokens that it took.

    Reads, never fetches, and runs nothing that a repository names. Exits 1 if a repository could
    not be mined; the others are written all the same.
    """
    from token_budget.cli.phase_file import phase_file

    options: MiningOptions = {"limit": limit, "since": since, "until": until, "paths": path or ()}
    reports = []
    with phase_file(output) as write, progress_bar(repositories, limit) as on_phase:
        for mined in mined_repositories(repositories, options, jobs, on_phase):
            for phase in mined.phases:
                write(phase.as_json())
            reports.append(mined)
        refuse_if_all_failed(reports)
    report = mining_report(output, reports)
    if as_json:
        print_json(report)
    else:
        print_report(report)
    if any(mined.failure for mined in reports):
        raise typer.Exit(SOME_FAILED)


def mined_repositories(
    repositories: Sequence[str],
    options: MiningOptions,
    jobs: int,
    on_phase: Callable[[int], None],
) -> Iterator[MinedRepository]:
    """One after another, phase by phase; or several at once, and then repository by repository."""
    from estimators.mining.mine_many import mine_many, mine_one

    if jobs == 1:
        for repository in repositories:
            yield mine_one(repository, count_tokens, options, lambda: on_phase(1))
        return
    for mined in mine_many(repositories, count_tokens, jobs, **options):
        on_phase(len(mined.phases))
        yield mined


def count_tokens(text: str) -> int:
    """The ``cl100k_base`` tokens of ``text``; a function that other processes can import."""
    return _counter().count(text)


@cache
def _counter() -> TokenCounter:
    from token_budget.counting import TokenCounter

    return TokenCounter(cached_counts=0)  # mining counts no text twice


def refuse_if_all_failed(mined: Sequence[MinedRepository]) -> None:
    """Make sure that there is something to write.

    Raises:
        RepositoryError: No repository could be mined; it speaks of the first.
    """
    from estimators.errors import RepositoryError

    failures = [(one.source, one.failure) for one in mined if one.failure]
    if len(failures) == len(mined):
        raise RepositoryError(failures[0][0], failures[0][1])


@contextmanager
def progress_bar(repositories: Sequence[str], limit: int) -> Generator[Callable[[int], None]]:
    """A function that moves the bar on; the bar is drawn on standard error, in a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("mining"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("phases at most"),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        bar = progress.add_task("mining", total=limit * len(repositories))
        yield lambda phases: progress.advance(bar, phases)


def mining_report(output: Path, mined: Sequence[MinedRepository]) -> dict[str, Any]:
    """What was mined and what was skipped and why, by repository and in all."""
    from estimators.mining.mining_report import MiningReport

    total = MiningReport()
    for one in mined:
        total.add(one.report)
    rows = [
        {"repository": one.source, **figures(one.report), "failure": one.failure} for one in mined
    ]
    return {"output": str(output), "repositories": rows, "total": figures(total)}


def figures(report: MiningReport) -> dict[str, Any]:
    """The counts of a report, the commonest reason first."""
    return {
        "phases": report.mined,
        "commits": report.commits,
        "skipped_commits": dict(report.skipped.most_common()),
        "left_out_files": dict(report.left_out.most_common()),
        "stopped": report.stopped,
    }


def print_report(report: dict[str, Any]) -> None:
    """A table of the repositories, and one of the reasons."""
    from rich.text import Text

    console = plain_console()
    rows = [*report["repositories"], {"repository": "total", **report["total"], "failure": None}]
    table = _table("repository", "commits", "phases")
    for row in rows if len(rows) > 2 else rows[:1]:
        table.add_row(Text(row["repository"]), f"{row['commits']:,}", f"{row['phases']:,}")
    console.print(table)
    for heading, key in (("skipped commits", "skipped_commits"), ("left out", "left_out_files")):
        if report["total"][key]:
            table = _table(heading, "commits" if key == "skipped_commits" else "files")
            for reason, number in report["total"][key].items():
                table.add_row(Text(reason), f"{number:,}")
            console.print("", table)
    for row in report["repositories"]:
        for trouble in filter(None, (row["failure"], row["stopped"])):
            console.print(Text(f"{row['repository']}: {trouble}"))


def _table(first: str, *others: str) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name, justify="right")
    return table
