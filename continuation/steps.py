"""What is to be done after a response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from continuation.answer import Answer
    from continuation.errors import ContinuationError
    from continuation.outcomes import Outcome
    from continuation.requests import Request
    from continuation.response import Block, Response
    from ndjson import NdjsonError

Strategy = Literal["continue", "prefill", "missing", "escalate", "shrink", "resend", "tools"]


@dataclass(frozen=True, slots=True)
class Ask:
    """Send this next.

    Attributes:
        request: The keyword arguments of ``messages.create``.
        strategy: How the rest is asked for.
        reason: Why, and why in this way: one sentence.
        smallest_ceiling: The least that ``max_tokens`` may be lowered to: a request that is sent
            because its predecessor's ceiling was too low must not be sent with a lower one.
    """

    request: Request
    strategy: Strategy
    reason: str
    smallest_ceiling: int = 0


@dataclass(frozen=True, slots=True)
class RunTools:
    """The model called tools: run them, and hand what they gave to `Continuation.tools_ran`.

    Attributes:
        calls: The ``tool_use`` blocks, each whole.
        response: What they stood in.
    """

    calls: tuple[Block, ...]
    response: Response


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is whole.

    Attributes:
        answer: It.
        outcome: ``complete``, or ``prewarmed`` where no answer was asked for.
        warnings: What a person should know.
    """

    answer: Answer
    outcome: Outcome
    warnings: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether the format proves that the parts belong together as they were joined."""
        return self.answer.proven


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer cannot be completed.

    Attributes:
        error: Why.
        answer: What is kept of it; nothing of it may be applied.
        missing: What it lacks, in words.
    """

    error: ContinuationError | NdjsonError
    answer: Answer
    missing: tuple[str, ...] = ()


Step = Ask | RunTools | Finished | Failed
