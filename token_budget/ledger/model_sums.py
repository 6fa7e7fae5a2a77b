"""The sums of each model in each account, so that no statement of a scope scans rounds."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.ledger.dialects import among, insert_or_add
from token_budget.ledger.tables import MODEL_SUMS, account, model_sum

if TYPE_CHECKING:
    from token_budget.ledger.dialects import Insert
    from token_budget.ledger.records import Round


def counted(entered: Round) -> dict[str, Any]:
    """What a settled round adds to the sums of its model: the parameters of `adding`."""
    usage = {} if entered.usage is None else entered.usage.counts()
    figures = {
        "model": entered.model,
        "rounds": 1,
        "estimated": int(entered.estimated),
        "late": int(entered.late),
        "unpriced": int(entered.micro_usd is None),
        **usage,
        "micro_usd": entered.spent.micro_usd + entered.overrun.micro_usd,
    }
    return {f"add_{name}": value for name, value in figures.items()}


@lru_cache
def adding(dialect: str, count: int) -> Insert:
    """An upsert that adds the same figures in so many accounts, in the order of their ids."""
    columns = (model_sum.c[name] for name in ("model", *MODEL_SUMS))
    same = [sa.bindparam(f"add_{column.name}", type_=column.type) for column in columns]
    some = among(account.c.id, "id", count)
    rows = sa.select(account.c.id, *same).where(some).order_by(account.c.id)
    return insert_or_add(dialect, model_sum).from_select(("account", "model", *MODEL_SUMS), rows)
