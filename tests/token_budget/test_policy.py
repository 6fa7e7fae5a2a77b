from __future__ import annotations

import os
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from token_budget import BudgetPolicy, Phase, SpecError
from token_budget.config import PolicyConfig
from token_budget.estimator_store import EstimatorStore
from token_budget.remaining import Balance, FixedBalances
from token_budget.storage import Database
from token_budget.storage_place import state_url

TODAY = date(2026, 11, 20)


def phase(*deliverables, **fields):
    return Phase(phase_id="one", run_id="run", deliverables=list(deliverables), **fields)


@pytest.fixture
def workspace(tmp_path):
    for name in ("a.py", "b.py", "secret.py"):
        (tmp_path / name).write_text("import os\n" * 200, encoding="utf-8")
    return tmp_path


@pytest.fixture
def policy(workspace):
    return BudgetPolicy(workspace)


@pytest.fixture
def planned(workspace):
    def plan(one, spent=0, balances=None, today=TODAY, **config):
        ledger = FixedBalances(balances or {})
        policy = BudgetPolicy(workspace, ledger=ledger, config=PolicyConfig(**config))
        return policy.plan(one, spent=spent, today=today)

    return plan


def kinds(plan):
    return [warning.kind for warning in plan.warnings]


def test_a_plan_knows_the_files_of_the_workspace(planned):
    [modified, created] = planned(phase("a.py", "new.py")).deliverables
    assert (modified.action, modified.existing_tokens) == ("modify", 600)
    assert (created.action, created.existing_tokens) == ("create", 0)


def test_planning_the_same_phase_twice_gives_the_same_plan(policy):
    one = phase("a.py", "new.py (new module)", description="add it")
    first, second = (policy.plan(one, today=TODAY) for _ in range(2))
    assert first == second


def test_nothing_is_written(policy, workspace):
    before = sorted((path, path.stat().st_mtime_ns) for path in workspace.rglob("*"))
    policy.plan(phase("a.py", "new.py", "src/"))
    assert sorted((path, path.stat().st_mtime_ns) for path in workspace.rglob("*")) == before


def test_the_contract_bounds_the_ceiling(planned):
    plan = planned(phase("new.py", max_tokens=500))
    assert (plan.ceiling.tokens, plan.ceiling.bound, plan.exhausted) == (500, "contract", None)
    assert not plan.stream


def test_the_smaller_contract_counts(planned):
    assert planned(phase("new.py", max_tokens=5000), max_tokens=900).ceiling.tokens == 900


def test_what_is_left_of_a_phase_bounds_the_ceiling_after_the_prompt(planned):
    free = planned(phase("new.py"))
    plan = planned(phase("new.py", token_budget=10_000), spent=5_000)
    assert plan.ceiling.bound == "phase"
    assert plan.ceiling.tokens == 5_000 - free.prompt_tokens
    assert plan.context_budget == 0
    assert plan.reservation <= 5_000


@pytest.mark.parametrize(
    ("scope", "bound"), [(("run", "one"), "phase"), (("run",), "run"), ((), "ledger")]
)
def test_every_scope_of_the_books_is_asked(planned, scope, bound):
    plan = planned(phase("new.py"), balances={scope: Balance(limit=9_000, spent=2_000, held=2_000)})
    assert plan.ceiling.bound == bound
    assert plan.ceiling.tokens == 5_000 - plan.prompt_tokens


def test_too_little_left_is_carried_not_raised(planned):
    plan = planned(phase("new.py", token_budget=1_000), spent=900)
    assert plan.exhausted is not None
    assert (plan.exhausted.scope, plan.exhausted.limit, plan.exhausted.spent) == (
        "phase",
        1000,
        900,
    )
    assert (plan.exhausted.left, plan.exhausted.asked) == (100, plan.prompt_tokens + 500)
    assert plan.ceiling.tokens == 0


def test_money_bounds_the_ceiling(planned):
    plan = planned(phase("new.py"), usd=0.05)
    assert plan.ceiling.bound == "run"
    assert plan.cost.held is not None
    assert 0 < plan.ceiling.tokens < 50_000
    assert plan.context_budget < 10


def test_an_unlimited_phase_is_bounded_by_the_runaway_quantile(planned):
    plan = planned(phase("a.py"))
    assert plan.ceiling.bound == "runaway"
    assert plan.ceiling.tokens >= 4 * plan.estimate.total.median - 1


def test_bedrock_counts_the_ceiling_against_a_quota(planned):
    plan = planned(phase("new.py"), provider="bedrock")
    assert plan.ceiling.bound == "quota"
    assert plan.ceiling.tokens == pytest.approx(plan.estimate.total.quantile(0.95), abs=1)


def test_visible_and_thinking_are_added_as_distributions(planned):
    estimate = planned(phase("new.py")).estimate
    both = estimate.total.quantile(0.9)
    assert both < estimate.visible.quantile(0.9) + estimate.thinking.quantile(0.9)
    assert both > max(estimate.visible.quantile(0.9), estimate.thinking.quantile(0.9))


def test_a_model_that_thinks_only_on_demand_is_planned_without_thinking(planned):
    plan = planned(phase("new.py"), model="claude-opus-4-5")
    assert plan.estimate.thinking.quantile(0.999) == 0
    assert plan.estimate.total.quantile(0.9) == pytest.approx(plan.estimate.visible.quantile(0.9))


def test_thinking_can_be_switched_off_only_where_the_model_allows(planned):
    assert (
        planned(phase("n.py"), model="claude-opus-5", thinking="off").estimate.thinking.median == 0
    )
    assert (
        planned(phase("n.py"), model="claude-opus-5-5", thinking="off").estimate.thinking.median > 0
    )


def test_effort_moves_the_thinking(planned):
    low, high = (planned(phase("n.py", effort=e)).estimate.thinking.median for e in ("low", "max"))
    assert low < high


def think(workspace, family, tokens, effort="high"):
    database = Database(state_url(workspace))
    for one in tokens:
        EstimatorStore(database).update_thinking(lambda k, n=one: k.observe(family, effort, n))
    database.close()


@pytest.mark.parametrize(
    "model", ["claude-opus-5", "us.anthropic.claude-opus-5-20260701-v1:0", "Claude-Opus-5@20260701"]
)
def test_thinking_is_what_the_workspace_has_recorded_of_the_family(planned, workspace, model):
    before = planned(phase("n.py"), model=model).estimate
    think(workspace, "claude-opus-5", [15_000] * 20)
    after = planned(phase("n.py"), model=model).estimate
    assert "a wide prior" in before.thinking_basis
    assert "learnt from 20 answers of claude-opus-5 at effort high" in after.thinking_basis
    assert after.thinking.median == pytest.approx(15_000, rel=0.2)
    assert after.total.median > before.total.median


def test_other_models_and_efforts_borrow_what_was_recorded(planned, workspace):
    think(workspace, "claude-opus-5", [15_000] * 20)
    effort = planned(phase("n.py", effort="max"), model="claude-opus-5").estimate
    model = planned(phase("n.py"), model="claude-sonnet-5-5").estimate
    assert "borrowed from 20 answers of claude-opus-5 at other efforts" in effort.thinking_basis
    assert "borrowed from 20 answers of other models" in model.thinking_basis
    assert 2_000 < model.thinking.median < 15_000 < effort.thinking.median


@pytest.mark.parametrize(
    ("model", "thinking", "basis"),
    [
        ("claude-opus-4-5", "default", "none: this model thinks only in a budget that is sent"),
        ("claude-opus-5", "off", "none: thinking is switched off"),
        ("claude-opus-5-5", "off", "a wide prior for effort high"),
    ],
)
def test_a_plan_says_how_thinking_was_estimated(planned, model, thinking, basis):
    plan = planned(phase("n.py"), model=model, thinking=thinking)
    assert plan.estimate.thinking_basis.startswith(basis)


def test_the_model_of_the_phase_counts(planned):
    assert planned(phase("n.py", model="claude-sonnet-5-5")).model == "claude-sonnet-5-5"


def test_an_unknown_model_is_planned_with_a_warning(planned):
    plan = planned(phase("n.py"), model="gpt-oops")
    assert {"model_unknown", "price_unknown"} <= set(kinds(plan))
    assert plan.cost.median is None


@pytest.mark.parametrize(
    ("today", "kind"),
    [
        (date(2026, 10, 30), None),
        (date(2026, 10, 31), "model_retires_soon"),
        (date(2026, 11, 29), "model_retires_soon"),
        (date(2026, 11, 30), "model_retired"),
    ],
)
def test_retirement_is_announced_thirty_days_before(planned, today, kind):
    plan = planned(phase("n.py"), model="claude-sonnet-4-5", today=today)
    assert [k for k in kinds(plan) if k.startswith("model_retire")] == ([kind] if kind else [])


def test_a_quantile_above_the_ceiling_is_a_warning(planned):
    plan = planned(phase("n.py", max_tokens=600))
    assert "quantile_above_ceiling" in kinds(plan)
    assert plan.reservation == plan.prompt_tokens + plan.context_budget + 600


def test_a_phase_larger_than_any_answer_is_a_warning(planned):
    plan = planned(phase(*(f"src/m{n}.py" for n in range(400))))
    assert "beyond_one_answer" in kinds(plan)


def test_a_price_cliff_is_a_warning(planned):
    low = planned(phase("n.py"), model="claude-haiku-5-5")
    high = planned(phase("n.py"), model="claude-haiku-5-5", context_budget=110_000)
    assert "price_tier" not in kinds(low)
    assert "price_tier" in kinds(high)
    assert high.cost.median > 5 * low.cost.median


def test_a_protected_file_is_refused_also_where_only_the_workspace_shows_it(planned):
    with pytest.raises(SpecError, match="not protected"):
        planned(phase("modify secret.py", scope={"protected_paths": ["secret.py"]}))


def test_an_expansion_leaves_protected_files_out(planned):
    plan = planned(phase("*.py", scope={"protected_paths": ["secret.py"]}))
    assert [one.path for one in plan.deliverables] == ["a.py", "b.py"]
    assert "secret.py is protected" in plan.warnings[0].text


def test_duplicates_are_merged_with_a_warning(planned):
    plan = planned(phase("a.py", "a.py (again)"))
    assert len(plan.deliverables) == 1
    assert kinds(plan) == ["deliverable"]


def test_a_phase_without_deliverables_is_planned_wide(planned):
    bare = planned(phase(description="Make it faster")).estimate.output
    rich = planned(phase("a.py", "new.py")).estimate.output
    assert bare.quantile(0.9) / bare.median > rich.quantile(0.9) / rich.median
    assert any("deliverable" in reason for reason in bare.reasons)


def test_the_contributions_add_up_to_the_median(planned):
    output = planned(phase("a.py", "new.py", "docs/x.md", "delete b.py")).estimate.output
    assert sum(one.tokens for one in output.contributions) == pytest.approx(output.median, rel=1e-6)
    assert len(output.contributions) == 5


def test_the_environment_is_read_by_from_file_only(workspace, monkeypatch):
    monkeypatch.setenv("TOKEN_BUDGET_MODEL", "claude-sonnet-5-5")
    assert BudgetPolicy(workspace).config.model == PolicyConfig().model
    assert BudgetPolicy.from_file(workspace=workspace).config.model == "claude-sonnet-5-5"
    chosen = BudgetPolicy.from_file(workspace=workspace, model="claude-opus-5")
    assert chosen.config.model == "claude-opus-5"
    assert dict(os.environ)["TOKEN_BUDGET_MODEL"] == "claude-sonnet-5-5"


LIMITS = st.none() | st.integers(1, 300_000)


@settings(max_examples=40, deadline=None)
@given(contract=LIMITS, phase_budget=LIMITS, run_left=LIMITS, spent=st.integers(0, 50_000))
def test_no_plan_reserves_or_sends_more_than_any_budget_allows(
    tmp_path_factory, contract, phase_budget, run_left, spent
):
    ledger = FixedBalances({("run",): Balance(limit=run_left)} if run_left else {})
    policy = BudgetPolicy(tmp_path_factory.getbasetemp(), ledger=ledger)
    plan = policy.plan(
        phase("a.py", "b.md", max_tokens=contract, token_budget=phase_budget), spent=spent
    )
    assert plan.ceiling.tokens <= (contract or plan.ceiling.tokens)
    lefts = [left for left in (phase_budget and phase_budget - spent, run_left) if left is not None]
    if plan.exhausted is None:
        most = plan.prompt_tokens + plan.context_budget + plan.ceiling.tokens
        assert all(max(most, plan.reservation) <= left for left in lefts)
    else:
        assert min(lefts) - plan.prompt_tokens < policy.config.floor
