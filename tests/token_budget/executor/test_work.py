"""What a phase leaves in the books, in telemetry and in the log: the same truth everywhere."""

from __future__ import annotations

import json
import logging

import pytest
import sqlalchemy as sa

from tests.messages_authors import Scripted, Thinking, Written
from tests.messages_server import MessagesServer, Reset, internal_error
from tests.phases import CUT, carry_out, client_of, faithful, files_of, phase_of
from token_budget.executor import run_phase
from token_budget.executor.events import Planned, Sent
from token_budget.executor.work import PhaseWork, Settings
from token_budget.ledger import Amount
from token_budget.telemetry import Telemetry
from token_budget.telemetry.tables import telemetry_phase, telemetry_round

FAILING = {"refusal": "failed", "broken": "complete", "error": "incomplete", "whole": "complete"}


def rows(policy, table):
    with policy.books.database.reading() as connection:
        return connection.execute(sa.select(table)).all()


def server_of(name):
    if name == "refusal":
        return MessagesServer(Scripted((Written("No.", stop_reason="refusal"),)))
    faults = {"broken": {1: Reset(600)}, "error": {2: internal_error()}}.get(name)
    return MessagesServer(Thinking(faithful(), 30), factor=1.3, faults=faults)


@pytest.mark.parametrize("name", FAILING)
def test_result_books_and_telemetry_say_the_same(policy, name):
    with server_of(name) as server:
        result = carry_out(server, policy, phase_of(max_tokens=CUT))
    assert result.outcome == FAILING[name]
    entered = sorted(policy.books.history(), key=lambda one: one.round)
    told = sorted(rows(policy, telemetry_round), key=lambda one: one.round)
    assert len(entered) == len(told) == len(result.rounds) == len(server.requests)
    for book, row, record in zip(entered, told, result.rounds, strict=True):
        assert book.round == row.round == record.round
        assert book.usage.total == row.used == record.used
        assert book.usage.output == row.output == record.output
        assert book.usage.thinking == row.thinking == record.thinking
        assert book.held.total_tokens == row.reserved == record.reserved
        assert book.request_id == row.request_id == record.request_id
        assert row.stop_reason == record.stop_reason
    assert result.usage.total == sum(one.usage.total for one in entered)
    assert result.micro_usd == sum(one.micro_usd for one in entered)
    [phase] = rows(policy, telemetry_phase)
    assert phase.outcome == result.outcome
    assert phase.used == result.usage.total
    assert phase.rounds == len(result.rounds)
    assert phase.operations_applied == (len(files_of()) if result.complete else 0)
    assert json.loads(phase.request_ids) == [one.request_id for one in entered if one.request_id]
    assert policy.books.statement(()).held == policy.books.statement(()).unknown == Amount()


def test_what_the_server_billed_is_what_was_entered(policy):
    with MessagesServer(Thinking(faithful(), 30), factor=1.3) as server:
        result = carry_out(server, policy, phase_of(max_tokens=CUT))
    billed = [one.usage for one in server.responses]
    assert result.usage.output == server.output_tokens
    assert result.usage.total_input == sum(
        one["input_tokens"] + one["cache_creation_input_tokens"] + one["cache_read_input_tokens"]
        for one in billed
    )
    assert result.usage.thinking == 30 * len(billed)


def test_the_log_has_a_line_for_all_that_happened(policy, caplog):
    with (
        caplog.at_level(logging.INFO, "token_budget.attempts"),
        MessagesServer(faithful(), factor=1.3) as server,
    ):
        result = carry_out(server, policy, phase_of(max_tokens=CUT))
    for record in result.rounds:
        assert f"round {record.round}: {record.stop_reason}, {record.outcome}" in result.log
        assert f"{record.output:,} tokens" in result.log
    assert "applied: 3 operations" in result.log
    assert f"round 1: first, ceiling {CUT} (contract)" in caplog.text


def test_no_file_contents_are_logged(policy, caplog):
    with caplog.at_level(logging.INFO, "token_budget"), MessagesServer(faithful()) as server:
        result = carry_out(server, policy, phase_of())
    assert "def a_1" not in caplog.text + result.log


def test_a_phase_teaches_the_estimator_once(policy):
    before = policy.plan(phase_of(phase_id="later")).estimate.output
    with MessagesServer(faithful()) as server:
        carry_out(server, policy, phase_of())
        carry_out(server, policy, phase_of())
    assert policy.learnt.adaptations
    after = policy.plan(phase_of(phase_id="later")).estimate.output
    assert before != after
    assert Telemetry(policy.books.database).summed()["phases"] == 1


@pytest.mark.parametrize("kind", [Planned, Sent])
def test_a_watcher_that_fails_leaves_nothing_held_and_nothing_unknown(policy, kind):
    def watch(event):
        if isinstance(event, kind):
            raise KeyboardInterrupt

    with MessagesServer(faithful()) as server, pytest.raises(KeyboardInterrupt):
        carry_out(server, policy, phase_of(), watch=watch)
    assert server.requests == []
    assert policy.books.statement(()).held == policy.books.statement(()).unknown == Amount()


def test_what_came_is_kept_before_it_is_entered(policy, monkeypatch):
    from token_budget.errors import LedgerUnavailable
    from token_budget.ledger import Reservation

    def unavailable(*_arguments, **_settings):
        raise LedgerUnavailable("books", "are gone")

    with MessagesServer(faithful()) as server:
        with monkeypatch.context() as patch, pytest.raises(LedgerUnavailable):
            patch.setattr(Reservation, "settle", unavailable)
            carry_out(server, policy, phase_of())
        [lost] = policy.books.unknown_rounds()
        assert lost.round == 1
        later = carry_out(server, policy, phase_of())
    assert later.complete
    assert later.rounds == ()
    assert len(server.requests) == 1


def test_a_workspace_with_nothing_in_it_has_no_context_to_count(make_policy):
    with MessagesServer(faithful()) as server, client_of(server) as sdk:
        result = run_phase(sdk, make_policy(context_budget=20_000), phase_of())
    assert result.complete
    assert server.other_requests == [("POST", "/v1/messages/count_tokens")]


def test_what_is_shown_of_the_workspace_stays_in_its_budget_as_the_api_counts_it(make_policy, root):
    for number in range(20):
        lines = f"def function_{number}():\n    return '{'~^' * 20}'\n" * 10
        (root / f"module_{number}.py").write_text(lines, encoding="utf-8")
    with MessagesServer(faithful(), factor=1.8) as server, client_of(server) as sdk:
        result = run_phase(sdk, make_policy(context_budget=3_000), phase_of())
    assert result.complete
    shown = server.requests[0].body["messages"][0]["content"][0]["text"]
    assert "def function_" in shown
    assert server.count(shown) <= 3_000


def test_nothing_is_looked_up_for_who_does_not_resume(policy):
    with MessagesServer(faithful()) as server:
        carry_out(server, policy, phase_of())
    assert PhaseWork(policy, phase_of(), Settings()).finished is not None
    assert PhaseWork(policy, phase_of(), Settings(apply=False)).finished is None
    assert PhaseWork(policy, phase_of(), Settings(resume=False)).finished is None
