from __future__ import annotations

from dataclasses import fields, replace

import pytest

from token_budget.context.artifacts import NO_SUBSTITUTIONS, Substitutions
from token_budget.context.embeddings.use import EmbeddingUse, without_embedder
from token_budget.context.selected import ContextItem, ContextSelection
from token_budget.context.telling import facts_of
from token_budget.telemetry.context_facts import LONGEST_REASON, ContextFacts

FORMS = ("whole", "whole", "whole", "chunks", "chunks", "outline", "path")
USE = EmbeddingUse("partly embedded", "the cap is reached", 7, 6, 2, 5, 100, ("a server's words",))
INSTEAD = Substitutions({"a.md": "Short.", "b.md": "Brief."}, 30, 400)
SELECTION = ContextSelection(
    items=tuple(
        ContextItem(f"secret_{number}.py", form, ((1, 2),), 10, ("words",), 0.1)
        for number, form in enumerate(FORMS)
    ),
    left_out=(),
    mode=USE.mode,
    reason=USE.reason,
    tokens=900,
    budget=1_000,
    soft_cap=None,
    warnings=("secret_0.py is pinned and does not fit whole",),
    rendered="TOKEN = 'secret'\n",
    shown={"secret_0.py": "aa"},
    share_of_best=1.0,
    considered=20,
    history="3 commits",
    embedding=USE,
    substitutions=INSTEAD,
)


def test_everything_that_is_kept_comes_from_the_selection():
    assert facts_of(SELECTION) == ContextFacts(
        context_budget=1_000,
        context_tokens=900,
        context_mode="partly embedded",
        context_reason="the cap is reached",
        files_whole=3,
        files_chunks=2,
        files_outline=1,
        files_path=1,
        files_omitted=11,
        embedding_hits=7,
        embedding_misses=6,
        embedding_calls=2,
        texts_embedded=5,
        embedding_cap=100,
        artifacts_substituted=2,
        artifact_tokens=30,
        artifact_tokens_avoided=370,
        substituted_paths=("a.md", "b.md"),
    )


def test_of_contents_and_what_a_server_says_nothing_is_kept_and_of_paths_only_substituted_ones():
    facts = facts_of(SELECTION)
    said = " ".join(str(getattr(facts, field.name)) for field in fields(facts))
    assert "secret" not in said
    assert "server" not in said


def test_ten_paths_are_kept():
    many = {f"{number:02d}.md": "Short." for number in range(30)}
    facts = facts_of(replace(SELECTION, substitutions=Substitutions(many, 30, 400)))
    assert facts.substituted_paths == tuple(f"{number:02d}.md" for number in range(10))
    assert facts.files_omitted == 0


def test_without_an_embedder_that_is_the_reason():
    facts = facts_of(replace(SELECTION, embedding=without_embedder()))
    assert (facts.context_mode, facts.context_reason) == ("lexical", "no embedder is configured")


@pytest.mark.parametrize("length", [LONGEST_REASON, LONGEST_REASON + 1, 10_000])
def test_a_long_reason_is_cut(length):
    facts = facts_of(replace(SELECTION, embedding=replace(USE, reason="x" * length)))
    assert facts.context_reason == "x" * LONGEST_REASON


def test_no_tokens_are_avoided_by_summaries_that_are_longer():
    longer = Substitutions({"a.md": "Long."}, 50, 40)
    assert facts_of(replace(SELECTION, substitutions=longer)).artifact_tokens_avoided == 0


def test_nothing_chosen_is_a_fact_too():
    empty = replace(SELECTION, items=(), tokens=0, rendered="", substitutions=NO_SUBSTITUTIONS)
    facts = facts_of(empty)
    assert (facts.context_tokens, facts.files_whole, facts.artifacts_substituted) == (0, 0, 0)
