from __future__ import annotations

import pytest

from benchmarks.messages_api.errors import ApiError
from continuation.errors import NoProgress, Refused, TooManyRounds, UnknownStopReason
from tests.messages_authors import AUTHORS, Scripted, Thinking, ToolCall, Written
from tests.messages_server import MessagesServer
from tests.messages_server import UnknownStopReason as EndsUnknown
from tests.phases import (
    CUT,
    THREE,
    carry_out,
    client_of,
    creates,
    faithful,
    files_in,
    files_of,
    phase_of,
)
from token_budget import BudgetExhausted
from token_budget.errors import PhaseFailed
from token_budget.executor import run_phase
from token_budget.executor.events import Arrived, Planned, Sent, Settled
from token_budget.executor.work import Settings, Shown
from token_budget.ledger import Amount

NO_ANSWERS = {
    "refusal": (Written(faithful().target.whole(), stop_reason="refusal"), Refused),
    "nothing": (Written(), NoProgress),
    "done and nothing else": (Written('{"type":"done","operations":0}\n'), NoProgress),
    "a tool that nobody offered": (
        Written(tool_calls=(ToolCall("look"),), stop_reason="tool_use"),
        NoProgress,
    ),
}

MISBEHAVING = (
    "raw",
    "skips lines and lies",
    "restarts",
    "restarts with changes",
    "prefaces",
    "tabs for spaces",
    "says done early",
    "returns nothing",
    "answers something else",
)


class Uncounted(MessagesServer):
    """A server that counts no prompts."""

    def _count_prompt(self, body):
        raise ApiError(404, "Not found")


def test_a_phase_is_carried_out_in_one_request(either, policy, root):
    with MessagesServer(faithful()) as server:
        result = either(server, policy, phase_of())
    assert result.complete
    assert result.raise_for_failure() is result
    assert files_in(root) == files_of()
    assert result.files_changed == ("src/a.py", "src/b.py", "src/c.py")
    assert len(server.requests) == len(result.rounds) == 1
    assert server.requests[0].body["stream"] is True
    assert (result.phase_id, result.run_id, result.resumed) == ("one", "run", False)
    assert result.rounds[0].request_id


def test_a_phase_that_is_cut_off_is_completed_and_not_regenerated(either, policy, root):
    with MessagesServer(faithful(), factor=1.3) as server:
        result = either(server, policy, phase_of(max_tokens=CUT))
    assert result.complete
    assert files_in(root) == files_of()
    assert [one.truncated for one in result.rounds] == [True] * (len(result.rounds) - 1) + [False]
    assert all(one.body["max_tokens"] == CUT for one in server.requests)
    whole = server.count(faithful().target.whole())
    assert server.output_tokens < whole + 120 * len(result.rounds)
    for before, after in zip(server.requests, server.requests[1:], strict=False):
        assert len(after.body["messages"]) == len(before.body["messages"]) + 2
    assert result.proven


@pytest.mark.parametrize("author", MISBEHAVING)
def test_no_author_makes_files_that_he_did_not_mean(policy, root, author):
    phase = phase_of(max_tokens=CUT)
    with MessagesServer(faithful(author=author), factor=1.3) as server, client_of(server) as sdk:
        result = run_phase(sdk, policy, phase)
    if result.complete:
        meant = files_of()
        assert all(meant[path] == text for path, text in files_in(root).items())
    else:
        assert files_in(root) == {}
        assert result.reason == str(result.error)
    assert len(server.requests) <= 8
    assert not policy.books.overruns()
    assert not policy.books.unknown_rounds()


def test_no_request_bills_more_than_is_held_whatever_the_hidden_factor(make_policy):
    policy = make_policy()
    for seed in range(6):
        phase = phase_of(phase_id=f"seed-{seed}", max_tokens=CUT)
        author = Thinking(faithful(), 50)
        with MessagesServer(author, seed=seed) as server, client_of(server) as sdk:
            run_phase(sdk, policy, phase, apply=False)
        rounds = policy.books.history(("run", phase.phase_id))
        assert [one.usage.output for one in reversed(rounds)] == [
            one.usage["output_tokens"] for one in server.responses
        ]
        assert all(one.held.total_tokens >= one.usage.total for one in rounds)
    assert not policy.books.overruns()


def test_where_prompts_cannot_be_counted_that_is_said_and_holds_nevertheless(either, policy):
    with Uncounted(faithful(), factor=1.8) as server:
        result = either(server, policy, phase_of(max_tokens=CUT))
    assert result.complete
    assert any("the length of a prompt is estimated" in one for one in result.warnings)
    assert not policy.books.overruns()
    assert all(one.reserved >= one.used for one in result.rounds)


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_an_answer_that_is_none_is_a_failure(policy, root, name):
    written, error = NO_ANSWERS[name]
    with MessagesServer(Scripted((written,))) as server:
        result = carry_out(server, policy, phase_of())
    assert result.outcome == "failed"
    assert isinstance(result.error, error)
    assert result.reason
    assert files_in(root) == {}
    assert len(policy.books.history()) == len(server.requests) == 1
    with pytest.raises(PhaseFailed) as failed:
        result.raise_for_failure()
    assert failed.value.__cause__ is result.error


def test_an_unknown_stop_reason_is_a_failure_that_names_it(policy, root):
    with MessagesServer(faithful(), faults={1: EndsUnknown("tired")}) as server:
        result = carry_out(server, policy, phase_of())
    assert result.outcome == "failed"
    assert isinstance(result.error, UnknownStopReason)
    assert "'tired'" in result.reason
    assert result.operations
    assert files_in(root) == {}


def test_a_phase_that_took_all_its_rounds_is_incomplete_and_goes_on_later(make_policy, root):
    phase = phase_of(max_tokens=150)
    with MessagesServer(faithful(), factor=1.3) as server:
        first = carry_out(server, make_policy(rounds=2), phase)
        assert (first.outcome, type(first.error)) == ("incomplete", TooManyRounds)
        assert first.missing
        assert files_in(root) == {}
        later = carry_out(server, make_policy(rounds=8), phase)
    assert later.complete
    assert later.resumed
    assert files_in(root) == files_of()
    assert len(server.requests[2].body["messages"]) > len(server.requests[1].body["messages"])


def test_a_ceiling_that_went_to_thinking_alone_leads_to_less_effort(policy, root):
    with MessagesServer(Thinking(faithful(), CUT + 50, 0)) as server:
        result = carry_out(server, policy, phase_of(max_tokens=CUT))
    efforts = [one.body.get("output_config", {}).get("effort") for one in server.requests]
    assert efforts[:2] == [None, "medium"]
    assert result.complete
    assert files_in(root) == files_of()


def test_thinking_that_leaves_no_room_for_an_answer_fails_in_the_end(policy, root):
    with MessagesServer(Thinking(faithful(), 10_000)) as server:
        result = carry_out(server, policy, phase_of(max_tokens=CUT))
    assert result.outcome == "failed"
    assert isinstance(result.error, NoProgress)
    assert len(server.requests) == 2
    assert result.usage.output == 2 * CUT


def test_a_paused_turn_goes_on(policy, root):
    whole = faithful().target.whole()
    parts = (Written(whole[:300], stop_reason="pause_turn"), Written(whole[300:]))
    with MessagesServer(Scripted(parts)) as server:
        result = carry_out(server, policy, phase_of())
    assert [one.outcome for one in result.rounds] == ["resend", "complete"]
    assert files_in(root) == files_of()


def test_what_was_left_out_is_asked_for_once(policy, root):
    author = AUTHORS["stops early, once"](faithful().target)
    with MessagesServer(author) as server:
        result = carry_out(server, policy, phase_of())
    assert result.complete
    assert [one.outcome for one in result.rounds] == ["missing", "complete"]
    assert "src/c.py" in str(server.requests[1].body["messages"][-1])
    assert files_in(root) == files_of()


def test_what_the_phase_says_goes_into_the_prompt(policy):
    phase = phase_of(acceptance_criteria=["all tests pass"], scope={"protected_paths": ["x.py"]})
    shown = Shown("the workspace", {})
    with MessagesServer(faithful()) as server:
        carry_out(server, policy, phase, shown=shown)
    said = str(server.requests[0].body["messages"])
    assert "the workspace" in said
    assert "all tests pass" in said
    assert "x.py" in said


def test_the_executor_always_asks_for_operations(policy, root):
    with MessagesServer(faithful()) as server:
        result = carry_out(server, policy, phase_of(output_format="diff"))
    assert result.complete
    assert "newline-delimited JSON" in str(server.requests[0].body["system"])


def test_whoever_watches_sees_everything_in_its_order(either, policy):
    seen = []
    with MessagesServer(faithful(), factor=1.3) as server:
        result = either(server, policy, phase_of(max_tokens=CUT), watch=seen.append)
    kinds = [type(one) for one in seen if not isinstance(one, Arrived)]
    assert kinds == [Planned, *(Sent, Settled) * len(server.requests)]
    assert seen[0].plan == result.plan
    assert [one.record for one in seen if isinstance(one, Settled)] == list(result.rounds)
    assert [one.micro_usd for one in seen if isinstance(one, Settled)][-1] == result.micro_usd
    arrived = "".join(one.text for one in seen if isinstance(one, Arrived))
    assert arrived == "".join(one.text for one in server.responses)


def test_operations_are_seen_as_they_become_whole(policy):
    seen = []
    with MessagesServer(faithful()) as server:
        carry_out(server, policy, phase_of(), watch=seen.append)
    arrivals = [one.operations for one in seen if isinstance(one, Arrived)]
    paths = [[each.path for each in one] for one in arrivals if one]
    assert [path for one in paths for path in one] == [one["path"] for one in THREE]
    assert len(paths) > 1


def test_a_phase_that_does_not_fit_sends_nothing(policy):
    with MessagesServer(faithful()) as server, pytest.raises(BudgetExhausted):
        carry_out(server, policy, phase_of(token_budget=700))
    assert server.requests == []
    assert policy.books.statement(()).held == Amount()


def test_a_budget_that_ends_in_the_middle_keeps_what_came(either, make_policy, root):
    operations = creates(*"abcdef", functions=30)
    phase = phase_of(operations, max_tokens=2_000)
    with MessagesServer(faithful(operations), factor=1.3) as server:
        policy = make_policy(token_budget=5_000, hold_quantile=0.05)
        first = either(server, policy, phase)
        assert first.outcome == "incomplete"
        assert isinstance(first.error, BudgetExhausted)
        assert 0 < len(first.operations) < 6
        assert files_in(root) == {}
        asked = len(server.requests)
        policy.books.set_limit(("run",), _unlimited())
        later = either(server, make_policy(hold_quantile=0.05), phase)
    assert later.complete
    assert files_in(root) == files_of(operations)
    again = "".join(one.text for one in server.responses[asked:])
    for one in first.operations:
        assert f'"type":"create","path":"{one.path}"' not in again


def _unlimited():
    from token_budget.ledger import Limit

    return Limit(total_tokens=1_000_000)


def test_contract_and_budget_are_reconciled_by_the_smallest_bound(make_policy):
    seen = []
    policy = make_policy(max_tokens=9_000)
    with MessagesServer(faithful()) as server:
        carry_out(server, policy, phase_of(token_budget=6_000), watch=seen.append)
    [sent] = [one.round for one in seen if isinstance(one, Sent)]
    assert sent.ceiling.bound == "phase"
    assert sent.ceiling.tokens + sent.prompt == 6_000
    assert sent.ceiling.bounds["contract"] == 9_000


def test_settings_that_say_not_to_apply_win(policy, root):
    with MessagesServer(faithful()) as server, client_of(server) as sdk:
        run_phase(sdk, policy, phase_of(), settings=Settings(apply=False))
    assert files_in(root) == {}


def test_breakpoints_are_taken_by_the_server_and_read_by_the_continuation(policy):
    shown = Shown("# a file that is shown\n" * 600, {})
    with MessagesServer(faithful(), factor=1.3) as server:
        result = carry_out(server, policy, phase_of(max_tokens=CUT), shown=shown)
    assert result.complete
    assert result.usage.cache_read > result.usage.input
    assert all("cache_control" in str(one.body) for one in server.requests[:-1])
