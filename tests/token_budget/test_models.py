from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest
from anthropic.resources.messages.messages import DEPRECATED_MODELS
from anthropic.types import ModelInfo
from anthropic.types.model import Model
from hypothesis import given
from hypothesis import strategies as st

import token_budget
from token_budget.errors import ConfigError
from token_budget.models import ModelCatalogue, bare_model_id

CATALOGUE = ModelCatalogue.shipped()
SDK_IDS = get_args(get_args(Model)[0])
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("model_id", SDK_IDS)
def test_every_model_of_the_sdk_is_known(model_id):
    limits = CATALOGUE.resolve(model_id)
    assert limits.known
    assert limits.id == model_id


def test_no_listed_model_is_unknown_to_the_sdk():
    assert {limits.name for limits in CATALOGUE.known()} == {bare_model_id(one) for one in SDK_IDS}


def test_snapshots_are_the_dated_ids_of_the_sdk():
    dated = {one for one in SDK_IDS if bare_model_id(one) != one}
    assert set(CATALOGUE.snapshots.values()) == dated
    assert {bare_model_id(one) for one in dated} == set(CATALOGUE.snapshots)


def test_retirements_are_those_of_the_sdk():
    told = {
        model: datetime.strptime(
            day.replace("st,", ",").replace("nd,", ",").replace("rd,", ",").replace("th,", ","),
            "%B %d, %Y",
        ).date()
        for model, day in DEPRECATED_MODELS.items()
        if model in SDK_IDS
    }
    assert told
    assert {model: CATALOGUE.resolve(model).retires for model in told} == told
    kept = {limits.name for limits in CATALOGUE.known() if limits.retires}
    assert kept == {bare_model_id(model) for model in told}


@pytest.mark.parametrize(
    ("model_id", "window", "output", "prefill", "thinking", "tokenizer"),
    [
        ("claude-fable-5-2", 1_000_000, 128_000, False, "adaptive-always", "new"),
        ("claude-opus-5-5", 1_000_000, 128_000, False, "adaptive-always", "new"),
        ("claude-sonnet-5-5", 1_000_000, 128_000, False, "adaptive-always", "new"),
        ("claude-haiku-5-5", 1_000_000, 128_000, False, "adaptive", "new"),
        ("claude-opus-4-7", 1_000_000, 128_000, False, "adaptive", "new"),
        ("claude-opus-4-6", 1_000_000, 128_000, False, "adaptive-or-enabled", "old"),
        ("claude-haiku-4-5", 200_000, 64_000, True, "enabled", "old"),
    ],
)
def test_families_have_their_limits(model_id, window, output, prefill, thinking, tokenizer):
    limits = CATALOGUE.resolve(model_id)
    assert (limits.context_window, limits.max_output) == (window, output)
    assert (limits.prefill, limits.thinking, limits.tokenizer) == (prefill, thinking, tokenizer)


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-sonnet-5-latest", "claude-sonnet-5"),
        ("us.anthropic.claude-opus-4-6-v1:0", "claude-opus-4-6"),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
        ("anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("anthropic.claude-opus-4-5-20251101-v1:0:200k", "claude-opus-4-5"),
        ("claude-opus-4-5@20251101", "claude-opus-4-5"),
        ("claude-opus-5@default", "claude-opus-5"),
        ("publishers/anthropic/models/claude-opus-5-5", "claude-opus-5-5"),
        (
            "arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-opus-5",
            "claude-opus-5",
        ),
        ("anthropic/claude-opus-4.6", "claude-opus-4-6"),
        (" Claude-Opus-5-5 ", "claude-opus-5-5"),
    ],
)
def test_an_id_is_recognised_however_it_is_written(written, bare):
    assert bare_model_id(written) == bare
    limits = CATALOGUE.resolve(written)
    assert limits.known
    assert (limits.id, limits.name) == (written, bare)


@given(st.sampled_from(sorted(CATALOGUE.models)), st.dates().map(lambda day: f"{day:%Y%m%d}"))
def test_a_date_never_changes_the_model(name, day):
    assert bare_model_id(f"{name}-{day.zfill(8)}") == name


@given(st.text())
def test_any_id_gets_limits_that_can_be_sent(model_id):
    limits = CATALOGUE.resolve(model_id)
    assert 0 < limits.max_output <= limits.context_window


def test_an_unknown_model_gets_conservative_limits():
    limits = CATALOGUE.resolve("gpt-9")
    assert (limits.known, limits.tokenizer_known, limits.prefill) == (False, False, False)
    assert limits.max_output <= min(one.max_output for one in CATALOGUE.known())
    assert limits.context_window <= min(one.context_window for one in CATALOGUE.known())
    assert limits.thinks_by_default


def test_an_unlisted_version_borrows_from_its_nearest_relative():
    limits = CATALOGUE.resolve("claude-opus-5-5-turbo")
    assert limits.name == "claude-opus-5-5"
    assert (limits.context_window, limits.max_output) == (1_000_000, 128_000)
    assert limits.always_thinks
    assert not limits.known


def test_what_is_borrowed_stays_on_the_safe_side():
    limits = CATALOGUE.resolve("claude-opus-4-5-turbo")
    assert (limits.prefill, limits.tokenizer, limits.tokenizer_known) == (False, "new", False)


def test_a_version_is_not_a_relative_by_its_digits_alone():
    assert CATALOGUE.resolve("claude-opus-55").name == ""


@pytest.mark.parametrize(
    ("today", "retired", "soon"),
    [
        (date(2026, 10, 30), False, False),
        (date(2026, 10, 31), False, True),
        (date(2026, 11, 29), False, True),
        (date(2026, 11, 30), True, False),
        (date(2027, 1, 1), True, False),
    ],
)
def test_a_retirement_is_announced_thirty_days_ahead(today, retired, soon):
    limits = CATALOGUE.resolve("claude-sonnet-4-5")
    assert limits.retired(today) is retired
    assert limits.retires_within(30, today) is soon


def test_retirements_hold_for_anthropics_own_api_only():
    assert CATALOGUE.resolve("claude-sonnet-4-5", "bedrock").retires is None
    assert not CATALOGUE.resolve("claude-opus-5-5").retires_within(30, TODAY)


def test_a_user_changes_limits():
    catalogue = CATALOGUE.overridden(
        {
            "claude-opus-5-5": {"max_output": 64_000, "retires": date(2027, 1, 1)},
            "us.anthropic.claude-opus-4-6-v1:0": {"prefill": True},
        }
    )
    assert catalogue.resolve("claude-opus-5-5").max_output == 64_000
    assert catalogue.resolve("claude-opus-5-5").context_window == 1_000_000
    assert catalogue.resolve("claude-opus-5-5").retires == date(2027, 1, 1)
    assert catalogue.resolve("claude-opus-4-6").prefill
    assert CATALOGUE.resolve("claude-opus-5-5").max_output == 128_000


def test_a_user_adds_a_model():
    catalogue = CATALOGUE.overridden(
        {"house-model": {"context_window": 50_000, "max_output": 4_000, "tokenizer": "old"}}
    )
    limits = catalogue.resolve("house-model")
    assert limits.known
    assert limits.tokenizer_known
    assert limits in catalogue.known()


def test_a_model_is_not_known_by_half_of_its_limits():
    limits = CATALOGUE.overridden({"house-model": {"max_output": 4_000}}).resolve("house-model")
    assert not limits.known
    assert not limits.tokenizer_known


def test_an_answer_larger_than_the_window_is_refused():
    with pytest.raises(ConfigError, match=r"models\.house-model\.max_output.*context window, 1000"):
        CATALOGUE.overridden({"house-model": {"context_window": 1_000, "max_output": 2_000}})


def test_the_models_api_refreshes_limits():
    info = ModelInfo.model_validate(
        {
            "id": "claude-opus-6",
            "created_at": "2027-01-01T00:00:00Z",
            "display_name": "Claude Opus 6",
            "lifecycle": "active",
            "max_input_tokens": 2_000_000,
            "max_tokens": 256_000,
            "type": "model",
        }
    )
    limits = CATALOGUE.refreshed(info).resolve("claude-opus-6")
    assert (limits.known, limits.context_window, limits.max_output) == (True, 2_000_000, 256_000)
    assert not limits.tokenizer_known
    assert not CATALOGUE.resolve("claude-opus-6").known


def test_what_the_models_api_leaves_open_stays():
    info = SimpleNamespace(id="claude-haiku-4-5-20251001", max_input_tokens=None, max_tokens=None)
    before = CATALOGUE.resolve("claude-haiku-4-5")
    assert CATALOGUE.refreshed(info).resolve("claude-haiku-4-5") == before


def test_the_lifecycle_outranks_the_date():
    overdue = SimpleNamespace(
        id="claude-sonnet-4-5",
        lifecycle="deprecated",
        retires_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    limits = CATALOGUE.refreshed(overdue).resolve("claude-sonnet-4-5")
    assert not limits.retired(TODAY)
    assert limits.retires_within(30, TODAY)
    gone = SimpleNamespace(id="claude-opus-5", lifecycle="retired")
    assert CATALOGUE.refreshed(gone).resolve("claude-opus-5").retired(TODAY)


def test_the_catalogue_cannot_be_changed_by_accident():
    with pytest.raises(FrozenInstanceError):
        CATALOGUE.models = {}
    assert ModelCatalogue.shipped() is CATALOGUE


def test_listed_models_come_in_order_and_the_table_has_a_date():
    names = [limits.name for limits in CATALOGUE.known()]
    assert names == sorted(names)
    assert CATALOGUE.as_of >= date(2026, 11, 20)


def test_newer_tokenizers_never_take_fewer_tokens():
    old, new = CATALOGUE.tokenizers["old"], CATALOGUE.tokenizers["new"]
    assert all(1.0 < getattr(old, kind) < getattr(new, kind) for kind in ("code", "prose", "data"))
    assert old.log_spread <= new.log_spread < CATALOGUE.unknown_log_spread


def test_reading_the_table_needs_neither_pydantic_nor_the_sdk():
    code = (
        "import sys; from token_budget.models import ModelCatalogue; ModelCatalogue.shipped();"
        "print({'pydantic', 'anthropic', 'genai_prices', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(token_budget.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"
