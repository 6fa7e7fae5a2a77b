"""What a round of an attempt may take, and what is held for it.

One place reconciles what the contract allows, what the budgets leave and what the model can do: the
smallest bound counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from token_budget.ceiling import Ceiling, smallest
from token_budget.errors import BudgetExhausted
from token_budget.ledger.amounts import Amount
from token_budget.planning import ceiling_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from token_budget.ceiling import BoundName
    from token_budget.ledger import Reservation
    from token_budget.planning import Situation
    from token_budget.remaining import Balance

SOFT_BOUNDS: tuple[BoundName, ...] = ("quota", "runaway")
"""Bounds that guess how long the answer will be. They give way once an answer has shown that it is
longer; the others never do."""

MOST_LOWERINGS = 8
"""How often a ceiling is lowered because others took what was left: each time by what is gone."""


def round_ceiling(
    now: Situation, prompt: int, balances: Mapping[BoundName, Balance], own: Amount, *, hard: bool
) -> Ceiling:
    """The smallest of all bounds for a round.

    Args:
        now: What the phase was planned from.
        prompt: Tokens of the round's prompt, at the most.
        balances: What is left at this moment.
        own: What the attempt holds unsent: it is left for its own rounds.
        hard: Whether only what nobody may cross counts, and no guess of the length.
    """
    left = {name: with_own(balance, own) for name, balance in balances.items()}
    ceiling = ceiling_of(replace(now, prompt=prompt, balances=left))
    if not hard:
        return ceiling
    return smallest({**ceiling.bounds, **dict.fromkeys(SOFT_BOUNDS)})


def with_own(balance: Balance, own: Amount) -> Balance:
    """A balance that counts what the attempt itself holds as left."""
    return replace(
        balance,
        held=max(balance.held - own.total_tokens, 0),
        output_left=_plus(balance.output_left, own.output_tokens),
        micro_usd_left=_plus(balance.micro_usd_left, own.micro_usd),
    )


def hold(  # noqa: PLR0913, PLR0917 - what is held, for what, and how little will do
    reservation: Reservation, number: int, now: Situation, prompt: int, ceiling: Ceiling, floor: int
) -> Ceiling:
    """Hold a round before it is sent; where that does not fit, with a lower ceiling.

    Args:
        reservation: Of the attempt.
        number: The round.
        now: For prices.
        prompt: Tokens of its prompt, at the most.
        ceiling: What it should get.
        floor: The lowest ceiling that is worth sending: output tokens.

    Returns:
        The ceiling that is held.

    Raises:
        BudgetExhausted: Even the floor does not fit; nothing may be sent.
        LedgerError: It cannot be entered; nothing may be sent.
    """
    for _ in range(MOST_LOWERINGS):
        try:
            reservation.sending(number, amount(now, prompt, ceiling.tokens))
        except BudgetExhausted as error:
            lower = _affordable(error, reservation.held(), now, prompt, ceiling.tokens)
            if lower < floor:
                raise
            ceiling = Ceiling(lower, "ledger", {**ceiling.bounds, "ledger": lower})
        else:
            return ceiling
    raise BudgetExhausted("ledger", None, 0, 0, prompt + floor, 0, reason="others are faster")


def amount(now: Situation, prompt: int, output: int) -> Amount:
    """The most that a request can take: its prompt may be written to the cache for an hour."""
    cost = now.prices.cost(0, output, cache_write_1h=prompt)
    return Amount(output_tokens=output, total_tokens=prompt + output, micro_usd=cost or 0, calls=1)


def _affordable(
    error: BudgetExhausted, own: Amount, now: Situation, prompt: int, ceiling: int
) -> int:
    """The ceiling that the limit that fired would allow, and in any case a lower one."""
    rate = now.prices.output_rate(prompt)
    match error.unit:
        case "tokens":
            fits = error.left + own.total_tokens - prompt
        case "output tokens":
            fits = error.left + own.output_tokens
        case "calls":
            return 0
        case _ if rate:
            cost = amount(now, prompt, 0).micro_usd
            fits = int((error.left + own.micro_usd - cost) // rate)
        case _:
            return 0
    return min(fits, ceiling - 1)


def _plus(left: int | None, own: int) -> int | None:
    return None if left is None else left + own
