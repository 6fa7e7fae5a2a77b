from __future__ import annotations

import threading
import time

import pytest

from token_budget.errors import BudgetExhausted
from token_budget.ledger import Amount, Limit, Usage
from token_budget.ledger.accounts import accounts_above
from token_budget.ledger.movements import move, take

KEY = "/org/run"
SCOPE = ("org", "run")
TEN_TOKENS = Amount(total_tokens=10)
WAITING_SECONDS = 0.5
"""Long enough for another thread to reach the lock that it has to wait for."""


@pytest.fixture
def limited(ledger):
    """A ledger whose ``org`` has a limit of 100 tokens."""
    ledger.set_limit(("org",), Limit(total_tokens=100))
    return ledger


def ids(connection, clock):
    return [row.id for row in accounts_above(connection, KEY, clock())]


def held(ledger):
    return [ledger.statement(scope).held.total_tokens for scope in ((), ("org",), SCOPE)]


def test_an_amount_is_held_in_every_account(limited, clock):
    with limited.database.writing() as connection:
        accounts = ids(connection, clock)
        take(connection, accounts, TEN_TOKENS)
    assert held(limited) == [10, 10, 10]


def test_an_amount_that_does_not_fit_in_one_names_it_with_what_was_left(limited, clock):
    with pytest.raises(BudgetExhausted) as error, limited.database.writing() as connection:
        take(connection, ids(connection, clock), Amount(total_tokens=101))
    assert (error.value.scope, error.value.held, error.value.left) == ("org", 0, 100)
    assert held(limited) == [0, 0, 0]


def test_what_is_moved_is_moved_in_every_account(limited, clock):
    with limited.database.writing() as connection:
        accounts = ids(connection, clock)
        take(connection, accounts, TEN_TOKENS)
        move(connection, accounts, free=TEN_TOKENS, spent=Amount(total_tokens=7))
    assert held(limited) == [0, 0, 0]
    assert limited.statement(SCOPE).spent.total_tokens == 7


def test_rounds_are_added_to_the_sums_of_their_model_in_every_account(ledger):
    for number, model in enumerate(("one", "one", "other")):
        held = ledger.reserve(SCOPE, Amount(10, 50), sending=number)
        held.settle(number, Usage(20, 5, thinking=number), model=model, estimated=number == 0)
    for scope in ((), ("org",), SCOPE):
        by_model = ledger.statement(scope).by_model
        assert by_model["one"]["rounds"] == 2
        assert by_model["one"]["input"] == 40
        assert by_model["one"]["thinking"] == 1
        assert by_model["one"]["estimated"] == 1
        assert by_model["other"]["output"] == 5


def waiting_for(limited, entry, work):
    """Begin an entry in another thread, and let it wait while ``work`` changes the accounts."""
    thread = threading.Thread(target=entry)
    with limited.database.writing() as connection:
        work(connection)
        thread.start()
        time.sleep(WAITING_SECONDS)
    thread.join()


@pytest.mark.parametrize("way", ["reserve", "sending"])
def test_room_that_is_given_back_while_an_entry_waits_for_it_is_taken(
    limited, open_ledger, clock, way
):
    limited.reserve(SCOPE, Amount(total_tokens=90))
    other = open_ledger()
    own = other.reserve(SCOPE, TEN_TOKENS)
    entries = {
        "reserve": lambda: other.reserve(SCOPE, TEN_TOKENS),
        "sending": lambda: own.sending(1, Amount(total_tokens=20)),
    }

    def give_back(connection):
        move(connection, ids(connection, clock), free=Amount(total_tokens=90))

    waiting_for(limited, entries[way], give_back)
    assert held(limited) == [20, 20, 20]


@pytest.mark.parametrize("way", ["reserve", "sending"])
def test_room_that_is_taken_while_an_entry_waits_for_it_is_not_there(
    limited, open_ledger, clock, way
):
    other, errors = open_ledger(), []
    own = other.reserve(SCOPE, TEN_TOKENS)
    entries = {
        "reserve": lambda: other.reserve(SCOPE, TEN_TOKENS),
        "sending": lambda: own.sending(1, Amount(total_tokens=20)),
    }

    def refused():
        with pytest.raises(BudgetExhausted) as error:
            entries[way]()
        errors.append(error.value)

    def fill(connection):
        take(connection, ids(connection, clock), Amount(total_tokens=90))

    waiting_for(limited, refused, fill)
    assert [(error.scope, error.left) for error in errors] == [("org", 0)]
    assert held(limited) == [100, 100, 100]
