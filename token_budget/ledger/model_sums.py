"""The sums of each model in each account, so that no statement of a scope scans rounds."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.ledger.dialects import among, insert_or_add
from token_budget.ledger.tables import MODEL_SUMS, account, model_sum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from token_budget.ledger.debit import Debit
    from token_budget.ledger.dialects import Insert


def counted(debit: Debit, micro_usd: int, *, late: bool = False) -> dict[str, Any]:
    """What a settled round adds to the sums of its model: the parameters of `adding`.

    Args:
        debit: The round's.
        micro_usd: What was entered of money.
        late: Whether it was settled after the lease had ended.
    """
    figures = {
        "model": debit.model,
        "rounds": 1,
        "estimated": int(debit.estimated),
        "late": int(late),
        "unpriced": int(debit.micro_usd is None),
        **debit.usage.counts(),
        "micro_usd": micro_usd,
    }
    return {f"add_{name}": value for name, value in figures.items()}


@lru_cache
def adding(dialect: str, count: int) -> Insert:
    """An upsert that adds the same figures in so many accounts, in the order of their ids."""
    some = among(account.c.id, "id", count)
    return adding_to(dialect, sa.select(account.c.id).where(some).order_by(account.c.id))


def adding_to(
    dialect: str,
    accounts: sa.Select[Any],
    known: Mapping[str, sa.ColumnElement[Any]] = MappingProxyType({}),
) -> Insert:
    """An upsert that adds the same figures in the accounts whose ids a query finds.

    Args:
        dialect: The name of the database's.
        accounts: The query.
        known: What is summed, where it is not a parameter by the name that `counted` gives it.
    """
    names = ("model", *MODEL_SUMS)
    figures = (
        known.get(name, sa.bindparam(f"add_{name}", type_=model_sum.c[name].type)) for name in names
    )
    rows = accounts.add_columns(*figures)
    return insert_or_add(dialect, model_sum).from_select(("account", *names), rows)
