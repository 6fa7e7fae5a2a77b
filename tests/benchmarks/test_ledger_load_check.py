from __future__ import annotations

import pytest

from benchmarks.ledger_load_check import compare, violated
from benchmarks.ledger_load_log import BEGUN, DONE, read_logs, told_by
from benchmarks.ledger_load_worker import MODEL, PRICES, amount_of
from token_budget.ledger import Ledger, Limit, Usage
from token_budget.prices import PriceBook

SCOPE = ("org", "run", "attempt")
USAGE = Usage(1_000, 300)
FAULTLESS: dict[str, int] = {}


def said(call, outcome, number, **facts):
    return {
        "call": call,
        "outcome": outcome,
        "ms": 1.0,
        "scope": list(SCOPE),
        "round": number,
        **facts,
    }


def settling(number, *outcomes):
    return [said("settle", one, number, usage=[USAGE.input, USAGE.output]) for one in outcomes]


def sending(number):
    return [said("sending", one, number) for one in (BEGUN, DONE)]


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Rounds 0 and 1 settled, round 2 sent and left, in a scope with limits."""
    url = f"sqlite:///{tmp_path_factory.mktemp('books') / 'ledger.db'}"
    with Ledger(url, prices=PriceBook(PRICES)) as ledger:
        ledger.set_limit(("org",), Limit(total_tokens=10_000, calls=5))
        with ledger.reserve(SCOPE, amount_of(3_000, 1_500)) as held:
            for number in range(3):
                held.sending(number, amount_of(1_000, 500))
                if number < 2:
                    held.settle(number, USAGE, model=MODEL)
        return ledger.export()


@pytest.fixture
def copied(books):
    """The books, to be damaged."""
    return [dict(row) for row in books]


@pytest.fixture
def told():
    """What a truthful worker says of them."""
    lines = [line for number in range(3) for line in sending(number)]
    return [*lines, *settling(0, BEGUN, DONE), *settling(1, BEGUN, DONE)]


def rows_of(books, table):
    return [row for row in books if row["table"] == table]


def round_of(books, number):
    return next(row for row in rows_of(books, "round") if row["round"] == number)


def test_true_books_have_no_fault(books, told):
    found = compare(told_by(told), books)
    assert found.faults == FAULTLESS
    assert (found.rounds, found.unknown) == (2, 1)


def test_a_settlement_of_which_nobody_heard_may_be_there_or_not(books, told):
    lost_answer = [*told[:-1], *settling(2, BEGUN)]
    assert compare(told_by(lost_answer), books).faults == FAULTLESS


def test_a_lost_debit_is_found(copied, told):
    copied.remove(round_of(copied, 1))
    faults = compare(told_by(told), copied).faults
    assert faults["lost"] == 1
    assert faults["unbalanced"] > 0


def test_a_debit_that_the_sums_lack_is_lost(copied, told):
    rows_of(copied, "account")[0]["spent_calls"] -= 1
    assert compare(told_by(told), copied).faults == {"lost": 1, "unbalanced": 1}


def test_a_debit_with_another_usage_is_lost(copied, told):
    round_of(copied, 0)["output"] += 1
    assert compare(told_by(told), copied).faults == {"lost": 1}


def test_a_double_debit_is_found(copied, told):
    for row in rows_of(copied, "account"):
        row["spent_calls"] += 1
        row["spent_total_tokens"] += 1_300
    faults = compare(told_by(told), copied).faults
    assert faults["double"] == 1
    assert faults["unbalanced"] == 4


def test_a_debit_that_nobody_made_is_found(books, told):
    only_first = [line for line in told if line["round"] != 1]
    assert compare(told_by(only_first), books).faults == {"invented": 1}


def test_a_sent_round_that_is_not_unknown_is_found(copied, told):
    round_of(copied, 2)["state"] = "sent"
    faults = compare(told_by(told), copied).faults
    assert faults["unlisted"] == 1
    copied.remove(round_of(copied, 2))
    assert compare(told_by(told), copied).faults["unlisted"] == 1


@pytest.mark.parametrize("column", ["spent_total_tokens", "held_calls", "unknown_total_tokens"])
def test_a_violation_is_found(copied, told, column):
    row = next(one for one in rows_of(copied, "account") if one["scope"] == ["org"])
    assert not violated(row)
    row[column] += 10_000
    assert compare(told_by(told), copied).faults["violations"] == 1


def test_an_overrun_is_found(copied, told):
    round_of(copied, 0)["overrun_output_tokens"] = 1
    assert compare(told_by(told), copied).faults["overruns"] == 1


def test_a_line_that_was_not_finished_is_not_read(tmp_path):
    (tmp_path / "a.log").write_text('{"call": "grow"}\n{"call": "se', encoding="utf-8")
    assert list(read_logs(tmp_path)) == [{"call": "grow"}]
