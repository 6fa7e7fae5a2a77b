from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
import typer
from typer.testing import CliRunner

from benchmarks import ledger_statement
from benchmarks.ledger_load_worker import PRICES
from token_budget.ledger import Ledger
from token_budget.ledger.tables import account
from token_budget.prices import PriceBook


@pytest.fixture
def ledger(tmp_path):
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", prices=PriceBook(PRICES)) as made:
        yield made


def report_of(*arguments):
    app = typer.Typer()
    app.command()(ledger_statement.main)
    done = CliRunner().invoke(app, [*arguments, "--asked", "2", "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("rounds", [3, 250])
def test_rounds_in_bulk_agree_with_their_sums(rounds):
    report = report_of("--rounds", str(rounds))
    assert (report["rounds"], report["filled_by"]) == (rounds, "bulk")
    assert {"statement of the ledger", "remaining of a run"} <= {
        one["question"] for one in report["questions"]
    }


def test_every_round_can_be_settled_for_real():
    report = report_of("--rounds", "103", "--real")
    assert (report["rounds"], report["filled_by"]) == (103, "settling")


def test_in_bulk_and_for_real_are_the_same_books(tmp_path):
    said = []
    for real in (False, True):
        url = f"sqlite:///{tmp_path / f'{real}.db'}"
        with Ledger(url, prices=PriceBook(PRICES)) as books:
            ledger_statement.fill(books, 210, real=real)
            said.append([books.statement(("organisation", "run-0")), books.statement()])
    assert said[0] == said[1]


def test_sums_that_are_wrong_are_refused(ledger):
    ledger_statement.fill(ledger, 3, real=True)
    with ledger.database.writing() as connection:
        connection.execute(sa.update(account).values(spent_calls=account.c.spent_calls + 1))
    with pytest.raises(SystemExit, match="the sums are not those of 3 rounds"):
        ledger_statement.check(ledger)
