"""Do the books hold while processes reserve, settle and die, and how fast are they?

    python benchmarks/ledger_load.py [--db URL | --postgres] [--workers 8] [--seconds 20] [--kill]
                                     [--folder DIR] [--json]

Workers are processes. They reserve, grow, send, settle (some rounds twice) and release, and with
``--kill`` they are killed at random moments, and kill themselves between send and settle. A watcher
checks on snapshots that spent + held + unknown <= limit for every scope and limit. At the end the
books are compared with what the workers' own logs say. Exits 1 if anything is wrong.

In the same run: reserve-and-settle pairs in a tree of three scopes, from one process and from all,
beside bare commits of a row by the driver alone, of which every pair takes two; and what a JSON
file that is read and written, and LiteLLM's ``BudgetManager`` if it is installed, lose meanwhile.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchmarks.ledger_load_check import compare
from benchmarks.ledger_load_log import DONE, read_logs, told_by
from benchmarks.ledger_load_rates import Rates
from benchmarks.ledger_load_table import print_load
from benchmarks.ledger_load_watcher import watch, watched
from benchmarks.ledger_load_worker import TTL_SECONDS, Task, open_ledger, work
from benchmarks.postgresql import temporary_postgresql
from benchmarks.processes import Crew, ready, started
from benchmarks.unlocked_counters import (
    calls_in_json,
    count_in_json,
    has_litellm,
    new_json,
    new_litellm,
    spend_with_litellm,
    usd_in_litellm,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.ledger_load_check import Row

    Report = dict[str, Any]

WORKERS, WORKERS_POSTGRESQL = 8, 16
LONGEST_SIDE_SECONDS = 10.0
"""The measurements beside the load take half its time, and at the most this long each."""

PERCENTILES = {"p50": 0.5, "p99": 0.99}


def main(  # noqa: PLR0913, PLR0917 - one argument an option
    db: Annotated[str | None, typer.Option(help="The ledger's URL; none: a new one.")] = None,
    postgres: Annotated[bool, typer.Option("--postgres", help="A new PostgreSQL.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes.  [default: 8; 16]")] = None,
    seconds: Annotated[float, typer.Option(min=0.5, help="How long the load lasts.")] = 20.0,
    kill: Annotated[bool, typer.Option("--kill", help="Workers die, and are replaced.")] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where new files go.", file_okay=False, exists=True)
    ] = None,
    seed: Annotated[int, typer.Option(help="Of every choice.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Put the books under load, and compare them with the truth."""
    with tempfile.TemporaryDirectory(dir=folder) as place, opened(db, Path(place), postgres) as url:
        crew_size = workers or (WORKERS if url.startswith("sqlite") else WORKERS_POSTGRESQL)
        load = Load(Path(place), url, crew_size, seconds, random.Random(seed) if kill else None)
        report = load.report()
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        print_load(report)
    if report["faults"]:
        raise typer.Exit(1)


@contextmanager
def opened(db: str | None, folder: Path, postgres: bool) -> Iterator[str]:
    """The URL of the database to use, and for how long it is there."""
    if postgres and db is None:
        with temporary_postgresql(folder / "postgresql") as url:
            yield url
    else:
        yield db or f"sqlite:///{folder / 'ledger.db'}"


class Load:
    """One run of the benchmark."""

    def __init__(
        self, folder: Path, url: str, workers: int, seconds: float, killing: random.Random | None
    ) -> None:
        """Nothing runs yet; scopes are those of this run, so that a ledger in use may be named."""
        self._folder, self._url = folder, url
        self._workers, self._seconds, self._killing = workers, seconds, killing
        self._organisation = f"load-{uuid.uuid4().hex[:8]}"

    def report(self) -> Report:
        """Everything that is printed."""
        side = min(self._seconds / 2, LONGEST_SIDE_SECONDS)
        load = self._load()
        rates = Rates(self._folder, self._url, self._organisation, side)
        return {
            "database": self._url.partition(":")[0],
            "workers": self._workers,
            "seconds": self._seconds,
            "kill": self._killing is not None,
            **rates.measured(sorted({1, self._workers})),
            **load,
            "others": [self._json_file(side), self._litellm(side)],
        }

    def _load(self) -> Report:
        ready()
        task_of = self._tasks("load", self._url, self._seconds, dying=self._killing is not None)
        folder = self._folder / "watcher"
        folder.mkdir()
        watcher = started(watch, self._task(folder, "watcher", self._url, self._seconds, 0))
        crew = Crew(work, task_of)
        crew.run(self._workers, task_of(0).until, self._killing)
        watcher.join()
        seen = watched(self._task(folder, "watcher", self._url, 0, 0))
        told = told_by(read_logs(self._folder / "load"))
        found = compare(told, self._books())
        faults = {**found.faults, **{f"{k} (seen)": seen[k] for k in _BAD if seen[k]}}
        if crew.failed:
            faults["workers that failed"] = crew.failed
        return {
            "operations_a_second": round(told.count(DONE) / self._seconds, 1),
            "calls": [call_report(name, told.milliseconds[name]) for name in told.milliseconds],
            "refusals": told.count("refused"),
            "leases_ended": told.count("lease ended"),
            "unavailable": told.count("unavailable"),
            "died": crew.died,
            "snapshots": seen["snapshots"],
            **asdict(found),
            "faults": faults,
        }

    def _books(self) -> list[Row]:
        """The books of this run, when every lease has ended."""
        with open_ledger(self._task(self._folder, "end", self._url, 0, 0)) as ledger:
            time.sleep(TTL_SECONDS)
            ledger.reclaim()
            rows = ledger.export()
        return [row for row in rows if row["scope"][:1] == [self._organisation]]

    def _json_file(self, seconds: float) -> Report:
        path = self._folder / "counter.json"
        new_json(path)
        task_of = self._tasks("json", str(path), seconds)
        Crew(count_in_json, task_of).run(self._workers, task_of(0).until, self._killing)
        told = told_by(read_logs(self._folder / "json"))
        entered, kept = told.count(DONE), calls_in_json(path)
        lost = entered if kept is None else entered - kept
        return {"what": "JSON file", "entered": entered, "lost": lost, "damaged": kept is None}

    def _litellm(self, seconds: float) -> Report:
        if not has_litellm():
            return {"what": "LiteLLM BudgetManager", "absent": "litellm is not installed"}
        place = self._folder / "litellm"
        task_of = self._tasks("litellm", str(place), seconds, relative=True)
        new_litellm(place)
        Crew(spend_with_litellm, task_of).run(self._workers, time.monotonic(), None)
        costs = [entry["usd"] for entry in read_logs(place)]
        kept = usd_in_litellm(place)
        each = sum(costs) / max(len(costs), 1)
        lost = len(costs) if kept is None else round((sum(costs) - kept) / each) if each else 0
        what = "LiteLLM BudgetManager"
        return {"what": what, "entered": len(costs), "lost": lost, "damaged": kept is None}

    def _tasks(
        self,
        name: str,
        place: str,
        seconds: float,
        *,
        dying: bool = False,
        relative: bool = False,
    ) -> Callable[[int], Task]:
        """The tasks of a crew, whose logs go into a folder of that name."""
        folder = self._folder / name
        folder.mkdir()
        until = seconds if relative else time.monotonic() + seconds
        own = self._organisation
        return lambda n: Task(place, str(folder), f"worker-{n:04d}", until, n, dying, own)

    def _task(self, folder: Path, name: str, place: str, seconds: float, seed: int) -> Task:
        until = time.monotonic() + seconds
        return Task(place, str(folder), name, until, seed, organisation=self._organisation)


_BAD = ("violations", "unbalanced")


def call_report(name: str, milliseconds: list[float]) -> Report:
    """How often a call was made, and how long it took."""
    ordered = sorted(milliseconds)
    found = {key: ordered[int(share * (len(ordered) - 1))] for key, share in PERCENTILES.items()}
    return {"call": name, "count": len(ordered), **{f"{k}_ms": v for k, v in found.items()}}


if __name__ == "__main__":
    typer.run(main)
