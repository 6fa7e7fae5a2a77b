"""How long do a statement and a balance take after a million settled rounds?

    python benchmarks/ledger_statement.py [--rounds 1000000] [--real] [--asked 200] [--db URL]
                                          [--folder DIR] [--json]

The rounds are inserted in bulk: one attempt of each phase is settled by the ledger itself, its rows
are repeated under other numbers, with a reservation each, and every sum is multiplied to match,
which is checked. With ``--real`` every round is reserved and settled. The aim is under 50 ms.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.ledger_load_worker import MODEL, PRICES, amount_of
from token_budget.ledger import Ledger, Limit, Usage
from token_budget.ledger.amounts import KINDS
from token_budget.ledger.tables import MODEL_SUMS, account, model_sum, reservation, round_
from token_budget.prices import PriceBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    Scope = tuple[str, str, str]

RUNS, PHASES = 10, 10
BATCH_ROWS = 20_000
LIMIT_TOKENS = 10**14
AIM_MS = 50.0

LONGEST_SECONDS = 10.0
"""How long one question may be asked over and over."""


def main(  # noqa: PLR0913, PLR0917 - one argument an option
    rounds: Annotated[int, typer.Option(min=1, help="Settled rounds.")] = 1_000_000,
    real: Annotated[bool, typer.Option("--real", help="Settle every one of them.")] = False,
    asked: Annotated[int, typer.Option(min=1, help="Times each question is asked.")] = 200,
    db: Annotated[str | None, typer.Option(help="An empty database.")] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where a new file goes.", file_okay=False, exists=True)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Fill a ledger, then ask it."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        url = db or f"sqlite:///{Path(place) / 'ledger.db'}"
        with Ledger(url, prices=PriceBook(PRICES)) as ledger:
            took = seconds(lambda: fill(ledger, rounds, real=real))
            report = measured(ledger, asked)
    report |= {"filled_by": "settling" if real else "bulk", "filling_seconds": round(took, 1)}
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        show(report)


def fill(ledger: Ledger, rounds: int, *, real: bool) -> None:
    """Settle so many rounds in a tree of organisation, runs and phases, each with a limit."""
    scopes = phase_scopes(rounds)
    ledger.set_limit(("organisation",), Limit(total_tokens=LIMIT_TOKENS))
    for run in sorted({scope[:2] for scope in scopes}):
        ledger.set_limit(run, Limit(total_tokens=LIMIT_TOKENS))
    copies, rest = divmod(rounds, len(scopes))
    for index, scope in enumerate(scopes):
        for number in range(copies + (index < rest) if real else 1):
            settle_one(ledger, scope, number)
    if not real:
        with ledger.database.writing() as connection:
            repeat(connection, copies)
        for scope in scopes[:rest]:
            settle_one(ledger, scope, copies)


def phase_scopes(rounds: int) -> list[Scope]:
    """The phases of all runs; no more of them than rounds."""
    every = [
        ("organisation", f"run-{run}", f"phase-{phase}")
        for run in range(RUNS)
        for phase in range(PHASES)
    ]
    return every[:rounds]


def settle_one(ledger: Ledger, scope: Scope, number: int) -> None:
    """One round by the ledger."""
    with ledger.reserve(scope, amount_of(1_500, 1_000), sending=number) as held:
        held.settle(number, Usage(1_500, 700), model=MODEL)


def repeat(connection: Connection, copies: int) -> None:
    """Repeat every attempt under other names and numbers, and multiply every sum to match."""
    attempts = _rows(connection, reservation)
    rounds = _rows(connection, round_)
    for some in batched(range(1, copies), max(1, BATCH_ROWS // len(rounds))):
        _insert(connection, reservation, [_named(row, "id", n) for n in some for row in attempts])
        _insert(
            connection,
            round_,
            [_named(row, "reservation", n) | {"round": n} for n in some for row in rounds],
        )
    spent = {f"spent_{kind}": account.c[f"spent_{kind}"] * copies for kind in KINDS}
    connection.execute(sa.update(account).values(spent))
    sums = {name: model_sum.c[name] * copies for name in MODEL_SUMS}
    connection.execute(sa.update(model_sum).values(sums))


def batched(numbers: range, size: int) -> Iterator[range]:
    """The numbers in ranges of that size."""
    return (numbers[at : at + size] for at in range(0, len(numbers), size))


def _rows(connection: Connection, table: sa.Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(sa.select(table))]


def _insert(connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    connection.execute(sa.insert(table), rows)


def _named(row: dict[str, Any], column: str, number: int) -> dict[str, Any]:
    """A row of the attempt that is a copy with that number."""
    return {**row, column: f"{row[column]}-{number}"}


def measured(ledger: Ledger, asked: int) -> dict[str, Any]:
    """The time of each question, and whether the books know all their rounds."""
    rounds = check(ledger)
    questions: dict[str, Callable[[], object]] = {
        "statement of the ledger": ledger.statement,
        "statement of a run": lambda: ledger.statement(("organisation", "run-0")),
        "remaining of a run": lambda: ledger.remaining(("organisation", "run-0")),
        "guard of a phase": lambda: ledger.guard(("organisation", "run-0", "phase-0"), 1_000),
        "last 100 rounds": ledger.history,
        "unknown rounds": ledger.unknown_rounds,
    }
    return {
        "database": ledger.database.url.partition(":")[0],
        "rounds": rounds,
        "questions": [timed(name, work, asked) for name, work in questions.items()],
    }


def check(ledger: Ledger) -> int:
    """How many rounds there are, if the sums agree with them.

    Raises:
        SystemExit: They do not: what is measured would be no ledger.
    """
    with ledger.database.reading() as connection:
        columns = [sa.func.sum(round_.c[f"spent_{kind}"]) for kind in KINDS]
        found = [int(one) for one in connection.execute(sa.select(*columns)).one()]
        rounds = connection.scalar(sa.select(sa.func.count()).select_from(round_)) or 0
    said = ledger.statement()
    if found != [getattr(said.spent, kind) for kind in KINDS] or said.by_kind["rounds"] != rounds:
        raise SystemExit(f"the sums are not those of {rounds:,} rounds: {found}, {said.spent}")
    return rounds


def timed(name: str, work: Callable[[], object], asked: int) -> dict[str, Any]:
    """A question's time, after one that warms it up; a slow one is asked fewer times."""
    first = 1e3 * seconds(work)
    asked = max(1, min(asked, int(1e3 * LONGEST_SECONDS / first)))
    times = sorted(1e3 * seconds(work) for _ in range(asked))
    middle, late = times[len(times) // 2], times[int(0.99 * (len(times) - 1))]
    return {"question": name, "first_ms": first, "p50_ms": middle, "p99_ms": late}


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def show(report: dict[str, Any]) -> None:
    """A row a question."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(f"{report['database']}, {report['rounds']:,} rounds")
    for name in ("first ms", "p50 ms", "p99 ms"):
        table.add_column(name, justify="right")
    for one in report["questions"]:
        figures = (f"{one[name]:,.2f}" for name in ("first_ms", "p50_ms", "p99_ms"))
        table.add_row(one["question"], *figures)
    console = Console(highlight=False)
    console.print(table)
    console.print(
        f"filled by {report['filled_by']} in {report['filling_seconds']:g} s;"
        f" the aim is under {AIM_MS:g} ms for statement and remaining"
    )


if __name__ == "__main__":
    typer.run(main)
