from __future__ import annotations

import pytest

from benchmarks.baselines import (
    additive_formula,
    complexity_tiers,
    fixed_weights,
    majority_category,
)
from estimators.observed import ObservedFile, ObservedPhase


def phase(*files):
    made = (ObservedFile(path, action, 0, 0, 0, 0) for path, action in files)
    return ObservedPhase("r", "c", 0, "", tuple(made))


def modules(count, extension="py"):
    return phase(*((f"src/m{number}.{extension}", "create") for number in range(count)))


def documents(count):
    return phase(*((f"docs/d{number}.md", "modify") for number in range(count)))


@pytest.mark.parametrize(
    ("one", "tokens"),
    [
        (documents(1), 8_192),
        (documents(2), 8_192),
        (documents(3), 12_288),
        (documents(7), 12_288),
        (documents(8), 16_384),
        (modules(1), 8_192),
        (modules(3), 12_288),
        (modules(1, "css"), 16_384),
        (modules(9), 16_384),
    ],
)
def test_tiers_follow_the_number_of_files_and_the_category(one, tokens):
    assert complexity_tiers(one) == tokens


@pytest.mark.parametrize(
    ("one", "tokens"),
    [
        (documents(2), 1.3 * 400),
        (phase(("a.toml", "modify"), ("b.yml", "create")), 1.3 * 800),
        (phase(("tests/test_a.py", "create")), 1.3 * 600),
        (phase(("src/a.py", "create")), 1.3 * 1.2 * 800),
        (phase(("src/a.py", "modify")), 1.3 * 1.2 * 300),
        (phase(("db/migrate/1.sql", "create")), 1.3 * 1.2 * 400),
        (phase(("web/a.css", "create")), 1.3 * 1.4 * 800),
    ],
)
def test_weights_follow_kind_action_and_category(one, tokens):
    assert fixed_weights(one) == pytest.approx(tokens)


@pytest.mark.parametrize(
    ("one", "tokens"),
    [
        (documents(2), 1.3 * (1_500 + 2 * 400)),
        (phase(("src/a.py", "create")), 1.3 * (2_000 + 2_000)),
        (modules(9), 1.3 * (5_000 + 9 * 2_000)),
        (phase(("web/a.tsx", "modify")), 1.3 * (2_000 + 1_100)),
        (phase(("tests/test_a.py", "create")), 1.3 * (915 + 1_400)),
        (phase(("a.toml", "modify")), 1.3 * (800 + 500)),
    ],
)
def test_the_formula_adds_an_overhead_and_a_weight_a_file(one, tokens):
    assert additive_formula(one) == pytest.approx(tokens)


def test_the_category_is_that_of_most_files():
    mixed = phase(("a.py", "create"), ("b.py", "create"), ("a.css", "create"))
    assert majority_category(mixed) == "backend"
    assert majority_category(documents(1)) == "documentation"
