from __future__ import annotations

from datetime import date

import pytest

from token_budget import BudgetPolicy, Phase
from token_budget.config import PolicyConfig

TODAY = date(2026, 11, 20)


@pytest.fixture
def warnings(tmp_path):
    def of(*deliverables, today=TODAY, max_tokens=None, **config):
        phase = Phase(phase_id="one", deliverables=list(deliverables), max_tokens=max_tokens)
        plan = BudgetPolicy(tmp_path, config=PolicyConfig(**config)).plan(phase, today=today)
        return {warning.kind: warning.text for warning in plan.warnings}

    return of


def test_a_plain_phase_has_no_warnings(warnings):
    assert warnings("a.py (new)") == {}


def test_an_unknown_model_is_named_with_the_limits_that_were_taken(warnings):
    found = warnings("a.py (new)", model="gpt-oops")
    assert "the model gpt-oops is unknown: planned with a window of" in found["model_unknown"]
    assert "no cost is known" in found["price_unknown"]


@pytest.mark.parametrize(
    ("today", "kind", "text"),
    [
        (date(2026, 10, 31), "model_retires_soon", "is retired on 2026-11-30"),
        (date(2026, 11, 30), "model_retired", "was retired on 2026-11-30"),
    ],
)
def test_a_retirement_is_told_with_its_day(warnings, today, kind, text):
    found = warnings("a.py (new)", model="claude-sonnet-4-5", today=today)
    assert found == {kind: f"the model claude-sonnet-4-5 {text}"}


def test_a_ceiling_that_may_cut_off_names_the_bound_and_both_figures(warnings):
    text = warnings("a.py (new)", max_tokens=600)["quantile_above_ceiling"]
    assert text.startswith("the answer may be cut off: its 0.9 quantile is ")
    assert text.endswith("tokens, and contract allows 600")


def test_the_quantile_is_the_one_that_is_held(warnings):
    text = warnings("a.py (new)", max_tokens=600, hold_quantile=0.95)["quantile_above_ceiling"]
    assert "its 0.95 quantile" in text


def test_a_phase_beyond_one_answer_names_the_model_and_its_maximum(warnings):
    text = warnings(*(f"src/m{number}.py (new)" for number in range(500)))["beyond_one_answer"]
    assert "claude-opus-5-5 writes at most 128,000" in text


def test_a_prompt_over_a_price_tier_names_where_it_starts(warnings):
    text = warnings("a.py (new)", model="claude-haiku-5-5", context_budget=110_000)["price_tier"]
    assert "is over 100,000, from where the price is higher" in text


def test_what_was_odd_in_the_deliverables_comes_first(warnings):
    found = warnings("a.py (new)", "a.py (again)", max_tokens=600)
    assert list(found)[:2] == ["deliverable", "quantile_above_ceiling"]
    assert "a.py" in found["deliverable"]
