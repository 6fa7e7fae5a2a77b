from __future__ import annotations

import pytest

from continuation.response import Response
from tests.phases import CUT, faithful, phase_of
from token_budget import BudgetExhausted, Phase
from token_budget.attempts import Beginning
from token_budget.attempts.beginning import attempt_scope
from token_budget.ledger import Amount, Ledger, Limit
from token_budget.remaining import UNNAMED_RUN

WHOLE = Response(({"type": "text", "text": faithful().target.whole()},), "end_turn")


def test_an_attempt_stands_under_its_phase_and_its_run(policy):
    with policy.begin(phase_of()) as attempt, policy.begin(phase_of()) as other:
        assert attempt.scope[:2] == other.scope[:2] == ("run", "one")
        assert attempt.scope != other.scope


def test_a_phase_of_no_run_can_be_begun(policy):
    with policy.begin(Phase(phase_id="one", token_budget=90_000, deliverables=["a.py"])) as attempt:
        assert attempt.scope[:2] == (UNNAMED_RUN, "one")
        attempt.next_request(300)
        assert attempt.sent.ceiling.bounds["phase"] == 90_000 - 300
    assert attempt_scope(Phase(phase_id="two"))[:2] == (UNNAMED_RUN, "two")


def test_what_the_phase_needs_is_held_until_the_block_is_left(policy):
    with policy.begin(phase_of()) as attempt:
        held = policy.books.statement(("run", "one")).held
        assert held.total_tokens == attempt.plan.reservation
        assert held.calls == 1
    assert policy.books.statement(()).held == Amount()


def test_limits_of_settings_and_spec_are_entered(make_policy):
    policy = make_policy(token_budget=500_000, usd=2.5)
    with policy.begin(phase_of(token_budget=200_000)):
        pass
    assert policy.books.limits(("run",)) == (Limit(total_tokens=500_000, micro_usd=2_500_000),)
    assert policy.books.limits(("run", "one")) == (Limit(total_tokens=200_000),)


def test_what_stands_in_the_books_outranks_them(make_policy):
    policy = make_policy(token_budget=500_000)
    policy.books.set_limit(("run",), Limit(total_tokens=300_000))
    with policy.begin(phase_of()):
        pass
    assert policy.books.limits(("run",)) == (Limit(total_tokens=300_000),)


def test_without_limits_none_are_entered(policy):
    with policy.begin(phase_of()):
        assert policy.books.limited_scopes() == ()


@pytest.mark.parametrize("limit", [Limit(total_tokens=600), Limit(micro_usd=500)])
def test_a_phase_that_does_not_fit_holds_nothing(policy, limit):
    policy.books.set_limit(("run",), limit)
    with pytest.raises(BudgetExhausted):
        policy.begin(phase_of())
    assert policy.books.statement(()).held == Amount()


def test_two_policies_share_one_ledger(make_policy, tmp_path):
    with Ledger.of_workspace(tmp_path / "books") as ledger:
        one, two = make_policy(ledger), make_policy(ledger)
        ledger.set_limit(("run",), Limit(total_tokens=40_000))
        with one.begin(phase_of()) as first:
            held = first.plan.reservation
            with two.begin(phase_of(phase_id="two", max_tokens=CUT)) as second:
                second.next_request(300)
                assert second.sent.ceiling.bounds["run"] == 40_000 - held - 300
            taken = ledger.remaining(("run",)).left
            ledger.reserve(("run", "other", "1"), Amount(1, taken - 100, 1, calls=1))
            with pytest.raises(BudgetExhausted):
                two.begin(phase_of(phase_id="three"))


def test_a_callers_own_request_gets_our_ceiling(policy):
    own = {"model": "claude-opus-5-5", "messages": [{"role": "user", "content": "Write."}]}
    with policy.begin(phase_of(max_tokens=CUT), Beginning(request=own)) as attempt:
        request = attempt.next_request(50)
    assert request["max_tokens"] == CUT
    assert "Write." in str(request["messages"])
    assert "system" not in request


def test_an_answer_that_is_whole_is_not_asked_for_and_needs_no_room(policy):
    policy.books.set_limit(("run",), Limit(total_tokens=10))
    with policy.begin(phase_of(), Beginning(responses=[WHOLE])) as attempt:
        assert attempt.draft() is None
        assert attempt.ended
        assert attempt.result.outcome == "complete"
        assert attempt.result.rounds == ()
    with pytest.raises(BudgetExhausted):
        policy.begin(phase_of())


def test_what_an_earlier_attempt_got_counts_against_no_round_limit_of_this_one(make_policy):
    policy = make_policy(rounds=1)
    half = Response(({"type": "text", "text": WHOLE.text[:600]},), "max_tokens")
    with policy.begin(phase_of(), Beginning(responses=[half])) as attempt:
        assert attempt.next_request(300) is not None
        assert attempt.sent.continues
