from __future__ import annotations

from dataclasses import fields, replace

import pytest

from token_budget.errors import LedgerValueError
from token_budget.telemetry.context_facts import CONTEXT_COUNTS, CONTEXT_MODES, ContextFacts
from token_budget.telemetry.tables import SUMS, telemetry_phase


def test_every_fact_has_a_column_and_every_count_a_sum():
    names = {one.name for one in fields(ContextFacts)}
    assert names <= set(telemetry_phase.c.keys())
    assert {*CONTEXT_COUNTS, *CONTEXT_MODES.values()} <= set(SUMS)
    assert names - set(CONTEXT_COUNTS) == {
        "context_mode",
        "context_reason",
        "embedding_cap",
        "substituted_paths",
    }


@pytest.mark.parametrize(
    "fact",
    [
        {"files_whole": -1},
        {"embedding_hits": True},
        {"artifact_tokens": 1.5},
        {"context_tokens": 30_001},
        {"context_mode": "degraded"},
        {"context_reason": "x" * 301},
        {"embedding_cap": -2},
        {"substituted_paths": ("a", "b")},
    ],
)
def test_figures_that_cannot_be_true_are_refused(context_facts, fact):
    [name] = fact
    with pytest.raises(LedgerValueError, match=rf"context_facts\.{name}: expected"):
        replace(context_facts, **fact)


def test_no_limit_is_a_cap(context_facts):
    assert replace(context_facts, embedding_cap=-1).embedding_cap == -1
