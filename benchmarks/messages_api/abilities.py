"""What each model of the server can do and takes: a table of the server's own.

It is not read from the library under test, so that a mistake there is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

ThinkingMode = Literal["always", "adaptive", "adaptive or enabled", "enabled"]

MINIMUM_CACHEABLE = 1_024
"""Tokens of the shortest prompt that is cached. Models differ; this is the least that any takes."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """Limits, in the model's tokens, and what it takes.

    Attributes:
        context_window: Prompt and output together.
        max_output: The largest ``max_tokens``.
        prefill: Whether the last message may be the assistant's.
        thinking: Which ``thinking.type`` it takes, and whether it thinks unasked.
        minimum_cacheable: Shorter prompts are not cached.
    """

    context_window: int = 1_000_000
    max_output: int = 128_000
    prefill: bool = False
    thinking: ThinkingMode = "adaptive"
    minimum_cacheable: int = MINIMUM_CACHEABLE

    def takes_thinking(self, kind: str) -> bool:
        """Whether the model takes this ``thinking.type``."""
        match kind:
            case "disabled":
                return self.thinking != "always"
            case "adaptive":
                return self.thinking != "enabled"
            case "enabled":
                return self.thinking in ("adaptive or enabled", "enabled")
            case _:
                return False

    def thinks(self, body: dict[str, Any]) -> bool:
        """Whether the model thinks at this request: those that adapt do so unasked."""
        kind = body.get("thinking", {}).get("type")
        if kind is None:
            return self.thinking in ("always", "adaptive")
        return kind in ("adaptive", "enabled")


_ALWAYS = Abilities(thinking="always")
_ADAPTIVE = Abilities()
_DEPRECATED = Abilities(thinking="adaptive or enabled")
_OLDER = Abilities(200_000, 64_000, prefill=True, thinking="enabled")

MODELS: dict[str, Abilities] = {
    "claude-fable-5-2": _ALWAYS,
    "claude-fable-5-1": _ALWAYS,
    "claude-fable-5": _ALWAYS,
    "claude-opus-5-5": _ALWAYS,
    "claude-sonnet-5-5": _ALWAYS,
    "claude-opus-5": _ADAPTIVE,
    "claude-opus-4-8": _ADAPTIVE,
    "claude-opus-4-7": _ADAPTIVE,
    "claude-sonnet-5": _ADAPTIVE,
    "claude-haiku-5-5": _ADAPTIVE,
    "claude-opus-4-6": _DEPRECATED,
    "claude-sonnet-4-6": _DEPRECATED,
    "claude-opus-4-5": _OLDER,
    "claude-haiku-4-5": _OLDER,
    "claude-sonnet-4-5": _OLDER,
}
"""The families of the model overview of November 2026."""


def model_information(model: str, abilities: Abilities) -> dict[str, Any]:
    """The answer of ``GET /v1/models/{id}``."""
    return {
        "type": "model",
        "id": model,
        "display_name": model.replace("-", " ").title(),
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "active",
        "max_input_tokens": abilities.context_window,
        "max_tokens": abilities.max_output,
        "capabilities": _capabilities(abilities),
    }


def _capabilities(abilities: Abilities) -> dict[str, Any]:
    def support(supported: bool = True) -> dict[str, Any]:
        return {"supported": supported}

    plain = "batch citations code_execution image_input pdf_input structured_outputs".split()
    kinds = ("adaptive", "between_tools", "disabled", "enabled")
    efforts = ("low", "medium", "high", "xhigh", "max")
    return {
        **{name: support() for name in plain},
        "context_management": support(),
        "server_tools": {**support(), "code_execution": support(), "web_search": support()},
        "effort": {**support(), **{name: support() for name in efforts}},
        "thinking": {
            **support(),
            "types": {kind: support(abilities.takes_thinking(kind)) for kind in kinds},
        },
    }
