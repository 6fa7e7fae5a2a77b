"""The first request of an attempt: stable parts first, then the workspace, then the phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from token_budget.prepared import Prepared

COUNTED_FIELDS = (
    "messages",
    "model",
    "output_config",
    "system",
    "thinking",
    "tools",
    "tool_choice",
)
"""The parts of a request that ``messages.count_tokens`` takes: those that make up its prompt."""


def first_request(prepared: Prepared, context: str = "") -> dict[str, Any]:
    """The keyword arguments of ``messages.create``, without a ceiling.

    Args:
        prepared: What is known of the phase.
        context: Parts of the workspace, as text; empty: none.
    """
    content = [{"type": "text", "text": text} for text in (context, prepared.fixed.task) if text]
    request: dict[str, Any] = {
        "model": prepared.model,
        "messages": [{"role": "user", "content": content}],
    }
    if prepared.fixed.instructions:
        request["system"] = [{"type": "text", "text": prepared.fixed.instructions}]
    return {**request, **settings_of(prepared)}


def settings_of(prepared: Prepared) -> dict[str, Any]:
    """What the configuration says of thinking and effort, as the API takes it."""
    found: dict[str, Any] = {}
    if prepared.effort is not None:
        found["output_config"] = {"effort": prepared.effort}
    limits = prepared.situation.limits
    if prepared.situation.config.thinking == "off" and not limits.always_thinks:
        found["thinking"] = {"type": "disabled"}
    return found


def without_context(request: Mapping[str, Any]) -> dict[str, Any]:
    """A first request without the parts of the workspace: where the context window was full."""
    first, *later = request["messages"]
    return {**request, "messages": [{**first, "content": first["content"][-1:]}, *later]}


def counted_part(request: Mapping[str, Any]) -> dict[str, Any]:
    """What ``messages.count_tokens`` is asked about."""
    return {name: request[name] for name in COUNTED_FIELDS if name in request}


def texts(request: Mapping[str, Any]) -> str:
    """All that a prompt says, to count it where nobody else does."""
    return "\n".join(_texts([request.get("system", ""), request["messages"], request.get("tools")]))


def said_by_model(request: Mapping[str, Any]) -> str:
    """What the model has said so far."""
    return "\n".join(
        _texts([one["content"] for one in request["messages"] if one["role"] == "assistant"])
    )


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for name, one in value.items() if name != "signature" for text in _texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in _texts(one)]
    return []
