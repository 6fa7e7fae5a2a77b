"""One phase of twelve files from plan to files, with an answer that is cut off twice.

    python -m benchmarks.demo

The server is a local one that behaves like the Messages API; everything else is the real thing: the
SDK, the executor, the applier, the ledger. Every figure is the same at every call.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from anthropic import Anthropic
from rich.table import Column, Table

from benchmarks.demo_answer import demo_run, expected_files, operations, write_workspace
from benchmarks.end_to_end_phases import wrong_files
from benchmarks.messages_api.authors import AUTHORS, Thinking
from benchmarks.messages_api.server import MessagesServer
from benchmarks.messages_api.target import Target
from token_budget.cli.ledger_report import statement_report
from token_budget.cli.ledger_table import print_statement
from token_budget.cli.output import plain_console
from token_budget.cli.plan_report import plan_report
from token_budget.cli.plan_table import print_plan
from token_budget.executor import run_phase
from token_budget.executor.events import Arrived, Sent, Settled
from token_budget.executor.work import Settings
from token_budget.policy import BudgetPolicy

if TYPE_CHECKING:
    from rich.console import Console

    from token_budget.executor.events import Event
    from token_budget.executor.result import PhaseResult

CUTS = 2
"""How often the contract's ceiling cuts the answer off."""

FACTOR = 1.35
"""The server's tokens for one of ``cl100k_base``: about what current models have."""

THINKING_TOKENS, LATER_THINKING_TOKENS = 350, 60
"""What the author thinks before the answer, and before each continuation."""


def main() -> None:
    """Show the demonstration; exit 1 if it did not do what it shows."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        write_workspace(workspace)
        result, wrong = demonstrated(workspace, plain_console())
    cuts = sum(one.stop_reason == "max_tokens" for one in result.rounds)
    if not result.complete or wrong or cuts != CUTS:
        raise SystemExit(f"{result.outcome}: {result.reason}; wrong: {wrong}; cut off {cuts} times")


def demonstrated(workspace: Path, console: Console) -> tuple[PhaseResult, list[str]]:
    """Plan, carry out and show the phase.

    Returns:
        What became of it, and the files that are not as they should be.
    """
    run, policy = demo_run(), BudgetPolicy(workspace=workspace)
    (phase,) = run.phases
    console.rule("the plan", align="left")
    print_plan(plan_report(run, [policy.plan(phase)], policy.config), explain=False)
    console.rule("the rounds", align="left")
    faithful = AUTHORS["faithful"](Target.ndjson(operations()))
    author = Thinking(faithful, THINKING_TOKENS, later=LATER_THINKING_TOKENS)
    with (
        MessagesServer(author, factor=FACTOR) as server,
        Anthropic(base_url=server.url, api_key="none", max_retries=0) as client,
    ):
        result = run_phase(
            client, policy, phase, settings=Settings(watch=lambda event: _say(console, event))
        )
    wrong = wrong_files(expected_files(), workspace)
    console.rule("the files", align="left")
    console.print(file_table(result, workspace, wrong))
    console.rule("the spend", align="left")
    console.print(spend_table(result))
    console.rule("the ledger's statement", align="left")
    print_statement(statement_report(policy.books, (run.run_id,)))
    return result, wrong


def file_table(result: PhaseResult, workspace: Path, wrong: list[str]) -> Table:
    """Every file that was changed, and whether it is what its author meant."""
    made = _table(("file", "operation"), ("lines", "as meant"))
    kinds = {one.path: one.type for one in result.operations}
    for path in result.files_changed:
        file = workspace / path
        lines = f"{len(file.read_text(encoding='utf-8').splitlines())}" if file.is_file() else ""
        made.add_row(path, kinds.get(path, ""), lines, "no" if path in wrong else "yes")
    return made


def spend_table(result: PhaseResult) -> Table:
    """Every round, and all of them."""
    names = ("ceiling", "output", "thinking", "kept", "thrown away")
    made = _table(("round", "ended by"), names)
    for one in result.rounds:
        figures = (one.ceiling, one.output, one.thinking, one.operations_kept, one.wasted)
        made.add_row(str(one.round), one.stop_reason, *(f"{figure:,}" for figure in figures))
    cost = "" if result.micro_usd is None else f"${result.micro_usd / 1e6:.4f}"
    total = (result.usage.output, result.usage.thinking, len(result.operations))
    thrown = sum(one.wasted for one in result.rounds)
    made.add_section()
    made.add_row("all", cost, "", *(f"{figure:,}" for figure in (*total, thrown)), style="bold")
    return made


def _say(console: Console, event: Event) -> None:
    match event:
        case Sent():
            ceiling = event.round.ceiling
            how = f"at most {ceiling.tokens:,} tokens ({ceiling.bound})"
            console.print(f"round {event.round.number}: {event.round.strategy}, {how}")
        case Arrived():
            for one in event.operations:
                console.print(f"  {one.type} {one.path}", markup=False)
        case Settled():
            record = event.record
            kept = f"{record.operations_kept} operations kept"
            console.print(f"  {record.stop_reason}, {record.output:,} tokens, {kept}")
        case _:
            pass


def _table(left: tuple[str, ...], right: tuple[str, ...]) -> Table:
    columns = (*map(Column, left), *(Column(name, justify="right") for name in right))
    return Table(*columns, box=None, padding=(0, 2, 0, 0))


if __name__ == "__main__":
    main()
