"""Made-up rounds and phases, and a database to keep them in."""

from __future__ import annotations

import pytest

from token_budget.telemetry import (
    ContextFacts,
    Estimated,
    PhaseRecord,
    RoundRecord,
    Telemetry,
)

DAY = 86_400
NOON = 1_800_014_400.0
"""2027-01-15, 12:00 UTC."""

ESTIMATE = Estimated(1_000, 2_500, "conformal, of 1,000 phases")


@pytest.fixture
def telemetry(database):
    return Telemetry(database)


def round_record(**fields):
    known = {
        "scope": ("run", "phase", "1"),
        "round": 1,
        "at": NOON,
        "model": "claude-opus-5-5",
        "category": "backend",
        "estimate": ESTIMATE,
        "ceiling": 8_000,
        "bound": "contract",
        "reserved": 12_000,
        "used": 5_000,
        "output": 1_500,
        "thinking": 400,
        "unused": 0,
        "stop_reason": "end_turn",
        "continues": False,
        "operations_kept": 3,
        "operations_rejected": 0,
        "request_id": "req_1",
        "outcome": "complete",
    }
    return RoundRecord(**{**known, **fields})


def phase_record(**fields):
    known = {
        "scope": ("run", "phase", "1"),
        "at": NOON,
        "model": "claude-opus-5-5",
        "category": "backend",
        "estimate": ESTIMATE,
        "ceiling": 8_000,
        "bound": "contract",
        "reserved": 12_000,
        "rounds": 1,
        "used": 5_000,
        "output": 1_500,
        "thinking": 400,
        "visible": 1_100,
        "continuation_tokens": 0,
        "wasted": 0,
        "truncated": False,
        "operations_kept": 3,
        "operations_rejected": 0,
        "operations_applied": 3,
        "request_ids": ("req_1",),
        "outcome": "complete",
    }
    return PhaseRecord(**{**known, **fields})


@pytest.fixture
def make_round():
    return round_record


@pytest.fixture
def make_phase():
    return phase_record


@pytest.fixture
def context_facts():
    """A context that was ranked partly by embeddings, with every figure another one."""
    return ContextFacts(
        context_budget=30_000,
        context_tokens=24_000,
        context_mode="partly embedded",
        context_reason="the cap of 5 texts is reached",
        files_whole=6,
        files_chunks=7,
        files_outline=8,
        files_path=9,
        files_omitted=40,
        embedding_hits=30,
        embedding_misses=10,
        embedding_calls=2,
        texts_embedded=5,
        embedding_cap=5,
        artifacts_substituted=1,
        artifact_tokens=400,
        artifact_tokens_avoided=3_600,
        substituted_paths=("docs/guide.md",),
    )
