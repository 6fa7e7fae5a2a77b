"""Ledgers, on whatever database a test names, and a clock that tests set."""

from __future__ import annotations

import pytest

from token_budget.ledger import Ledger
from token_budget.prices import PriceBook

MODEL = "test-model"
PRICES = {MODEL: {"input_mtok": 1, "output_mtok": 5}}
"""A token of the prompt costs a millionth of a dollar, one of the answer five."""


class Clock:
    """Seconds since 1970, as the test says."""

    def __init__(self, now=1_800_000_000.0):
        self.now = now

    def __call__(self):
        return self.now

    def advance(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def open_ledger(url, clock):
    """A function that opens the ledger; all are closed at the end."""
    opened = []

    def open_one(**settings):
        given = {"clock": clock, "prices": PriceBook(PRICES), "owner": "a test", **settings}
        opened.append(Ledger(settings.pop("database", url), **given))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def ledger(open_ledger):
    return open_ledger()
