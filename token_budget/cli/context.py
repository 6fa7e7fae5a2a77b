"""``token-budget context``: what of the workspace goes into the prompt of a phase, and why."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from token_budget.ceiling import BUDGETS
from token_budget.cli.output import print_json
from token_budget.cli.plan import chosen
from token_budget.errors import BudgetExhausted, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from token_budget.plan import BudgetPlan
    from token_budget.spec import Phase, Run


def context(  # noqa: PLR0913, PLR0917 - one argument an option
    spec: Annotated[Path, typer.Argument(help="A run spec: JSON, YAML or TOML.")],
    phase: Annotated[
        str | None, typer.Option(help="The phase; not needed if there is only one.")
    ] = None,
    budget: Annotated[
        int | None, typer.Option(min=0, help="Tokens of the model; what the plan leaves if less.")
    ] = None,
    workspace: Annotated[
        Path, typer.Option(help="The folder that the phase is about.", file_okay=False)
    ] = Path(),
    model: Annotated[str | None, typer.Option(help="Model id, unless the phase says.")] = None,
    embedder: Annotated[
        str | None,
        typer.Option(help="local:FOLDER, voyage:MODEL@DIMENSION or openai:MODEL@DIMENSION=URL."),
    ] = None,
    cap: Annotated[
        int | None, typer.Option(min=-1, help="Texts to embed at the most; 0: none; -1: no limit.")
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Refuse pinned files that do not fit whole, or are not read."
        ),
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each file is in, and what was left out.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
    render: Annotated[
        bool, typer.Option("--render", help="The section of the prompt, nothing else.")
    ] = False,
) -> None:
    """Choose the context of a phase under a hard budget; nothing is sent but to an embedder.

    The embedder's key is the setting TOKEN_BUDGET_EMBEDDER_KEY. Exits 3 if no token is left for
    context.
    """
    from token_budget.cli.context_report import context_report
    from token_budget.policy import BudgetPolicy
    from token_budget.spec_file import load_run

    if as_json and render:
        raise ConfigError("cannot be joined", "arguments --json and --render", None, "one of them")
    one = only_phase(load_run(spec), phase)
    policy = BudgetPolicy.from_file(
        workspace=workspace,
        model=model,
        embedder=embedder,
        embedding_cap=cap,
        strict_context=strict or None,
        context_budget=budget,
    )
    plan = policy.plan(one)
    error = plan.exhausted or (no_room(plan) if policy.config.context_budget else None)
    if error is not None:
        raise error
    if budget is not None:
        plan = replace(plan, context_budget=min(budget, plan.context_budget))
    with _reading(quiet=as_json or render) as progress:
        selection = policy.context(one, plan, progress=progress)
    if render:
        sys.stdout.write(selection.rendered)
    elif as_json:
        print_json(context_report(one, plan, selection))
    else:
        from token_budget.cli.context_table import print_context

        print_context(context_report(one, plan, selection), explain=explain)


def only_phase(run: Run, name: str | None) -> Phase:
    """The phase of that id, or the only one.

    Raises:
        ConfigError: There is no such phase, or more than one and none is named.
    """
    if name is None and len(run.phases) > 1:
        expected = f"one of {', '.join(one.phase_id for one in run.phases)}"
        raise ConfigError("which phase?", "argument --phase", None, expected)
    return chosen(run, [name] if name else [])[0]


def no_room(plan: BudgetPlan) -> BudgetExhausted | None:
    """What leaves no token for context: the tightest budget, once the answer has its ceiling."""
    if plan.context_budget:
        return None
    rooms = {name: room for name in BUDGETS if (room := plan.ceiling.bounds[name]) is not None}
    scope = min(rooms, key=lambda name: rooms[name])
    prompt, answer = plan.prompt_tokens, plan.ceiling.tokens
    reason = f"a prompt of {prompt:,} and an answer of {answer:,} leave no token for context"
    asked, left = prompt + answer + 1, prompt + rooms[scope]
    return BudgetExhausted(scope, None, 0, 0, asked, left, reason=reason)


@contextmanager
def _reading(*, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error while files are read."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(file=sys.stderr)
    if quiet or not console.is_terminal:
        yield None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("reading files", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
