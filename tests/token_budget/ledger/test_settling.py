from __future__ import annotations

import pytest
import sqlalchemy as sa

from token_budget.errors import BudgetExhausted, LedgerConflict, LedgerValueError
from token_budget.ledger import Amount, Limit, Usage
from token_budget.ledger.tables import identity

MODEL = "test-model"
ATTEMPT = ("run", "phase", "one")


@pytest.fixture
def reservation(ledger):
    return ledger.reserve(ATTEMPT, Amount(100, 1000, 2000))


def test_a_round_is_entered_with_its_price(reservation, ledger):
    reservation.sending(1)
    usage = {
        "input_tokens": 100,
        "output_tokens": 50,
        "cache_creation": {"ephemeral_5m_input_tokens": 40, "ephemeral_1h_input_tokens": 10},
        "cache_read_input_tokens": 200,
    }
    settled = reservation.settle(1, usage, model=MODEL, request_id="req_1")
    assert settled.micro_usd == 100 + 50 + 20 + 200 + 5 * 50
    assert settled.spent == Amount(50, 400, settled.micro_usd, 1)
    assert settled.price_source == "the configuration"
    assert (settled.request_id, settled.late, settled.estimated) == ("req_1", False, False)
    assert ledger.history(ATTEMPT) == (settled,)


def test_a_listed_price_is_entered_with_its_version(reservation):
    settled = reservation.settle(1, Usage(10, 10), model="claude-opus-5-5")
    assert settled.price_source.startswith("genai-prices 0")
    assert settled.micro_usd > 0


def test_settling_again_with_the_same_figures_changes_nothing(reservation, ledger):
    first = reservation.settle(1, Usage(10, 20), model=MODEL, request_id="a")
    before = ledger.statement()
    assert reservation.settle(1, Usage(10, 20), model=MODEL, request_id="b") == first
    assert ledger.settle(ATTEMPT, 1, Usage(10, 20), model=MODEL) == first
    assert ledger.statement() == before


@pytest.mark.parametrize(
    ("usage", "model"), [(Usage(10, 21), MODEL), (Usage(10, 20, thinking=1), MODEL),
                         (Usage(10, 20), "another")]
)  # fmt: skip
def test_settling_again_with_other_figures_is_a_conflict(reservation, ledger, usage, model):
    reservation.settle(1, Usage(10, 20), model=MODEL)
    before = ledger.statement()
    with pytest.raises(LedgerConflict, match="run/phase/one round 1: it was settled with other"):
        reservation.settle(1, usage, model=model)
    assert ledger.statement() == before


def test_rounds_of_an_attempt_are_told_apart_by_their_numbers(reservation, ledger):
    for number in (1, 2, 3):
        reservation.sending(number, Amount(10, 20, 100))
        reservation.settle(number, Usage(10, 10), model=MODEL)
    assert ledger.statement().spent == Amount(30, 60, 180, 3)
    assert {one.round for one in ledger.history()} == {1, 2, 3}


def test_a_round_that_was_not_announced_takes_what_is_held_unsent(reservation, ledger):
    settled = reservation.settle(1, Usage(10, 20), model=MODEL)
    assert settled.held == Amount(100, 1000, 2000, 1)
    assert not ledger.statement().held
    assert settled.sent_at is None


def test_a_usage_above_what_was_held_is_an_overrun_and_stops_the_scope(ledger):
    ledger.set_limit(("run",), Limit(output_tokens=150, total_tokens=5000))
    reservation = ledger.reserve(ATTEMPT, Amount(100, 1000), sending=1)
    settled = reservation.settle(1, Usage(500, 180), model=MODEL)
    assert settled.overrun == Amount(output_tokens=80)
    assert settled.spent == Amount(100, 680, 1400, 1)
    statement = ledger.statement(("run",))
    assert statement.overrun == Amount(output_tokens=80)
    assert ledger.overruns() == (settled,)
    for scope in (ATTEMPT, ("run", "phase", "two")):
        with pytest.raises(BudgetExhausted, match="stopped: round 1 used more than was held"):
            ledger.reserve(scope, Amount(1, 1))
    ledger.reserve(("another",), Amount(1, 1))


def test_an_overrun_that_breaks_no_limit_stops_the_attempt_alone(ledger):
    reservation = ledger.reserve(ATTEMPT, Amount(10, 100), sending=1)
    reservation.settle(1, Usage(1, 11), model=MODEL)
    with pytest.raises(BudgetExhausted, match=r"run/phase/one .* stopped"):
        reservation.sending(2, Amount(1, 1))
    ledger.reserve(("run", "phase", "two"), Amount(1, 1))


def test_what_nothing_was_held_of_is_debited_where_there_is_room(ledger):
    reservation = ledger.reserve(ATTEMPT, Amount(100, 1000), sending=1)
    ledger.set_limit(("run",), Limit(micro_usd=60))
    assert reservation.settle(1, Usage(10, 10), model=MODEL).spent.micro_usd == 60
    other = ledger.reserve(("b",), Amount(100, 1000), sending=1)
    ledger.set_limit(("b",), Limit(micro_usd=59))
    settled = other.settle(1, Usage(10, 10), model=MODEL)
    assert (settled.spent.micro_usd, settled.overrun.micro_usd) == (0, 60)


def test_without_a_price_what_was_held_of_money_is_debited(ledger):
    reservation = ledger.reserve(ATTEMPT, Amount(100, 1000, 777), sending=1)
    settled = reservation.settle(1, Usage(10, 10), model="no-such-model")
    assert settled.micro_usd is None
    assert settled.spent.micro_usd == 777
    assert "no price" in settled.price_source
    assert ledger.statement().by_kind["unpriced"] == 1


def test_searches_that_the_provider_ran_are_paid_for(ledger):
    usage = {"input_tokens": 10, "output_tokens": 5}
    searched = {**usage, "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 3}}
    costs = [
        ledger.reserve(ATTEMPT, Amount(100, 1000), sending=number)
        .settle(number, used, model="claude-opus-5-5")
        .micro_usd
        for number, used in enumerate((usage, searched))
    ]
    assert costs[1] - costs[0] == 2 * 10_000


def test_searches_without_a_price_are_no_cheap_round(ledger):
    reservation = ledger.reserve(ATTEMPT, Amount(100, 1000, 50_000), sending=1)
    settled = reservation.settle(1, Usage(10, 5, web_searches=1), model=MODEL)
    assert (settled.micro_usd, settled.spent.micro_usd) == (None, 50_000)
    assert settled.price_source == "the configuration has no price for web searches"
    assert ledger.statement().by_kind["unpriced"] == 1


def test_an_answer_that_broke_off_is_settled_as_estimated(reservation, ledger):
    assert reservation.settle(1, Usage(10, 5), model=MODEL, estimated=True).estimated
    assert ledger.statement().by_model[MODEL]["estimated"] == 1


def test_a_usage_that_cannot_be_true_is_not_entered(reservation, ledger):
    reservation.sending(1)
    with pytest.raises(LedgerValueError):
        reservation.settle(1, {"input_tokens": 5}, model=MODEL)
    assert ledger.statement().by_kind == {}
    assert ledger.statement().held == Amount(100, 1000, 2000, 1)


def test_what_is_written_alongside_is_written_once_or_not_at_all(reservation, ledger):
    calls = []

    def note(connection, settled):
        connection.execute(sa.insert(identity).values(only=2, identity=settled.model))
        calls.append(settled)

    def fail(connection, settled):
        note(connection, settled)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        reservation.settle(1, Usage(1, 1), model=MODEL, alongside=fail)
    assert not ledger.history()
    for _ in range(2):
        reservation.settle(1, Usage(1, 1), model=MODEL, alongside=note)
    assert len(calls) == 2
    with ledger.database.reading() as connection:
        found = connection.scalar(sa.select(identity.c.identity).where(identity.c.only == 2))
    assert found == MODEL


def test_a_debit_counts_in_every_scope_above_by_model_and_by_kind(reservation, ledger):
    reservation.settle(1, Usage(10, 20, cache_read=5, thinking=3), model=MODEL)
    other = ledger.reserve(("run", "other"), Amount(100, 1000, 2000))
    other.settle(1, Usage(1, 2), model="another")
    run = ledger.statement(("run",))
    assert set(run.by_model) == {MODEL, "another"}
    assert run.by_model[MODEL]["thinking"] == 3
    kinds = {"input": 11, "output": 22, "cache_read": 5, "rounds": 2}
    assert kinds.items() <= run.by_kind.items()
    assert set(ledger.statement(ATTEMPT).by_model) == {MODEL}
