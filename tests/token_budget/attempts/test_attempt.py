from __future__ import annotations

from dataclasses import dataclass

import pytest

from continuation.errors import NoProgress, Refused, TooManyRounds, UnknownStopReason
from tests.messages_authors import Scripted, Thinking, ToolCall, Written
from tests.messages_server import MessagesServer
from tests.messages_server import UnknownStopReason as EndsUnknown
from tests.phases import CUT, THREE, answer_of, client_of, content, faithful, files_of, phase_of
from token_budget import BudgetExhausted
from token_budget.attempts import Beginning
from token_budget.ledger import Amount, Limit

LOOK = ToolCall("look", {"path": "src/a.py"}, "toolu_1")
TOOLS = [{"name": "look", "input_schema": {"type": "object", "properties": {}}}]
PARTS = [{"type": "text", "text": "half a line"}]


def drive(attempt, sdk, *, count=True):
    """The loop of a caller; what was sent and what came."""
    sent = []
    while (draft := attempt.draft()) is not None:
        counted = sdk.messages.count_tokens(**draft).input_tokens if count else None
        request = attempt.next_request(counted)
        if request is None:
            break
        sent.append((request, answer_of(sdk, request)))
        attempt.receive(sent[-1][1])
    return sent


def written(result):
    return {one.path: one.content for one in result.operations}


def test_the_loop_completes_an_answer_that_is_cut_off(policy):
    phase = phase_of(max_tokens=CUT)
    with (
        MessagesServer(faithful(), factor=1.3) as server,
        client_of(server) as sdk,
        policy.begin(phase) as attempt,
    ):
        sent = drive(attempt, sdk)
        assert attempt.ended
        result = attempt.result
    assert result.outcome == "complete"
    assert written(result) == files_of()
    assert len(sent) == len(result.rounds) == len(server.requests) > 1
    assert {request["max_tokens"] for request, _ in sent} == {CUT}
    assert result.proven


def test_without_a_cut_the_loop_sends_one_request(policy):
    with (
        MessagesServer(faithful()) as server,
        client_of(server) as sdk,
        policy.begin(phase_of()) as attempt,
    ):
        drive(attempt, sdk)
    assert len(server.requests) == 1
    assert written(attempt.result) == files_of()


@pytest.mark.parametrize("count", [True, False])
def test_a_round_never_takes_more_than_is_held_for_it(make_policy, count):
    policy = make_policy()
    for seed in range(6):
        phase = phase_of(phase_id=f"seed-{seed}", max_tokens=CUT)
        with (
            MessagesServer(Thinking(faithful(), 60), seed=seed) as server,
            client_of(server) as sdk,
            policy.begin(phase) as attempt,
        ):
            sent = drive(attempt, sdk, count=count)
        entered = {one.round: one for one in policy.books.history(attempt.scope)}
        assert len(entered) == len(sent) > 1
        for number, (_, message) in enumerate(sent, start=1):
            assert entered[number].usage.output == message.usage.output_tokens
            assert entered[number].held.total_tokens >= entered[number].usage.total
    assert not policy.books.overruns()
    assert not policy.books.unknown_rounds()


def test_every_round_is_settled_once_and_the_rest_is_given_back(policy):
    with (
        MessagesServer(faithful()) as server,
        client_of(server) as sdk,
        policy.begin(phase_of(max_tokens=CUT)) as attempt,
    ):
        drive(attempt, sdk)
    statement = policy.books.statement(("run", "one"))
    assert statement.held == statement.unknown == Amount()
    billed = [one.usage for one in server.responses]
    assert statement.spent.output_tokens == sum(one["output_tokens"] for one in billed)
    assert statement.spent.calls == len(billed)
    assert statement.spent.total_tokens == attempt.result.usage.total


def test_the_ceiling_is_the_smallest_bound_and_names_it(make_policy):
    phase = phase_of(max_tokens=CUT)
    with make_policy(max_tokens=CUT + 1).begin(phase) as attempt:
        attempt.next_request()
        assert (attempt.sent.ceiling.tokens, attempt.sent.ceiling.bound) == (CUT, "contract")
    with make_policy().begin(phase_of()) as attempt:
        request = attempt.next_request()
        ceiling = attempt.sent.ceiling
    known = [value for value in ceiling.bounds.values() if value is not None]
    assert request["max_tokens"] == ceiling.tokens == min(known)
    assert ceiling.bounds[ceiling.bound] == ceiling.tokens


@pytest.mark.parametrize("scope", [("run", "one"), ("run",), ()])
def test_a_limit_in_the_books_lowers_the_ceiling_and_is_named(policy, scope):
    policy.books.set_limit(scope, Limit(total_tokens=20_000))
    name = {2: "phase", 1: "run", 0: "ledger"}[len(scope)]
    with policy.begin(phase_of()) as attempt:
        attempt.next_request(400)
        assert attempt.sent.ceiling.bound == name
        assert attempt.sent.ceiling.tokens == 20_000 - 400


def test_a_ceiling_is_lowered_when_somebody_else_takes_room_before_it_is_held(policy, monkeypatch):
    policy.books.set_limit((), Limit(total_tokens=100_000))
    balances = policy.balances
    with policy.begin(phase_of()) as attempt:
        left = policy.books.remaining(()).left

        def taken_from(*arguments):
            found = balances(*arguments)
            policy.books.reserve(("other", "phase", "1"), Amount(1, left - 10, 1, calls=1))
            return found

        monkeypatch.setattr(policy, "balances", taken_from)
        planned = attempt.plan.ceiling.tokens
        attempt.next_request(400)
        assert attempt.sent.ceiling.bound == "ledger"
        assert 0 < attempt.sent.ceiling.tokens < planned
        assert policy.books.remaining(()).left == 0


def test_where_nothing_worth_sending_is_left_the_attempt_ends_and_keeps_what_came(policy):
    phase = phase_of(max_tokens=CUT, token_budget=200_000)
    with MessagesServer(faithful(), factor=1.3) as server, client_of(server) as sdk:
        with policy.begin(phase) as attempt:
            attempt.receive(answer_of(sdk, attempt.next_request()))
            spent = policy.books.statement(("run",)).spent.total_tokens
            held = policy.books.statement(("run",)).held.total_tokens
            policy.books.set_limit(("run",), Limit(total_tokens=spent + held + 1))
            policy.books.reserve(("run", "other", "1"), Amount(1, 1, 1, calls=1))
            attempt.guard()
            assert attempt.next_request(spent + held) is None
            result = attempt.result
        assert result.outcome == "incomplete"
        assert isinstance(result.error, BudgetExhausted)
        assert result.missing
        policy.books.set_limit(("run",), Limit(total_tokens=1_000_000))
        with policy.begin(phase, Beginning(responses=attempt.responses)) as again:
            drive(again, sdk)
    assert again.result.outcome == "complete"
    assert written(again.result) == files_of()
    asked = server.requests[1].body["messages"]
    assert asked[1]["role"] == "assistant"
    assert server.responses[1].text.count('"path":"src/a.py"') <= 1


def test_the_budget_can_be_asked_before_a_follow_up_call(policy):
    policy.books.set_limit(("run",), Limit(total_tokens=30_000))
    with policy.begin(phase_of()) as attempt:
        attempt.guard(1_000)
        with pytest.raises(BudgetExhausted) as error:
            attempt.guard(30_000)
    assert error.value.limit == 30_000


def test_tools_of_the_callers_run_between_rounds(policy):
    texts = (Written(tool_calls=(LOOK,), stop_reason="tool_use"), *_whole())
    with MessagesServer(Scripted(texts)) as server, client_of(server) as sdk:
        request = {"model": "claude-opus-5-5", "tools": TOOLS, **_asked()}
        with policy.begin(phase_of(), Beginning(request=request)) as attempt:
            assert drive(attempt, sdk)
            assert [one["name"] for one in attempt.tool_calls] == ["look"]
            assert not attempt.ended
            assert attempt.result.outcome == "failed"
            assert attempt.result.reason == "the model called tools, and nobody has run them"
            attempt.guard(200)
            attempt.tools_ran([{"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}])
            drive(attempt, sdk)
    assert attempt.result.outcome == "complete"
    assert [one.outcome for one in attempt.result.rounds] == ["tools", "complete"]
    assert len(policy.books.history(attempt.scope)) == 2
    assert server.requests[1].body["messages"][-1]["content"][0]["type"] == "tool_result"


def test_a_tool_call_that_was_cut_off_is_never_handed_on(policy):
    script = (Written(tool_calls=(ToolCall("look", {"path": content("a", 60)}),)), *_whole())
    with MessagesServer(Scripted(script)) as server, client_of(server) as sdk:
        request = {"model": "claude-opus-5-5", "tools": TOOLS, **_asked()}
        with policy.begin(phase_of(max_tokens=CUT), Beginning(request=request)) as attempt:
            attempt.receive(answer_of(sdk, attempt.next_request()))
            assert server.responses[0].stop_reason == "max_tokens"
            assert attempt.tool_calls == ()


def _whole():
    return (Written(faithful().target.whole()),)


def _asked():
    return {"messages": [{"role": "user", "content": "Write files; look first."}]}


def test_a_ceiling_that_went_to_thinking_alone_is_raised(policy):
    phase = phase_of(deliverables=[f"{one['path']} modifications" for one in THREE[:1]])
    with (
        MessagesServer(Thinking(faithful(), 300_000, later=0)) as server,
        client_of(server) as sdk,
        policy.begin(phase) as attempt,
    ):
        sent = drive(attempt, sdk)
    ceilings = [request["max_tokens"] for request, _ in sent]
    assert ceilings[1] > ceilings[0]
    assert attempt.result.rounds[0].outcome == "escalate"


def test_where_it_cannot_be_raised_the_effort_is_lowered(policy):
    with (
        MessagesServer(Thinking(faithful(), CUT + 50, 0)) as server,
        client_of(server) as sdk,
        policy.begin(phase_of(max_tokens=CUT, effort="high")) as attempt,
    ):
        sent = drive(attempt, sdk)
    assert [one["output_config"]["effort"] for one, _ in sent][:2] == ["high", "medium"]
    assert sent[1][0]["max_tokens"] >= sent[0][0]["max_tokens"]
    assert attempt.result.outcome == "complete"
    assert written(attempt.result) == files_of()


def test_thinking_blocks_are_sent_back_as_they_came(policy):
    with (
        MessagesServer(Thinking(faithful(), 40)) as server,
        client_of(server) as sdk,
        policy.begin(phase_of(max_tokens=CUT)) as attempt,
    ):
        sent = drive(attempt, sdk)
    assert attempt.result.outcome == "complete"
    came = [block for block in sent[0][1].content if block.type == "thinking"]
    back = [block for block in sent[1][0]["messages"][1]["content"] if block["type"] == "thinking"]
    assert [one.signature for one in came] == [one["signature"] for one in back] != []
    assert attempt.result.usage.thinking > 0


@dataclass(frozen=True)
class Case:
    script: tuple[Written, ...]
    error: type[Exception]
    requests: int


ENDINGS = {
    "refusal": Case((Written("No.", stop_reason="refusal"),), Refused, 1),
    "nothing": Case((Written(),), NoProgress, 1),
    "prose": Case((Written("I would rather talk about bread."),), NoProgress, 1),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_an_answer_that_cannot_be_used_fails_and_says_why(policy, name):
    case = ENDINGS[name]
    with (
        MessagesServer(Scripted(case.script)) as server,
        client_of(server) as sdk,
        policy.begin(phase_of()) as attempt,
    ):
        drive(attempt, sdk)
    assert attempt.result.outcome == "failed"
    assert isinstance(attempt.result.error, case.error)
    assert attempt.result.operations == ()
    assert attempt.result.reason == str(attempt.result.error)
    assert len(server.requests) == case.requests


def test_an_unknown_stop_reason_is_named(policy):
    server = MessagesServer(faithful(), faults={1: EndsUnknown("tired")})
    with server, client_of(server) as sdk, policy.begin(phase_of()) as attempt:
        drive(attempt, sdk)
    assert isinstance(attempt.result.error, UnknownStopReason)
    assert "'tired'" in attempt.result.reason
    assert attempt.result.outcome == "failed"
    assert len(policy.books.history(attempt.scope)) == 1


def test_the_rounds_of_an_attempt_are_limited(make_policy):
    with (
        MessagesServer(faithful()) as server,
        client_of(server) as sdk,
        make_policy(rounds=2).begin(phase_of(max_tokens=120)) as attempt,
    ):
        drive(attempt, sdk)
    assert isinstance(attempt.result.error, TooManyRounds)
    assert attempt.result.outcome == "incomplete"
    assert len(server.requests) == 2


def test_a_paused_turn_is_sent_back_as_it_is(policy):
    whole = faithful().target.whole()
    parts = (Written(whole[:300], stop_reason="pause_turn"), Written(whole[300:]))
    with (
        MessagesServer(Scripted(parts)) as server,
        client_of(server) as sdk,
        policy.begin(phase_of()) as attempt,
    ):
        drive(attempt, sdk)
    assert written(attempt.result) == files_of()
    assert server.requests[1].body["messages"][-1]["content"] == [
        {"type": "text", "text": whole[:300]}
    ]


def test_a_full_context_window_leads_to_a_smaller_prompt(policy):
    whole = faithful().target.whole()
    first, rest = whole[: whole.index('{"type":"create","path":"src/b')], whole.split("\n", 2)[2]
    parts = (Written(first, stop_reason="model_context_window_exceeded"), Written(rest))
    with (
        MessagesServer(Scripted(parts)) as server,
        client_of(server) as sdk,
        policy.begin(phase_of(), Beginning(context="a long file\n" * 50)) as attempt,
    ):
        drive(attempt, sdk)
    assert attempt.result.outcome == "complete"
    assert written(attempt.result) == files_of()
    sizes = [len(str(one.body["messages"][0]["content"][0])) for one in server.requests]
    assert sizes[1] < sizes[0]
    assert "a long file" not in str(server.requests[1].body)


def test_a_send_that_failed_ends_the_attempt_and_is_entered(policy):
    with policy.begin(phase_of()) as attempt:
        attempt.next_request(300)
        attempt.fail(TimeoutError("the line is dead"))
        assert attempt.ended
        assert attempt.next_request() is None
    [entered] = policy.books.history(attempt.scope)
    assert entered.estimated
    assert (entered.usage.input, entered.usage.output) == (300, 0)
    assert attempt.result.reason == "the line is dead"


def test_a_stream_that_broke_off_is_settled_as_estimated_and_gone_on_with(policy):
    whole = faithful().target.whole()
    came = {"content": [{"type": "text", "text": whole[:300]}], "usage": {"input_tokens": 90}}
    with policy.begin(phase_of()) as attempt:
        attempt.next_request(300)
        attempt.receive(came, interrupted=True)
        [entered] = policy.books.history(attempt.scope)
        assert entered.estimated
        assert entered.usage.input == 90
        assert entered.usage.output > 50
        assert attempt.draft() is not None
        assert attempt.last_outcome == "continue"


def test_a_stream_that_broke_off_too_early_leaves_what_came_before_it(policy):
    whole = faithful().target.whole()
    first = {"content": [{"type": "text", "text": whole[:600]}], "stop_reason": "max_tokens"}
    with policy.begin(phase_of()) as attempt:
        attempt.next_request(300)
        attempt.receive({**first, "usage": {"input_tokens": 90, "output_tokens": 200}})
        attempt.next_request(600)
        error = ConnectionResetError("gone")
        attempt.receive({"content": PARTS}, interrupted=True, cause=error)
    assert attempt.result.outcome == "incomplete"
    assert attempt.result.error.__cause__ is error
    assert len(attempt.responses) == 1


def test_requests_and_responses_take_turns(policy):
    with policy.begin(phase_of()) as attempt:
        with pytest.raises(RuntimeError, match="call next_request first"):
            attempt.receive({"content": []})
        attempt.next_request(300)
        with pytest.raises(RuntimeError, match="a request is open"):
            attempt.next_request(300)
        with pytest.raises(RuntimeError, match="no tool was called"):
            attempt.tools_ran([])


def test_leaving_with_an_open_request_makes_its_round_unknown(policy):
    with policy.begin(phase_of()) as attempt:
        attempt.next_request(300)
    [lost] = policy.books.unknown_rounds()
    assert (lost.scope, lost.round) == (attempt.scope, 1)
    attempt.close()


def test_a_prompt_that_could_not_be_counted_is_said_to_be_estimated(policy):
    with policy.begin(phase_of()) as attempt:
        attempt.not_counted(OSError("no route"))
        assert attempt.result.warnings == ("the length of a prompt is estimated: no route",)


def test_cache_breakpoints_make_a_continuation_cheaper(make_policy):
    costs = []
    for context_tokens in (0, 1):
        policy = make_policy(max_tokens=CUT)
        text = "# the same prompt, again and again\n" * 400
        with MessagesServer(faithful(), factor=1.3) as server, client_of(server) as sdk:
            phase = phase_of(phase_id=f"phase-{context_tokens}")
            with policy.begin(phase, Beginning(context=text)) as attempt:
                while (request := attempt.next_request()) is not None:
                    if not context_tokens:
                        request = _without_breakpoints(request)
                    attempt.receive(answer_of(sdk, request))
        assert attempt.result.outcome == "complete"
        costs.append(attempt.result.micro_usd)
        assert bool(attempt.result.usage.cache_read) is bool(context_tokens)
    assert costs[1] < costs[0]


def _without_breakpoints(request):
    def bare(block):
        return {name: value for name, value in block.items() if name != "cache_control"}

    messages = [
        {**one, "content": [bare(block) for block in one["content"]]} for one in request["messages"]
    ]
    return {**request, "messages": messages}


def test_without_a_rest_to_expect_no_breakpoint_is_paid_for(policy):
    with policy.begin(phase_of(THREE[:1]), Beginning(context="a line\n" * 2_000)) as attempt:
        assert "cache_control" not in str(attempt.next_request(9_000))
