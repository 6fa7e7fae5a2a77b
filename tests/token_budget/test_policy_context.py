from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.embedding_server import DIMENSION, EmbeddingServer
from tests.workspaces import fill, greeting_phase
from token_budget import BudgetPolicy
from token_budget.config import PolicyConfig
from token_budget.context.cache_database import cache_url
from token_budget.context.embeddings.vector_cache import VectorCache
from token_budget.context.embeddings.vector_tables import embedding_vector
from token_budget.errors import ConfigError, PinnedFilesTooLarge, WorkspaceError
from token_budget.remaining import Balance, FixedBalances

MODELS = ["claude-opus-5-5", "claude-opus-4-6", "claude-haiku-4-5", "nobody-1"]


@pytest.fixture
def workspace(make_repository):
    return fill(make_repository("workspace")).folder


@pytest.fixture
def make_policy(workspace):
    def make(balances=None, **settings):
        ledger = FixedBalances(balances or {})
        return BudgetPolicy(workspace, ledger=ledger, config=PolicyConfig(**settings))

    return make


def chosen(policy, phase=None, **more):
    phase = phase or greeting_phase()
    return policy.context(phase, policy.plan(phase), **more)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("budget", [0, 50, 700, 3_000])
def test_the_budget_of_the_plan_is_kept_to_in_the_tokens_of_the_model(make_policy, model, budget):
    policy = make_policy(model=model, context_budget=budget)
    found = chosen(policy)
    limits = policy.models.resolve(model)
    assert found.budget == policy.plan(greeting_phase()).context_budget == budget
    assert policy.prompt_tokens(found.rendered, limits) == found.tokens <= budget


def test_a_denser_tokenizer_gets_less_text(make_policy):
    policies = (make_policy(model=model, context_budget=3_000) for model in MODELS[:2])
    newer, older = (chosen(policy).rendered for policy in policies)
    assert len(newer) < len(older)


@pytest.mark.parametrize("rate", [1.0, 1.5, 4.0])
def test_what_the_api_has_said_of_the_length_is_heard(make_policy, rate):
    policy = make_policy(context_budget=3_000)
    found = chosen(policy, rate=rate)
    limits = policy.models.resolve(policy.config.model)
    assert policy.prompt_tokens(found.rendered, limits) * rate <= found.tokens <= 3_000


def test_a_small_window_gets_less_context(make_policy):
    small = {"context_window": 14_000, "max_output": 2_000}
    tight = make_policy(models={"tiny-1": small}, model="tiny-1")
    found = chosen(tight)
    plan = tight.plan(greeting_phase())
    assert 0 < found.budget < make_policy().plan(greeting_phase()).context_budget
    assert plan.prompt_tokens + found.tokens + plan.ceiling.tokens <= 14_000


def test_a_ledger_that_leaves_little_gets_less_context(make_policy):
    free = make_policy().plan(greeting_phase())
    left = free.prompt_tokens + free.ceiling.tokens + 1_000
    found = chosen(make_policy({(): Balance(limit=left)}))
    assert found.budget == 1_000
    assert 0 < found.tokens <= 1_000


def test_a_price_that_rises_is_reported_and_not_kept_to(make_policy):
    policy = make_policy(model="claude-haiku-5-5", context_budget=8_000)
    phase = greeting_phase()
    found = policy.context(phase, replace(policy.plan(phase), prompt_tokens=97_000))
    assert found.soft_cap == 3_000
    assert found.over_soft_cap
    assert any("price" in one for one in found.warnings)
    assert chosen(policy).soft_cap == 100_000 - policy.plan(phase).prompt_tokens
    assert chosen(make_policy(model="claude-opus-5-5")).soft_cap is None


def test_deliverables_that_exist_come_first(make_policy):
    policy = make_policy(context_budget=6_000)
    found = chosen(policy, greeting_phase("src/module_5.py (make it polite)"))
    assert found.items[0].path == "src/module_5.py"
    assert found.items[0].signals[0] == "pinned"


def test_strict_is_a_setting(make_policy):
    phase = greeting_phase(pinned=["src/module_0.py"])
    assert chosen(make_policy(context_budget=500), phase).warnings
    with pytest.raises(PinnedFilesTooLarge) as caught:
        chosen(make_policy(context_budget=500, strict_context=True), phase)
    assert caught.value.budget == 500
    assert caught.value.needed["src/module_0.py"] > 500


def test_the_embedder_and_its_cap_are_settings(make_policy):
    with closing(EmbeddingServer()) as server:
        named = f"openai:words@{DIMENSION}={server.url}"
        policy = make_policy(context_budget=3_000, embedder=named, embedder_key="key")
        assert chosen(policy).mode == "embedded"
        assert server.headers[0]["Authorization"] == "Bearer key"
        asked = len(server.requests)
        capped = make_policy(context_budget=3_000, embedder=named, embedding_cap=0)
        found = chosen(capped)
        assert (found.mode, found.embedding.cap) == ("lexical", 0)
        assert len(server.requests) == asked


def kept_vectors(workspace):
    """The vectors of a workspace's cache, as bytes."""
    cache = VectorCache.opened(cache_url(workspace))
    with cache.database.reading() as connection:
        return connection.scalars(sa.select(embedding_vector.c.vector)).all()


@pytest.mark.parametrize(("precision", "size"), [("float16", 2), ("float32", 4)])
def test_how_vectors_are_kept_is_a_setting(make_policy, workspace, precision, size):
    with closing(EmbeddingServer()) as server:
        named = f"openai:words@{DIMENSION}={server.url}"
        chosen(make_policy(embedder=named, embedding_precision=precision))
    kept = kept_vectors(workspace)
    assert kept
    assert {len(one) for one in kept} == {size * DIMENSION}


def test_how_many_bytes_of_vectors_are_kept_is_a_setting(make_policy, workspace):
    with closing(EmbeddingServer()) as server:
        named = f"openai:words@{DIMENSION}={server.url}"
        chosen(make_policy(embedder=named, embedding_cache_bytes=0))
    assert kept_vectors(workspace) == []


@pytest.mark.parametrize("name", ["words", "openai:words", "local:/does/not/exist", "voyage:v@8"])
def test_an_embedder_that_cannot_be_used_is_an_error(make_policy, name):
    with pytest.raises(ConfigError):
        chosen(make_policy(embedder=name))


def test_the_index_is_opened_once(make_policy):
    policy = make_policy()
    assert policy.contexts is policy.contexts
    assert chosen(policy) == chosen(policy)


def test_a_plan_opens_no_index(make_policy, workspace):
    policy = make_policy()
    policy.plan(greeting_phase())
    assert "contexts" not in vars(policy)
    assert not (workspace / ".token-budget").exists()


def test_a_workspace_that_is_gone_is_an_error(make_policy, workspace):
    policy = make_policy()
    plan = policy.plan(greeting_phase())
    workspace.rename(workspace.with_name("elsewhere"))
    with pytest.raises(WorkspaceError):
        policy.context(greeting_phase(), plan)


def test_phases_of_a_run_share_the_beginning_of_their_contexts(make_policy):
    """What is the same comes first, so that a provider's prompt cache reads it again."""
    policy = make_policy()
    first, second = (
        chosen(policy, greeting_phase(f"src/{name}.py", phase_id=name, pinned=["docs/guide.md"]))
        for name in ("polite", "rude")
    )
    assert first.rendered == second.rendered
    assert first.rendered.index("docs/guide.md") < first.rendered.index("src/module_0.py")
