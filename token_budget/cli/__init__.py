"""The command line.

Exit codes: 0 done, 1 the work failed, 2 wrong usage or bad input, 3 over budget.
"""

from __future__ import annotations

import sys

import typer

from estimators.errors import EstimatorError
from token_budget.cli.calibrate import calibrate
from token_budget.cli.context import context
from token_budget.cli.edits import edits
from token_budget.cli.ledger import ledger
from token_budget.cli.mine import mine
from token_budget.cli.models import models
from token_budget.cli.plan import plan
from token_budget.cli.report import report
from token_budget.cli.run import run
from token_budget.cli.state import state
from token_budget.cli.tokens import tokens
from token_budget.errors import BudgetExhausted, TokenBudgetError

BAD_INPUT = 2
OVER_BUDGET = 3

app = typer.Typer(
    help="Budgets for LLM coding agents.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(plan)
app.command()(calibrate)
app.command()(context)
app.command()(mine)
app.command()(models)
app.command()(report)
app.command()(run)
app.command()(tokens)
app.add_typer(edits, name="edits")
app.add_typer(ledger, name="ledger")
app.add_typer(state, name="state")


@app.callback()
def _root() -> None:
    """Budgets for LLM coding agents: how long answers will be, what to send, what it costs."""


def main() -> None:
    """Run the command line; an error of ours is a message and an exit code, never a traceback."""
    try:
        app()
    except (TokenBudgetError, EstimatorError) as error:
        print(f"token-budget: {error}", file=sys.stderr)
        sys.exit(OVER_BUDGET if isinstance(error, BudgetExhausted) else BAD_INPUT)
