from __future__ import annotations

from tests.messages_server import MessagesServer, internal_error
from tests.phases import CUT, carry_out, faithful, files_in, files_of, phase_of
from token_budget.ledger import Limit

PHASE = phase_of(max_tokens=CUT)


def interrupted():
    """A server that fails in the second round."""
    return MessagesServer(faithful(), factor=1.3, faults={2: internal_error()})


def test_a_finished_phase_is_not_asked_for_again(either, make_policy, root):
    with MessagesServer(faithful()) as server:
        first = either(server, make_policy(), PHASE)
        asked = len(server.requests), len(server.other_requests)
        later = either(server, make_policy(), PHASE)
        assert (len(server.requests), len(server.other_requests)) == asked
    assert later.complete
    assert later.resumed
    assert later.rounds == ()
    assert later.micro_usd == 0
    assert later.files_changed == first.files_changed
    assert later.operations == first.operations
    assert later.text == first.text


def test_a_phase_that_was_changed_is_asked_for(policy):
    with MessagesServer(faithful()) as server:
        carry_out(server, policy, phase_of())
        carry_out(server, policy, phase_of(description="Write other files."))
    assert len(server.requests) == 2


def test_who_does_not_want_to_resume_begins_anew(policy, root):
    with MessagesServer(faithful()) as server:
        carry_out(server, policy, phase_of())
        again = carry_out(server, policy, phase_of(), resume=False)
    assert again.complete
    assert not again.resumed
    assert len(server.requests) == 2


def test_an_unfinished_phase_is_gone_on_with_by_another_policy(either, make_policy, root):
    with interrupted() as server:
        first = either(server, make_policy(), PHASE)
        assert first.outcome == "incomplete"
        later = either(server, make_policy(), PHASE)
    assert later.complete
    assert later.resumed
    assert files_in(root) == files_of()
    assert server.requests[2].body["messages"][1]["role"] == "assistant"
    assert '"type":"create","path":"src/a.py"' not in server.responses[2].text


def test_the_request_that_is_gone_on_with_is_the_one_that_was_sent(make_policy, root):
    (root / "src").mkdir()
    (root / "src/shown.py").write_text("SHOWN = 1\n", encoding="utf-8")
    phase = phase_of(max_tokens=CUT, scope={"paths": ["src"]})
    with interrupted() as server:
        carry_out(server, make_policy(context_budget=20_000), phase)
        (root / "src/shown.py").write_text("SHOWN = 2\n", encoding="utf-8")
        later = carry_out(server, make_policy(context_budget=20_000), phase)
    first, after = (str(server.requests[number].body["messages"][0]) for number in (0, 2))
    assert "SHOWN = 1" in first
    assert "SHOWN = 1" in after
    assert "SHOWN = 2" not in after
    assert later.outcome == "failed"
    assert "src/shown.py" in later.reason


def test_thinking_is_sent_back_untouched_by_a_later_call(make_policy, root):
    from tests.messages_authors import Thinking

    author = Thinking(faithful(), 40)
    with MessagesServer(author, factor=1.3, faults={2: internal_error()}) as server:
        first = carry_out(server, make_policy(), PHASE)
        assert first.rounds[0].thinking == 40
        later = carry_out(server, make_policy(), PHASE)
    assert later.complete
    assert "signature" in str(server.requests[2].body["messages"][1])


def test_a_whole_answer_is_applied_although_the_budget_is_spent(policy, root):
    with MessagesServer(faithful()) as server:
        first = carry_out(server, policy, phase_of(), apply=False)
        policy.books.set_limit(("run",), Limit(total_tokens=first.usage.total + 10))
        later = carry_out(server, policy, phase_of())
    assert later.complete
    assert files_in(root) == files_of()
    assert len(server.requests) == 1


def test_a_failed_phase_leaves_nothing_behind(policy, root):
    from tests.messages_authors import Scripted, Written

    whole = faithful().target.whole()
    script = (Written(whole, stop_reason="refusal"), Written(whole))
    with MessagesServer(Scripted(script)) as server:
        assert carry_out(server, policy, phase_of()).outcome == "failed"
        later = carry_out(server, policy, phase_of())
    assert later.complete
    assert not later.resumed
    assert len(server.requests[1].body["messages"]) == 1
