"""What executors do today: output budgets by rules of thumb."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from estimators.classify import kind_of

if TYPE_CHECKING:
    from estimators.classify import Kind
    from estimators.observed import ObservedFile, ObservedPhase

MEDIAN_OF_SHIPPED = {"ndjson": 1_079.0, "whole_file": 6_362.0, "diff": 988.0}
"""The median of the phases of 200 tokens or more behind the shipped prior: tokens, by format."""

_CATEGORY_OF_KIND: dict[Kind, str] = {
    "code": "backend",
    "migration": "backend",
    "style": "frontend",
}

_TIERS = {"low": 8_192, "medium": 12_288, "high": 16_384}
_FILE_WEIGHTS: dict[Kind, int] = {
    "documentation": 200,
    "configuration": 400,
    "migration": 400,
    "test": 600,
}
_SAFETY = 1.3
_CATEGORY_FACTORS = {"backend": 1.2, "database": 1.2, "frontend": 1.4}


def complexity_tiers(phase: ObservedPhase) -> float:
    """A budget by complexity, raised for deployment, frontend, and backend of three files or more.

    No history has complexities: up to 2 files are low, up to 7 medium, more high.
    """
    files = len(phase.files)
    tokens = _TIERS["low" if files <= 2 else "medium" if files <= 7 else "high"]
    category = majority_category(phase)
    if category in {"deployment", "frontend"}:
        return max(tokens, 16_384)
    if category == "backend" and files >= 3:
        return max(tokens, 12_000)
    return tokens


def fixed_weights(phase: ObservedPhase) -> float:
    """Tokens a file by its kind, with a margin and a factor for the category."""
    tokens = sum(_weight(one) for one in phase.files)
    return _SAFETY * tokens * _CATEGORY_FACTORS.get(majority_category(phase), 1.0)


def majority_category(phase: ObservedPhase) -> str:
    """The category of most of its files: no history has any."""
    kinds = Counter(kind_of(one.path) for one in phase.files)
    kind = kinds.most_common(1)[0][0]
    return _CATEGORY_OF_KIND.get(kind, kind)


def _weight(one: ObservedFile) -> int:
    return _FILE_WEIGHTS.get(kind_of(one.path), 800 if one.action == "create" else 300)


_FRONTEND_SUFFIXES = (".tsx", ".jsx", ".vue", ".svelte")
_FORMULA_WEIGHTS = {
    "frontend": (2_800, 1_100),
    "test": (1_400, 600),
    "documentation": (500, 400),
    "configuration": (1_000, 500),
    "migration": (1_000, 500),
}
_CODE_WEIGHTS = (2_000, 700)
_FORMULA_OVERHEADS = {
    "backend": (2_000, 3_000, 5_000),
    "frontend": (2_500, 3_500, 5_500),
    "test": (915, 2_500, 4_000),
    "documentation": (1_500, 2_500, 3_500),
    "configuration": (800, 1_500, 2_500),
}
_OTHER_OVERHEAD = (2_000, 2_000, 2_000)


def additive_formula(phase: ObservedPhase) -> float:
    """The formula of an agent platform, with the constants that it published.

    1.3 x (an overhead by category and complexity + a weight a file, by kind and whether it is new).
    """
    files = len(phase.files)
    complexity = 0 if files <= 2 else 1 if files <= 7 else 2
    category = majority_category(phase)
    overhead = _FORMULA_OVERHEADS.get(category, _OTHER_OVERHEAD)[complexity]
    return _SAFETY * (overhead + sum(_formula_weight(one) for one in phase.files))


def _formula_weight(one: ObservedFile) -> int:
    is_frontend = one.path.endswith(_FRONTEND_SUFFIXES)
    kind = "frontend" if is_frontend else kind_of(one.path)
    return _FORMULA_WEIGHTS.get(kind, _CODE_WEIGHTS)[one.action != "create"]
