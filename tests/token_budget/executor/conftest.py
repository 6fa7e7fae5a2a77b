"""A workspace with its policy, and the two ways to carry a phase out."""

from __future__ import annotations

import pytest

from tests import phases
from token_budget import BudgetPolicy
from token_budget.config import PolicyConfig


@pytest.fixture(params=["sync", "async"])
def either(request):
    """A function that carries a phase out, with each client of the SDK."""
    return {"sync": phases.carry_out, "async": phases.acarry_out}[request.param]


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def make_policy(root):
    """A function that makes a policy of the workspace; its books are closed at the end.

    Nothing of the workspace is shown unless a test says so: most are faster without.
    """
    made = []

    def make(ledger=None, **settings):
        config = PolicyConfig(**{"context_budget": 0, **settings})
        made.append(BudgetPolicy(root, ledger=ledger, config=config))
        return made[-1]

    yield make
    for one in made:
        if "books" in vars(one):
            one.books.close()


@pytest.fixture
def policy(make_policy):
    return make_policy()
