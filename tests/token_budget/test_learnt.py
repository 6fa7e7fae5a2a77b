from __future__ import annotations

from estimators.adaptation import Adaptation
from estimators.thinking import ThinkingEstimator
from token_budget.learnt import Learnt

THOUGHT = ThinkingEstimator().observe("claude-opus-5-5", "high", 500)


def test_merging_adds_formats_of_either_side():
    one = Learnt({"ndjson": Adaptation(phases=3)})
    other = Learnt({"ndjson": Adaptation(phases=4), "diff": Adaptation(phases=1)}, THOUGHT)
    merged = one.merged(other)
    assert {name: known.phases for name, known in merged.adaptations.items()} == {
        "ndjson": 7,
        "diff": 1,
    }
    assert merged.thinking == THOUGHT
