"""``token-budget models``: what is known of each model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from token_budget.cli.output import plain_console, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from token_budget.models import ModelLimits
    from token_budget.price_sheet import PriceSheet


def models(
    workspace: Annotated[
        Path, typer.Option(help="Whose settings apply.", file_okay=False)
    ] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """List the models that are known: limits, abilities, tokenizer, prices, retirement."""
    from token_budget.policy import BudgetPolicy

    policy = BudgetPolicy.from_file(workspace=workspace)
    provider = policy.config.provider
    rows = [
        _row(limits, policy.prices.sheet(limits.id, provider)) for limits in policy.models.known()
    ]
    as_of = policy.models.as_of.isoformat()
    if as_json:
        print_json({"as_of": as_of, "provider": provider, "models": rows})
    else:
        plain_console().print(_table(rows, f"models as of {as_of}, prices for {provider}"))


def _row(limits: ModelLimits, prices: PriceSheet) -> dict[str, Any]:
    return {
        "id": limits.id,
        "context_window": limits.context_window,
        "max_output": limits.max_output,
        "prefill": limits.prefill,
        "thinking": limits.thinking,
        "tokenizer": limits.tokenizer,
        "retires": limits.retires.isoformat() if limits.retires else None,
        "input_usd_per_million": prices.input_rate(0),
        "output_usd_per_million": prices.output_rate(0),
        "price_tiers": list(prices.tier_starts),
    }


def _table(rows: list[dict[str, Any]], title: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("model", no_wrap=True)
    for name in ("window", "output"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("prefill", "thinking", "tokens"):
        table.add_column(name)
    for name in ("$/M in", "$/M out", "retires"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row["id"],
            f"{row['context_window'] // 1000:,}k",
            f"{row['max_output'] // 1000:,}k",
            "yes" if row["prefill"] else "no",
            row["thinking"],
            row["tokenizer"],
            _price(row["input_usd_per_million"], row["price_tiers"]),
            _price(row["output_usd_per_million"], row["price_tiers"]),
            row["retires"] or "",
        )
    return table


def _price(rate: float | None, tiers: list[int]) -> str:
    """Micro-dollars a token are dollars a million; ``+``: more for a long prompt."""
    if rate is None:
        return "unknown"
    return f"{rate:g}{'+' if tiers else ''}"
