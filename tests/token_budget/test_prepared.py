from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.phases import phase_of
from token_budget import BudgetPolicy
from token_budget.config import PolicyConfig

TODAY = datetime.now(UTC).date()


@pytest.fixture
def policy(tmp_path):
    return BudgetPolicy(tmp_path)


def test_a_plan_is_what_follows_from_what_is_known(policy):
    phase = phase_of()
    assert policy.prepare(phase).plan(TODAY) == policy.plan(phase, today=TODAY)


def test_what_a_phase_says_comes_before_the_settings(tmp_path):
    policy = BudgetPolicy(tmp_path, config=PolicyConfig(effort="high", max_tokens=900))
    said = phase_of(model="claude-haiku-5-5", effort="low", max_tokens=400, output_format="diff")
    found = policy.prepare(said)
    assert (found.model, found.effort, found.output_format) == ("claude-haiku-5-5", "low", "diff")
    assert found.situation.contract == 400
    other = policy.prepare(phase_of())
    assert (other.effort, other.output_format, other.situation.contract) == ("high", "ndjson", 900)


def test_the_prompt_that_is_counted_is_the_one_that_is_sent(policy):
    found = policy.prepare(phase_of())
    assert found.situation.prompt == policy.prompt_tokens(found.fixed.text, found.situation.limits)


def test_deliverables_are_resolved_against_the_workspace(policy, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text("x = 1\n", encoding="utf-8")
    actions = [one.action for one in policy.prepare(phase_of()).resolved.deliverables]
    assert actions == ["modify", "create", "create"]
