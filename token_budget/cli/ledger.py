"""``token-budget ledger``: what was spent and is held, limits, and what nobody settled."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from token_budget.cli.ledger_open import WHOLE_LEDGER, opened_ledger, scope_from, scope_text
from token_budget.cli.output import print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    Report = dict[str, Any]

ledger = typer.Typer(
    help="The books: what was spent and is held, limits, and what nobody settled.",
    no_args_is_help=True,
)

ScopeArgument = Annotated[
    str,
    typer.Argument(
        metavar="SCOPE", help="Names such as organisation/run/phase; / is the whole ledger."
    ),
]
RoundArgument = Annotated[int, typer.Argument(metavar="ROUND", min=0, help="Its number.")]
DbOption = Annotated[
    str | None, typer.Option(metavar="URL", help="sqlite:///FILE or postgresql+psycopg://…")
]
WorkspaceOption = Annotated[
    Path,
    typer.Option(help="The folder whose ledger it is, without --db.", file_okay=False, exists=True),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")]


@ledger.command()
def status(
    db: DbOption = None, workspace: WorkspaceOption = Path(), as_json: JsonOption = False
) -> None:
    """Show the totals, every limit, who is stopped, and rounds that nobody settled."""
    from token_budget.cli.ledger_report import status_report
    from token_budget.cli.ledger_table import print_status

    with opened_ledger(db, workspace) as books:
        report = status_report(books)
    _show(report, print_status, as_json=as_json)


@ledger.command()
def statement(
    scope: ScopeArgument = WHOLE_LEDGER,
    db: DbOption = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show all that happened in a scope and under it, by model and by kind."""
    from token_budget.cli.ledger_report import statement_report
    from token_budget.cli.ledger_table import print_statement

    with opened_ledger(db, workspace) as books:
        report = statement_report(books, scope_from(scope))
    _show(report, print_statement, as_json=as_json)


@ledger.command()
def limits(  # noqa: PLR0913, PLR0917 - one argument an option
    scope: ScopeArgument,
    wanted: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KIND=N",
            help="KIND is output-tokens, total-tokens, usd or calls; may be repeated.",
        ),
    ] = None,
    removed: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="KIND", help="A KIND, or all; may be repeated."),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD",
            help="daily (today), a day, or DAY..DAY, the second not included; UTC."
            "  [default: for good]",
        ),
    ] = None,
    db: DbOption = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show the limits of a scope, or change some of them; a raised limit lets it go on."""
    from token_budget.cli.ledger_limits import changed_limit, period_from
    from token_budget.cli.ledger_report import limits_report
    from token_budget.cli.ledger_table import print_limits

    path, within = scope_from(scope), period_from(period, datetime.now(UTC).date())
    with opened_ledger(db, workspace, make=bool(wanted)) as books:
        if wanted or removed:
            changed = changed_limit(books.limits(path), within, wanted or (), removed or ())
            books.set_limit(path, changed)
        report = limits_report(books, path)
    _show(report, print_limits, as_json=as_json)


@ledger.command()
def resume(
    scope: ScopeArgument,
    db: DbOption = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Let a scope that was stopped, by an overrun or by hand, go on."""
    from token_budget.cli.ledger_report import stopped_report

    path = scope_from(scope)
    with opened_ledger(db, workspace) as books:
        stopped = stopped_report([books.statement(path)])
        books.resume(path)
    text = "goes on" if stopped else "was not stopped"
    report = {"scope": scope_text(path), "was_stopped": bool(stopped)}
    _done(report, f"{scope_text(path)} {text}", as_json=as_json)


@ledger.command()
def settle(  # noqa: PLR0913, PLR0917 - one argument an option
    scope: ScopeArgument,
    number: RoundArgument,
    model: Annotated[str, typer.Option(metavar="ID", help="Who answered.")],
    input_tokens: Annotated[int, typer.Option("--input", min=0, help="Tokens of the prompt.")],
    output_tokens: Annotated[int, typer.Option("--output", min=0, help="Tokens of the answer.")],
    estimated: Annotated[
        bool, typer.Option("--estimated", help="The figures are no report of the API.")
    ] = False,
    db: DbOption = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Debit what a round that was sent and never settled has used."""
    from token_budget.cli.ledger_report import round_report
    from token_budget.ledger import Usage

    usage, path = Usage(input_tokens, output_tokens), scope_from(scope)
    with opened_ledger(db, workspace) as books:
        entered = books.settle(path, number, usage, model=model, estimated=estimated)
    text = f"settled: {entered.shown}, {usage.total:,} tokens"
    _done(round_report(entered), text, as_json=as_json)


@ledger.command("write-off")
def write_off(  # noqa: PLR0913, PLR0917 - one argument an option
    scope: ScopeArgument,
    number: RoundArgument,
    note: Annotated[str, typer.Option(help="Why; it is kept.")],
    db: DbOption = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Give up a round that was sent and never settled: its hold is free, nothing is debited."""
    from token_budget.cli.ledger_report import round_report

    with opened_ledger(db, workspace) as books:
        entered = books.write_off(scope_from(scope), number, note)
    text = f"written off: {entered.shown}, {entered.held.total_tokens:,} tokens are free"
    _done(round_report(entered), text, as_json=as_json)


@ledger.command()
def reclaim(
    db: DbOption = None, workspace: WorkspaceOption = Path(), as_json: JsonOption = False
) -> None:
    """End every lease that has expired; whoever needs the room does it without being asked."""
    with opened_ledger(db, workspace) as books:
        ended = books.reclaim()
    _done({"reclaimed": ended}, f"{ended:,} leases had expired", as_json=as_json)


@ledger.command()
def export(
    db: DbOption = None, workspace: WorkspaceOption = Path(), as_json: JsonOption = False
) -> None:
    """Write every account, reservation and round of one instant: an object a line, or one in all.

    No contents, prompts or keys are in the books.
    """
    with opened_ledger(db, workspace) as books:
        rows, identity = books.export(), books.identity
    if as_json:
        print_json({"identity": identity, "rows": rows})
        return
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _show(report: Report, as_text: Callable[[Report], None], *, as_json: bool) -> None:
    if as_json:
        print_json(report)
    else:
        as_text(report)


def _done(report: Report, text: str, *, as_json: bool) -> None:
    """Say what was done."""
    from token_budget.cli.ledger_table import print_sentence

    _show(report, lambda _: print_sentence(text), as_json=as_json)
