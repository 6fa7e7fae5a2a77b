"""What may be said of a model, as a user's configuration or the models API says it.

Both become plain mappings from the fields of `token_budget.models.ModelLimits` to checked values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, Literal, Protocol, get_args

from token_budget.errors import ConfigError

Thinking = Literal["adaptive-always", "adaptive", "adaptive-or-enabled", "enabled"]
TokenizerGeneration = Literal["old", "new"]
Lifecycle = Literal["active", "deprecated", "retired"]


class ModelInfo(Protocol):
    """What ``client.models.retrieve`` answers, as far as it must be there.

    Read if present: ``max_input_tokens``, ``max_tokens``, ``retires_at``, ``lifecycle`` and
    ``capabilities.thinking.types``, as in the SDK's ``ModelInfo``.
    """

    @property
    def id(self) -> str:
        """The model id."""


def checked_settings(settings: object, place: str) -> dict[str, Any]:
    """What a user sets of one model, if all of it can be used.

    Args:
        settings: A table; its keys are those of `_SETTINGS`.
        place: What to call the table in a message.

    Raises:
        ConfigError: It is no table, or a key is unknown, or a value is wrong; names the key.
    """
    if not isinstance(settings, Mapping):
        raise ConfigError("wrong value", place=place, value=settings, expected="a table of limits")
    for key, value in settings.items():
        _check_setting(str(key), value, f"{place}.{key}")
    return dict(settings)


def reported_fields(model_info: ModelInfo) -> dict[str, Any]:
    """What the models API says; what is absent or None is left out, so older SDKs do as well."""
    retires_at = getattr(model_info, "retires_at", None)
    found = {
        "context_window": getattr(model_info, "max_input_tokens", None),
        "max_output": getattr(model_info, "max_tokens", None),
        "retires": None if retires_at is None else retires_at.date(),
        "lifecycle": getattr(model_info, "lifecycle", None),
        "thinking": _reported_thinking(getattr(model_info, "capabilities", None)),
    }
    return {field: value for field, value in found.items() if value is not None}


def _reported_thinking(capabilities: object) -> Thinking | None:
    types = getattr(getattr(capabilities, "thinking", None), "types", None)
    adaptive, enabled, disabled = (
        bool(getattr(getattr(types, name, None), "supported", False))
        for name in ("adaptive", "enabled", "disabled")
    )
    if adaptive and enabled:
        return "adaptive-or-enabled"
    if adaptive:
        return "adaptive" if disabled else "adaptive-always"
    return "enabled" if enabled else None


def _check_setting(key: str, value: object, place: str) -> None:
    if key not in _SETTINGS:
        near = get_close_matches(key, _SETTINGS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"unknown setting of a model{hint}", place=place)
    usable, expected = _SETTINGS[key]
    if not usable(value):
        raise ConfigError("wrong value", place=place, value=value, expected=expected)


def _is_tokens(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_thinking(value: object) -> bool:
    return value in get_args(Thinking)


def _is_generation(value: object) -> bool:
    return value in get_args(TokenizerGeneration)


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


_SETTINGS: dict[str, tuple[Callable[[object], bool], str]] = {
    "context_window": (_is_tokens, "a number of tokens above 0"),
    "max_output": (_is_tokens, "a number of tokens above 0"),
    "minimum_cacheable": (_is_tokens, "a number of tokens above 0"),
    "prefill": (_is_flag, "true or false"),
    "thinking": (_is_thinking, "one of " + ", ".join(get_args(Thinking))),
    "tokenizer": (_is_generation, "one of " + ", ".join(get_args(TokenizerGeneration))),
    "retires": (_is_day, "a date such as 2026-11-30, without quotes"),
}
"""What a user may set of a model: the check of its value, and what to say if that fails."""
