"""``token-budget run``: carry out the phases of a run spec."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from token_budget.cli.output import plain_console, print_json
from token_budget.cli.plan import EffortOption, ProviderOption, chosen
from token_budget.errors import ConfigError

if TYPE_CHECKING:
    from anthropic import Anthropic

    from ndjson import Preview
    from token_budget.executor import RunResult
    from token_budget.policy import BudgetPolicy
    from token_budget.spec import Run

FAILED = 1
OVER_BUDGET = 3

AUTHENTICATING = frozenset(("authorization", "x-api-key"))
"""Headers that say who asks. The SDK misses them only when it builds its first request."""


def run(  # noqa: PLR0913, PLR0917 - one argument an option
    spec: Annotated[Path, typer.Argument(help="A run spec: JSON, YAML or TOML.")],
    workspace: Annotated[
        Path, typer.Option(help="The folder that is changed.", file_okay=False, exists=True)
    ] = Path(),
    model: Annotated[str | None, typer.Option(help="Model id, unless a phase names one.")] = None,
    provider: Annotated[ProviderOption | None, typer.Option(help="Who serves the model.")] = None,
    effort: Annotated[
        EffortOption | None, typer.Option(help="Effort, unless a phase says.")
    ] = None,
    phase: Annotated[
        list[str] | None, typer.Option(help="Only this phase; may be repeated.")
    ] = None,
    token_budget: Annotated[
        int | None, typer.Option(min=0, help="Tokens of the run, if the books have no limit.")
    ] = None,
    usd: Annotated[
        float | None, typer.Option(min=0.0, help="US dollars of the run, as above.")
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(min=1, help="Model calls of a phase at the most.  [default: 8]")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Plan, and say what an earlier call left; send none.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Change files without asking.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin every phase anew, also a finished one.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object; needs --yes or --dry-run.")
    ] = False,
) -> None:
    """Carry out phases: send, go on where an answer is cut off, show the changes, apply them.

    The key and the address come from the environment, as the anthropic SDK reads them. A phase that
    an earlier call finished is left alone; one that it did not finish is gone on with. Exits 1 if a
    phase failed, 3 if a budget is exhausted.
    """
    from token_budget.cli.run_report import dry_report, run_report
    from token_budget.policy import BudgetPolicy
    from token_budget.spec_file import load_run

    if as_json and not (yes or dry_run):
        expected = "--yes or --dry-run: nobody could answer"
        raise ConfigError("needs", "argument --json", "alone", expected)
    loaded = load_run(spec)
    phases = chosen(loaded, phase or ())
    policy = BudgetPolicy.from_file(
        workspace=workspace,
        model=model,
        provider=provider,
        effort=effort,
        token_budget=token_budget,
        usd=usd,
        rounds=rounds,
    )
    if dry_run:
        _show(dry_report(policy, loaded, phases, fresh=fresh), as_json=as_json)
        return
    ids = [one.phase_id for one in phases]
    result = _carried_out(policy, loaded, ids, yes=yes, fresh=fresh, quiet=as_json)
    _show(run_report(result), as_json=as_json)
    if result.exhausted is not None:
        raise typer.Exit(OVER_BUDGET)
    if not result.complete:
        raise typer.Exit(FAILED)


def _carried_out(  # noqa: PLR0913 - what the options say
    policy: BudgetPolicy, loaded: Run, ids: list[str], *, yes: bool, fresh: bool, quiet: bool
) -> RunResult:
    from token_budget.cli.run_progress import RunProgress
    from token_budget.executor import run as carry_out
    from token_budget.executor.work import Settings

    with RunProgress(policy, quiet=quiet) as progress, _client() as client:

        def approve(preview: Preview) -> bool:
            with progress.paused():
                return approved(preview)

        settings = Settings(
            resume=not fresh, watch=progress.watch, approve=None if yes else approve
        )
        return carry_out(
            client, policy, loaded, phases=ids, settings=settings, began=progress.began
        )


def approved(preview: Preview) -> bool:
    """Show what would change, and ask; where nobody can answer, nothing is changed."""
    from rich.text import Text

    from token_budget.cli.edits_table import visible

    console = plain_console()
    console.print(Text(visible(preview.diff or preview.summary)), soft_wrap=True)
    if not sys.stdin.isatty():
        console.print("Nobody can be asked here: say --yes to change files.")
        return False
    return typer.confirm(f"Change {len(preview.changes):,} files?")


def _client() -> Anthropic:
    """The SDK's client, set up from the environment.

    Raises:
        ConfigError: It lacks a key.
    """
    from anthropic import Anthropic, AnthropicError

    try:
        client = Anthropic()
    except AnthropicError as error:
        raise ConfigError(str(error), "environment") from error
    given = {name.lower() for name in client.default_headers}
    if client.credentials is None and not given & AUTHENTICATING:
        expected = "a key; the anthropic SDK says what else it takes"
        raise ConfigError("is not set", "environment variable ANTHROPIC_API_KEY", None, expected)
    return client


def _show(report: dict[str, Any], *, as_json: bool) -> None:
    from token_budget.cli.run_table import print_run

    if as_json:
        print_json(report)
    else:
        print_run(report)
