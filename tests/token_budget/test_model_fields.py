from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from anthropic.types import ThinkingTypes

from token_budget.errors import ConfigError
from token_budget.model_fields import checked_settings, reported_fields

USABLE = {
    "context_window": 200_000,
    "max_output": 8_192,
    "minimum_cacheable": 1_024,
    "prefill": False,
    "thinking": "adaptive",
    "tokenizer": "old",
    "retires": date(2027, 1, 1),
}


def thinking_model(**supported: bool) -> SimpleNamespace:
    types = ThinkingTypes.model_validate(
        {
            name: {"supported": supported.get(name, False)}
            for name in ("adaptive", "enabled", "disabled", "between_tools")
        }
    )
    thinking = SimpleNamespace(supported=any(supported.values()), types=types)
    return SimpleNamespace(id="m", capabilities=SimpleNamespace(thinking=thinking))


def test_usable_settings_pass_as_they_are():
    assert checked_settings(USABLE, "models.m") == USABLE


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("context_window", 0, "a number of tokens above 0"),
        ("context_window", True, "a number of tokens above 0"),
        ("max_output", "64k", "a number of tokens above 0"),
        ("max_output", 1.5, "a number of tokens above 0"),
        ("minimum_cacheable", -1, "a number of tokens above 0"),
        ("prefill", "yes", "true or false"),
        ("thinking", "always", "adaptive-always, adaptive, adaptive-or-enabled, enabled"),
        ("thinking", ["adaptive"], "adaptive-always"),
        ("tokenizer", "newest", "one of old, new"),
        ("retires", "2026-11-30", "a date such as 2026-11-30, without quotes"),
        ("retires", datetime(2026, 11, 30, tzinfo=UTC), "a date"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(key, value, expected):
    with pytest.raises(ConfigError) as caught:
        checked_settings({key: value}, "models.m")
    assert caught.value.place == f"models.m.{key}"
    assert caught.value.value == value
    assert expected in caught.value.expected
    assert f"models.m.{key}" in str(caught.value)


def test_an_unknown_key_is_named_with_its_neighbour():
    with pytest.raises(
        ConfigError, match=r"models\.m\.contxt_window.*did you mean 'context_window'"
    ):
        checked_settings({"contxt_window": 1}, "models.m")


def test_a_key_like_no_other_has_no_neighbour():
    with pytest.raises(ConfigError) as caught:
        checked_settings({"zzz": 1}, "models.m")
    assert "did you mean" not in str(caught.value)


def test_settings_that_are_no_table_are_refused():
    with pytest.raises(ConfigError, match=r"models\.m.*a table of limits"):
        checked_settings(64_000, "models.m")


def test_only_what_is_reported_is_told():
    assert reported_fields(SimpleNamespace(id="m")) == {}
    told = SimpleNamespace(id="m", max_input_tokens=9, max_tokens=None, lifecycle="active")
    assert reported_fields(told) == {"context_window": 9, "lifecycle": "active"}


def test_a_retirement_is_told_as_a_day():
    told = SimpleNamespace(id="m", retires_at=datetime(2027, 3, 4, 5, tzinfo=UTC))
    assert reported_fields(told) == {"retires": date(2027, 3, 4)}


@pytest.mark.parametrize(
    ("supported", "thinking"),
    [
        ({"adaptive": True}, {"thinking": "adaptive-always"}),
        ({"adaptive": True, "disabled": True}, {"thinking": "adaptive"}),
        (
            {"adaptive": True, "enabled": True, "disabled": True},
            {"thinking": "adaptive-or-enabled"},
        ),
        ({"enabled": True, "disabled": True}, {"thinking": "enabled"}),
        ({"disabled": True}, {}),
    ],
)
def test_thinking_follows_from_the_types_that_are_accepted(supported, thinking):
    assert reported_fields(thinking_model(**supported)) == thinking
