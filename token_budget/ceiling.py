"""The ceiling: what to send as ``max_tokens``, and which bound decided it.

On Anthropic's own API unused ``max_tokens`` cost nothing, so a ceiling is low only for a named
reason. It is always the smallest of its bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from token_budget.errors import BudgetExhausted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimators.distribution import Distribution
    from token_budget.remaining import Balance

BoundName = Literal["contract", "phase", "run", "ledger", "window", "model", "quota", "runaway"]

BOUND_NAMES: tuple[BoundName, ...] = (
    "contract", "phase", "run", "ledger", "window", "model", "quota", "runaway"
)  # fmt: skip
"""In the order in which equal bounds are named: what the user set comes before what follows."""

BUDGETS: tuple[BoundName, ...] = ("phase", "run", "ledger", "window")
"""Bounds that are the rest of something: under the floor they leave nothing worth sending."""

RUNAWAY_LEVEL = 0.999
"""Quantile of the pooled tail beyond which an answer is taken to run away."""

RUNAWAY_FACTOR = 4
"""An answer may always be this many times its median before it is taken to run away."""

LARGEST_UNSTREAMED_TOKENS = 21_333
"""The SDK refuses a larger ``max_tokens`` without streaming: it expects 128,000 tokens an hour and
allows ten minutes (anthropic 2.11, ``_calculate_nonstreaming_timeout``)."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What to send as ``max_tokens`` in one round.

    Attributes:
        tokens: Output tokens, thinking included; 0 where nothing may be sent.
        bound: The bound that fired: the smallest.
        bounds: Every bound's value in output tokens; None: this bound does not apply.
    """

    tokens: int
    bound: BoundName
    bounds: Mapping[BoundName, int | None]

    @property
    def stream(self) -> bool:
        """Whether the answer must be streamed for the SDK to accept the ceiling."""
        return self.tokens > LARGEST_UNSTREAMED_TOKENS


def smallest(bounds: Mapping[BoundName, int | None]) -> Ceiling:
    """The ceiling that these bounds give.

    Args:
        bounds: Output tokens a bound; None: it does not apply. At least one must.

    Raises:
        ValueError: No bound applies.
    """
    complete = {name: bounds.get(name) for name in BOUND_NAMES}
    applying = {name: value for name, value in complete.items() if value is not None}
    if not applying:
        raise ValueError("expected at least one bound that applies")
    bound = min(applying, key=lambda name: applying[name])
    return Ceiling(max(applying[bound], 0), bound, complete)


def exhausted(
    ceiling: Ceiling, balances: Mapping[BoundName, Balance], *, prompt: int, floor: int
) -> BudgetExhausted | None:
    """The error that ``begin`` must raise where a budget leaves less than the floor.

    Args:
        ceiling: With every bound's value.
        balances: The balance behind each budget bound.
        prompt: Tokens of the prompt.
        floor: The smallest answer worth sending, in output tokens.
    """
    left = {name: value for name in BUDGETS if (value := ceiling.bounds[name]) is not None}
    tightest = min(left, key=lambda name: left[name], default=None)
    if tightest is None or left[tightest] >= floor:
        return None
    balance = balances[tightest]
    return BudgetExhausted(
        scope=tightest,
        limit=balance.limit,
        spent=balance.spent,
        held=balance.held,
        asked=prompt + floor,
        left=left[tightest] + prompt,
    )


def budget_bound(
    balance: Balance,
    *,
    prompt: int,
    prompt_micro_usd: int | None,
    micro_usd_per_token: float | None,
) -> int | None:
    """Output tokens that a balance leaves after the prompt; None: it limits nothing.

    Args:
        balance: What is left, in tokens and in money.
        prompt: Tokens of the prompt.
        prompt_micro_usd: What the prompt costs, in millionths of a US dollar; None: unknown.
        micro_usd_per_token: What one output token costs; None: unknown.
    """
    by_tokens = None if balance.left is None else balance.left - prompt
    by_money = None
    if balance.micro_usd_left is not None and prompt_micro_usd is not None and micro_usd_per_token:
        by_money = int((balance.micro_usd_left - prompt_micro_usd) // micro_usd_per_token)
    return _smallest_of((by_tokens, balance.output_left, by_money))


def runaway_bound(total: Distribution) -> int:
    """Output tokens beyond which an answer is taken to run away.

    Args:
        total: Visible and thinking tokens together, in the model's tokens.
    """
    return round(max(total.quantile(RUNAWAY_LEVEL), RUNAWAY_FACTOR * total.median))


def _smallest_of(values: Iterable[int | None]) -> int | None:
    return min((value for value in values if value is not None), default=None)
