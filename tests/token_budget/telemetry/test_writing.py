from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from token_budget.errors import LedgerConflict, LedgerValueError
from token_budget.ledger import Amount, Ledger, Usage
from token_budget.telemetry import ContextFacts, RoundFacts, recorded, write_phase, write_round
from token_budget.telemetry.recording import round_record
from token_budget.telemetry.tables import telemetry_phase, telemetry_round

SCOPE = ("run", "phase", "1")
USAGE = Usage(input=3_000, output=1_500, thinking=400, cache_read=500)


@pytest.fixture
def facts(make_round):
    known = make_round(stop_reason="max_tokens", unused=50)
    return RoundFacts(**{name: getattr(known, name) for name in RoundFacts.__slots__})


@pytest.fixture
def reservation(url):
    with Ledger(url) as ledger, ledger.reserve(SCOPE, Amount(8_000, 12_000)) as made:
        yield made


def rows(database, table):
    with database.reading() as connection:
        return connection.execute(sa.select(table)).all()


def test_a_round_is_recorded_with_its_debit(reservation, database, facts):
    entered = reservation.settle(1, USAGE, model="m", request_id="req_1", alongside=recorded(facts))
    [row] = rows(database, telemetry_round)
    assert (row.scope, row.round, row.model) == ("/run/phase/1", 1, "m")
    assert (row.used, row.output, row.thinking, row.unused) == (5_000, 1_500, 400, 50)
    assert (row.reserved, row.ceiling, row.bound) == (12_000, 8_000, "contract")
    assert (row.estimated_median, row.estimated_upper) == (1_000, 2_500)
    assert (row.truncated, row.stop_reason, row.request_id) == (True, "max_tokens", "req_1")
    assert row.at == entered.settled_at


def test_a_second_settle_records_nothing_more(reservation, database, facts):
    for _ in range(2):
        reservation.settle(1, USAGE, model="m", alongside=recorded(facts))
    with pytest.raises(LedgerConflict):
        reservation.settle(1, Usage(1, 1), model="m", alongside=recorded(facts))
    assert len(rows(database, telemetry_round)) == 1


def test_a_record_that_fails_takes_the_debit_back(reservation, database, url, facts):
    wrong = recorded(facts)
    with pytest.raises(LedgerValueError):  # unused is more than this answer has
        reservation.settle(1, Usage(3_000, 20), model="m", alongside=wrong)
    assert rows(database, telemetry_round) == []
    with Ledger(url) as ledger:
        assert ledger.statement(SCOPE).spent == Amount()


def test_a_round_that_is_not_settled_has_no_record(reservation, url, facts):
    reservation.sending(1)
    reservation.release()
    with Ledger(url) as ledger:
        [unknown] = ledger.unknown_rounds()
        with pytest.raises(LedgerValueError, match="settled"):
            round_record(unknown, facts)


def test_a_record_is_entered_once_and_stays_as_it_was(database, make_round, make_phase):
    with database.writing() as connection:
        assert write_round(connection, make_round())
        assert not write_round(connection, make_round(output=1, thinking=0))
        assert write_phase(connection, make_phase())
        assert not write_phase(connection, make_phase(outcome="failed"))
    assert [row.output for row in rows(database, telemetry_round)] == [1_500]
    assert [row.outcome for row in rows(database, telemetry_phase)] == ["complete"]


def test_what_is_not_known_is_null(database, make_round, make_phase):
    with database.writing() as connection:
        write_round(connection, make_round(stop_reason=None, category=None))
        write_phase(connection, make_phase(outcome="failed", truncated=None))
    [one], [phase] = rows(database, telemetry_round), rows(database, telemetry_phase)
    assert (one.truncated, one.category) == (None, "")
    assert (phase.truncated, phase.within_median, phase.within_upper) == (None, None, None)


def test_a_context_fills_every_column_that_it_has(database, make_phase, context_facts):
    with database.writing() as connection:
        write_phase(connection, make_phase(context=context_facts))
        write_phase(connection, make_phase(scope=("run", "without")))
    [phase, without] = rows(database, telemetry_phase)
    paths = json.dumps(context_facts.substituted_paths)
    for name in ContextFacts.__slots__:
        expected = paths if name == "substituted_paths" else getattr(context_facts, name)
        assert getattr(phase, name) == expected
        assert getattr(without, name) is None
