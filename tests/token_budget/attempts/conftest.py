"""A workspace with its policy."""

from __future__ import annotations

import pytest

from token_budget import BudgetPolicy
from token_budget.config import PolicyConfig


@pytest.fixture
def make_policy(tmp_path):
    """A function that makes a policy of an empty workspace; its books are closed at the end."""
    made = []

    def make(ledger=None, **settings):
        made.append(BudgetPolicy(tmp_path, ledger=ledger, config=PolicyConfig(**settings)))
        return made[-1]

    yield make
    for one in made:
        if "books" in vars(one):
            one.books.close()


@pytest.fixture
def policy(make_policy):
    return make_policy()
