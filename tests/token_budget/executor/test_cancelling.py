from __future__ import annotations

import asyncio
import signal
import time

import anthropic
import pytest

from tests.messages_server import MessagesServer, Stall
from tests.phases import CUT, carry_out, faithful, files_in, files_of, phase_of
from tests.processes import start
from token_budget import BudgetPolicy
from token_budget.config import PolicyConfig
from token_budget.executor import arun_phase, run_phase
from token_budget.executor.events import Arrived
from token_budget.executor.work import Settings
from token_budget.ledger import Amount, Ledger

A_DAY = 86_400.0
FIRST_FILE = "src/a.py"
PHASE = phase_of()


def after(characters):
    """Interrupts as Ctrl-C does, once so much of the answer came."""
    came = 0

    def watch(event):
        nonlocal came
        came += len(event.text) if isinstance(event, Arrived) else 0
        if came > characters:
            raise KeyboardInterrupt

    return watch


def assert_settled(policy):
    assert not policy.books.unknown_rounds()
    assert policy.books.statement(()).held == Amount()
    [entered] = policy.books.history()
    assert entered.estimated
    assert entered.usage.total > 0


def test_ctrl_c_settles_and_leaves_the_workspace_as_it_was(policy, root):
    with MessagesServer(faithful()) as server, pytest.raises(KeyboardInterrupt):
        carry_out(server, policy, PHASE, watch=after(700))
    assert files_in(root) == {}
    assert_settled(policy)
    assert policy.books.history()[0].usage.output > 0


def test_after_ctrl_c_the_next_call_asks_for_the_rest_alone(policy, root):
    with MessagesServer(faithful()) as server:
        with pytest.raises(KeyboardInterrupt):
            carry_out(server, policy, PHASE, watch=after(700))
        later = carry_out(server, policy, PHASE)
    assert later.complete
    assert later.resumed
    assert files_in(root) == files_of()
    assert len(server.requests) == 2
    assert f'"create","path":"{FIRST_FILE}"' not in server.responses[1].text


def test_a_mistake_of_the_watcher_is_raised_and_not_taken_for_a_broken_stream(either, policy, root):
    def watch(event):
        if isinstance(event, Arrived) and event.operations:
            raise ZeroDivisionError

    with MessagesServer(faithful()) as server:
        with pytest.raises(ZeroDivisionError):
            either(server, policy, PHASE, watch=watch)
        assert len(server.requests) == 1
        assert files_in(root) == {}
        assert_settled(policy)
        later = either(server, policy, PHASE)
    assert later.complete
    assert later.resumed
    assert files_in(root) == files_of()


@pytest.mark.parametrize("characters", [-1, 10])
def test_ctrl_c_before_anything_can_be_kept_lets_the_next_call_begin_anew(policy, root, characters):
    with MessagesServer(faithful(), delta_characters=20) as server:
        with pytest.raises(KeyboardInterrupt):
            carry_out(server, policy, PHASE, watch=after(characters))
        later = carry_out(server, policy, PHASE)
    assert later.complete
    assert files_in(root) == files_of()
    assert not policy.books.statement(()).held.total_tokens


def test_ctrl_c_in_a_later_round_keeps_the_rounds_before_it(policy, root):
    phase = phase_of(max_tokens=CUT)
    whole = faithful().target.whole()
    with MessagesServer(faithful(), factor=1.3, delta_characters=20) as server:
        with pytest.raises(KeyboardInterrupt):
            carry_out(server, policy, phase, watch=_in_round(2))
        assert files_in(root) == {}
        later = carry_out(server, policy, phase)
    assert later.complete
    assert files_in(root) == files_of()
    assert server.output_tokens < 1.6 * server.count(whole)
    assert len(server.requests[2].body["messages"]) > 1


def _in_round(number):
    seen = 0

    def watch(event):
        nonlocal seen
        seen += type(event).__name__ == "Sent"
        if seen == number and isinstance(event, Arrived):
            raise KeyboardInterrupt

    return watch


def test_a_cancelled_task_settles_and_is_gone_on_with(policy, root):
    arrived = 0

    async def drive(server):
        began = asyncio.Event()

        def watch(event):
            nonlocal arrived
            arrived += len(event.text) if isinstance(event, Arrived) else 0
            if arrived >= 600:
                began.set()

        async with anthropic.AsyncAnthropic(base_url=server.url, api_key="any") as client:
            work = arun_phase(client, policy, PHASE, settings=Settings(watch=watch))
            task = asyncio.create_task(work)
            await asyncio.wait_for(began.wait(), 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    stall = Stall(700, seconds=20.0)
    with MessagesServer(faithful(), delta_characters=50, faults={1: stall}) as server:
        asyncio.run(drive(server))
        assert files_in(root) == {}
        assert_settled(policy)
        later = carry_out(server, policy, PHASE)
    assert later.complete
    assert later.resumed
    assert files_in(root) == files_of()
    assert f'"create","path":"{FIRST_FILE}"' not in server.responses[1].text


def test_an_attempt_that_was_cancelled_is_recorded(policy):
    from token_budget.telemetry import Telemetry

    with MessagesServer(faithful()) as server, pytest.raises(KeyboardInterrupt):
        carry_out(server, policy, PHASE, watch=after(700))
    sums = Telemetry(policy.books.database).summed()
    assert (sums["rounds"], sums["phases"], sums["incomplete"]) == (1, 1, 1)


@pytest.mark.parametrize("round_number", [1, 2])
def test_a_process_that_is_killed_loses_no_round(policy, root, round_number):
    phase = phase_of(max_tokens=CUT)
    stall = Stall(50, seconds=20.0)
    with MessagesServer(faithful(), factor=1.3, faults={round_number: stall}) as server:
        _killed(server, root, phase, round_number)
        assert files_in(root) == {}
        assert len(policy.books.history()) == round_number - 1
        later = carry_out(server, policy, phase)
    assert later.complete
    assert later.resumed is (round_number == 2)
    assert files_in(root) == files_of()
    with Ledger.of_workspace(root, clock=lambda: time.time() + A_DAY) as tomorrow:
        [lost] = tomorrow.unknown_rounds()
    assert lost.round == round_number
    assert lost.held.total_tokens > 0


def _carry_out(url, root, phase):
    """In a process of its own."""
    policy = BudgetPolicy(root, config=PolicyConfig(context_budget=0))
    with anthropic.Anthropic(base_url=url, api_key="any", max_retries=0) as client:
        run_phase(client, policy, phase)


def _killed(server, root, phase, number):
    child = start(_carry_out, server.url, root, phase)
    try:
        for _ in range(2_000):
            if len(server.requests) >= number or not child.is_alive():
                break
            time.sleep(0.01)
    finally:
        child.kill()
        child.join()
        assert child.exitcode == -signal.SIGKILL
