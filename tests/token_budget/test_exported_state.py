from __future__ import annotations

import json
import math

import pytest

from estimators.adaptation import Adaptation, Belief
from estimators.thinking import ThinkingEstimator
from token_budget.errors import DamagedState, SchemaMismatch
from token_budget.exported_state import EXPORT_VERSION, ExportedState
from token_budget.learnt import Learnt

KNOWN = Learnt(
    {"ndjson": Adaptation({"files": Belief(2.0, 0.5)}, phases=3)},
    ThinkingEstimator().observe("claude-opus-5-5", "high", 500),
)
STATE = ExportedState("a.json", frozenset({"b", "a"}), KNOWN)


def test_it_survives_json():
    assert ExportedState.from_text(json.dumps(STATE.as_json()), "a.json") == STATE


def test_the_same_state_is_the_same_text():
    assert STATE.as_json()["origins"] == ["a", "b"]


@pytest.mark.parametrize("version", [EXPORT_VERSION + 1, 99])
def test_a_newer_version_is_told_from_damage(version):
    with pytest.raises(SchemaMismatch, match=r"a\.json: written by a newer release"):
        ExportedState.from_json(STATE.as_json() | {"version": version}, "a.json")


@pytest.mark.parametrize("version", [None, 1, 0, -1, "2", True, [2]])
def test_another_version_is_refused(version):
    with pytest.raises(
        DamagedState, match=f"expected an exported state of version {EXPORT_VERSION}"
    ):
        ExportedState.from_json(STATE.as_json() | {"version": version})


@pytest.mark.parametrize(
    "change",
    [
        {"origins": []},
        {"origins": "abc"},
        {"origins": [1]},
        {"origins": [""]},
        {"formats": []},
        {"formats": {"ndjson": {}}},
        {"thinking": None},
        {"thinking": {"m": {"huge": {}}}},
        {"formats": {"ndjson": Adaptation().as_json() | {"moved": [math.nan]}}},
    ],
)
def test_damage_is_refused(change):
    with pytest.raises(DamagedState, match="exported state is damaged"):
        ExportedState.from_json(STATE.as_json() | change)


@pytest.mark.parametrize("part", ["origins", "formats", "thinking"])
def test_a_missing_part_is_refused(part):
    data = STATE.as_json()
    del data[part]
    with pytest.raises(DamagedState, match=part):
        ExportedState.from_json(data)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", "[" * 100_000])
def test_a_text_that_is_no_exported_state_is_refused(text):
    with pytest.raises(DamagedState, match=r"a\.json: expected an exported state"):
        ExportedState.from_text(text, "a.json")
