"""The last resort: the same request with more room for the answer.

It is monotone: the ceiling never sinks below the one that failed, and the request is never the same
one again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from continuation.requests import lower_effort, with_effort
from continuation.steps import Ask

if TYPE_CHECKING:
    from collections.abc import Mapping


def escalated(
    request: Mapping[str, Any], largest: int, why: str, *, effort: bool = False
) -> Ask | None:
    """The request with the largest ceiling, or with less effort; None: neither can be had.

    Unused ``max_tokens`` cost nothing, so the ceiling goes up in one step.

    Args:
        request: What failed.
        largest: What ``max_tokens`` may be raised to.
        why: What went wrong.
        effort: Whether a lower effort would help, where the ceiling cannot be raised.
    """
    ceiling = int(request["max_tokens"])
    if ceiling < largest:
        reason = f"{why}: the ceiling is raised from {ceiling:,} to {largest:,} tokens"
        return Ask({**request, "max_tokens": largest}, "escalate", reason, ceiling + 1)
    lower = lower_effort(request) if effort else None
    if lower is None:
        return None
    reason = f"{why}: the ceiling cannot be raised, the effort is lowered to {lower}"
    return Ask(with_effort(request, lower), "escalate", reason, ceiling)
