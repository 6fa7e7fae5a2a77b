"""Two ways to carry out a phase: ours, and what executors did before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anthropic import Anthropic

from benchmarks.continuation_targets import files_of_text
from benchmarks.continuation_ways import Spent, in_memory
from benchmarks.end_to_end_phases import check_out, wrong_files
from token_budget.executor import run_phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.continuation_commits import ChangedFiles
    from benchmarks.continuation_targets import Case
    from benchmarks.messages_api.server import MessagesServer
    from continuation.requests import Request
    from token_budget.policy import BudgetPolicy
    from token_budget.price_sheet import PriceSheet
    from token_budget.spec import Phase

TIERS = ((2, 8_192), (7, 12_288))
"""Files of a phase at the most, and its ceiling: complexity ``low`` and ``medium``."""

LARGEST_TIER = 16_384
"""The ceiling of complexity ``high``: output tokens."""

ATTEMPTS = 3
GROWTH = 1.5
"""What is cut off is asked for again, whole, with a ceiling this many times as high."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of a phase.

    Attributes:
        calls: Requests that were answered.
        cut: Answers that were cut off.
        lost: Whether nothing of it is used.
        exact: Whether every file is the commit's, byte for byte.
        output: Output tokens that were paid for, thinking included.
        thrown: Those of them that were thrown away: neither the answer nor the thinking behind it.
        micro_usd: What it cost: millionths of a US dollar.
        ceiling: What was sent as ``max_tokens`` at first.
        answer: Output tokens of the answer alone.
        reason: Why it was lost; empty: it was not.
    """

    calls: int
    cut: int
    lost: bool
    exact: bool
    output: int
    thrown: int
    micro_usd: int
    ceiling: int
    answer: int
    reason: str = ""


def ours(
    policy: BudgetPolicy, phase: Phase, commit: ChangedFiles, case: Case, server: MessagesServer
) -> Carried:
    """The executor, with the ceiling that the policy chooses, in a real workspace."""
    check_out(commit, policy.workspace)
    with server, Anthropic(base_url=server.url, api_key="none", max_retries=0) as client:
        result = run_phase(client, policy, phase)
    answer = server.count(case.target.whole())
    used = sum(one.thinking for one in result.rounds if one.unused < one.visible)
    output = result.usage.output
    return Carried(
        calls=len(result.rounds),
        cut=sum(one.stop_reason == "max_tokens" for one in result.rounds),
        lost=not result.complete,
        exact=result.complete and not wrong_files(case.after, policy.workspace),
        output=output,
        thrown=output if not result.complete else max(output - used - answer, 0),
        micro_usd=result.micro_usd or 0,
        ceiling=result.rounds[0].ceiling if result.rounds else 0,
        answer=answer,
        reason="" if result.complete else result.reason,
    )


def before(
    request: Request, files: int, case: Case, server: MessagesServer, prices: PriceSheet
) -> Carried:
    """A ceiling by complexity; what is cut off is asked for again, three times at the most.

    Args:
        request: What ours sends first.
        files: Of the phase: they make its complexity.
        case: The answer.
        server: Who answers.
        prices: Of the model.
    """
    send, attempts = in_memory(server), _Attempts()
    ceiling = next((tokens for most, tokens in TIERS if files <= most), LARGEST_TIER)
    first, text = ceiling, None
    while text is None and attempts.spent.rounds < ATTEMPTS:
        response = send({**request, "max_tokens": ceiling})
        said = attempts.add(response, prices)
        text = None if response["stop_reason"] == "max_tokens" else said
        ceiling = round(ceiling * GROWTH)
    spent = attempts.spent
    files_now = None if text is None else files_of_text(case, text)
    return Carried(
        calls=spent.rounds,
        cut=spent.rounds - (text is not None),
        lost=files_now is None,
        exact=files_now == case.after,
        output=spent.output,
        thrown=spent.output - (attempts.last if text is not None else 0),
        micro_usd=attempts.micro_usd,
        ceiling=first,
        answer=server.count(case.target.whole()),
        reason="" if text is not None else f"cut off {ATTEMPTS} times",
    )


@dataclass(slots=True)
class _Attempts:
    spent: Spent = field(default_factory=Spent)
    micro_usd: int = 0
    last: int = 0

    def add(self, response: Mapping[str, Any], prices: PriceSheet) -> str:
        """Take in an answer; its text comes back."""
        usage = response["usage"]
        self.last = usage["output_tokens"]
        cached, life = usage["cache_read_input_tokens"], usage["cache_creation"]
        cost = prices.cost(
            usage["input_tokens"],
            self.last,
            cache_read=cached,
            cache_write_5m=life["ephemeral_5m_input_tokens"],
            cache_write_1h=life["ephemeral_1h_input_tokens"],
        )
        self.micro_usd += cost or 0
        return self.spent.add(response)
