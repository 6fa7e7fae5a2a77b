"""``token-budget plan``: dry-run the budgets of a run spec."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from token_budget.cli.output import print_json
from token_budget.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from token_budget.spec import Phase, Run

EffortOption = Literal["low", "medium", "high", "xhigh", "max"]
ProviderOption = Literal["anthropic", "bedrock", "vertex"]


def plan(  # noqa: PLR0913, PLR0917 - one argument an option
    spec: Annotated[Path, typer.Argument(help="A run spec: JSON, YAML or TOML.")],
    workspace: Annotated[
        Path, typer.Option(help="The folder that the phases are about.", file_okay=False)
    ] = Path(),
    model: Annotated[str | None, typer.Option(help="Model id, unless a phase names one.")] = None,
    provider: Annotated[ProviderOption | None, typer.Option(help="Who serves the model.")] = None,
    effort: Annotated[
        EffortOption | None, typer.Option(help="Effort, unless a phase says.")
    ] = None,
    quantile: Annotated[
        float | None,
        typer.Option(
            min=0.05, max=0.999, help="Quantile that is reserved and priced.  [default: 0.9]"
        ),
    ] = None,
    phase: Annotated[
        list[str] | None, typer.Option(help="Only this phase; may be repeated.")
    ] = None,
    token_budget: Annotated[
        int | None, typer.Option(min=0, help="Tokens of the run; exit 3 if more are reserved.")
    ] = None,
    usd: Annotated[
        float | None, typer.Option(min=0.0, help="US dollars of the run; exit 3 if it costs more.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why, a row a deliverable.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Plan every phase of a run: output tokens, max_tokens and why, what to reserve, what it costs.

    Needs no network and no key. Exits 3 if a phase or the whole run does not fit its budget.
    """
    from token_budget.cli.plan_report import plan_report
    from token_budget.policy import BudgetPolicy
    from token_budget.spec_file import load_run

    run = load_run(spec)
    policy = BudgetPolicy.from_file(
        workspace=workspace,
        model=model,
        provider=provider,
        effort=effort,
        hold_quantile=quantile,
        token_budget=token_budget,
        usd=usd,
    )
    plans = [policy.plan(one) for one in chosen(run, phase or ())]
    report = plan_report(run, plans, policy.config)
    if as_json:
        print_json(report)
    else:
        from token_budget.cli.plan_table import print_plan

        print_plan(report, explain=explain)
    if report["over"]:
        raise typer.Exit(3)


def chosen(run: Run, names: Sequence[str]) -> list[Phase]:
    """The phases of these ids in the order of the run; all of them where none is named.

    Raises:
        ConfigError: An id is not one of the run's.
    """
    known = {one.phase_id: one for one in run.phases}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            expected = f"a phase of the run{f', such as {near[0]!r}' if near else ''}"
            raise ConfigError("no such phase", "argument --phase", name, expected)
    return [one for one in run.phases if not names or one.phase_id in names]
