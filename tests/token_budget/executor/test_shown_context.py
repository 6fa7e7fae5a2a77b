"""What a phase shows of its workspace, on the wire: real requests to a server on loopback."""

from __future__ import annotations

import pytest

from benchmarks.messages_api.errors import ApiError
from ndjson import Conflict
from tests.messages_server import Abilities, MessagesServer, internal_error
from tests.phases import CUT, acarry_out, carry_out, creates, faithful, files_in, files_of
from tests.workspaces import GUIDE, fill, greeting_phase, module
from token_budget.context.rendering import HEAD
from token_budget.errors import PinnedFilesTooLarge
from token_budget.executor.events import Arrived, Planned
from token_budget.executor.work import Shown
from token_budget.ledger import Amount, Ledger, Limit
from token_budget.spec import Phase
from token_budget.telemetry import Telemetry

OLDER = "claude-opus-4-6"
"""Its tables say less than 1.8 tokens for one of ours: the server's factor is a surprise."""

POLITE = creates("polite", functions=30)
CHANGE = [
    {
        "type": "modify",
        "path": "docs/guide.md",
        "edits": [{"type": "replace", "old": "greet people", "new": "greet everybody"}],
    }
]


class Uncounted(MessagesServer):
    """A server that counts no prompts."""

    def _count_prompt(self, body):
        raise ApiError(404, "Not found")


@pytest.fixture
def workspace(root, make_repository):
    return fill(make_repository(root.name)).folder


def polite(**fields):
    return greeting_phase(**fields)


def context_in(request):
    """The section of the workspace in a request."""
    [section] = [
        one["text"] for one in request.body["messages"][0]["content"] if HEAD in one["text"]
    ]
    return section


@pytest.mark.parametrize("factor", [1.1, 1.8, 2.7])
@pytest.mark.parametrize("budget", [600, 2_500])
def test_the_budget_holds_as_the_api_counts_it(make_policy, workspace, factor, budget):
    policy = make_policy(context_budget=budget, model=OLDER)
    with MessagesServer(faithful(POLITE), factor=factor) as server:
        result = carry_out(server, policy, polite())
    assert result.complete
    assert result.context.budget == budget
    assert 0 < server.count(context_in(server.requests[0])) <= budget
    assert any("chosen anew" in one for one in result.warnings) == (factor > 1.5)


def test_a_context_is_chosen_anew_and_counted_again_and_that_is_said(
    either, make_policy, workspace
):
    policy = make_policy(context_budget=2_500, model=OLDER)
    with MessagesServer(faithful(POLITE), factor=1.8) as server:
        result = either(server, policy, polite())
    # The first context, the one that was chosen anew, and the whole prompt.
    assert server.other_requests.count(("POST", "/v1/messages/count_tokens")) == 3
    [said] = [one for one in result.warnings if "chosen anew" in one]
    assert "the API counts" in said
    assert context_in(server.requests[0]) == result.context.rendered
    assert "def greet_1_3(" in result.context.rendered
    assert result.context.counted <= 2_500


class Surprising(MessagesServer):
    """A server that counts every prompt as far longer than the one before it."""

    counts = 0

    def _count_prompt(self, body):
        self.counts += 1
        return 2_600 + 400 * self.counts


def test_a_context_that_never_fits_is_left_out(either, make_policy, workspace):
    with Surprising(faithful(POLITE)) as server:
        result = either(server, make_policy(context_budget=2_500), polite())
    assert result.complete
    assert not result.context.rendered
    assert any("the phase goes without" in one for one in result.warnings)
    assert all(HEAD not in str(one.body) for one in server.requests)


def test_where_the_api_cannot_count_that_is_said(either, make_policy, workspace):
    with Uncounted(faithful(POLITE)) as server:
        result = either(server, make_policy(context_budget=2_500), polite())
    assert result.complete
    assert "the API could not count the context: its length is estimated" in result.warnings
    assert result.context.counted is None
    assert context_in(server.requests[0]) == result.context.rendered


def test_instructions_come_first_then_the_workspace_then_the_phase(make_policy, workspace):
    with MessagesServer(faithful(POLITE)) as server:
        carry_out(server, make_policy(context_budget=2_500), polite())
    body = server.requests[0].body
    [instructions] = body["system"]
    [message] = body["messages"]
    context, task = (one["text"] for one in message["content"])
    assert "newline-delimited JSON" in instructions["text"]
    assert context.startswith(HEAD)
    assert "Make greet_1_3 polite" in task
    assert "Make greet_1_3 polite" not in context


def test_two_phases_of_a_run_begin_with_the_same_bytes(make_policy, workspace):
    policy = make_policy(context_budget=30_000)
    with MessagesServer(faithful(POLITE)) as server:
        for name in ("one", "two"):
            carry_out(server, policy, polite(phase_id=name, goal="Politeness."), apply=False)
    first, second = (one.body for one in server.requests)
    assert first["system"] == second["system"]
    (context, task), (again, other) = (
        [block["text"] for block in one["messages"][0]["content"]] for one in (first, second)
    )
    assert context == again
    assert task != other


def test_the_same_phase_is_shown_the_same_by_another_policy(make_policy, workspace):
    with MessagesServer(faithful(POLITE)) as server:
        for _ in range(2):
            carry_out(server, make_policy(context_budget=2_500), polite(), resume=False)
            (workspace / "src/polite.py").unlink()
    first, second = server.requests
    assert context_in(first) == context_in(second)


def test_no_budget_shows_nothing_and_looks_at_nothing(either, make_policy, workspace):
    policy = make_policy(context_budget=0)
    with MessagesServer(faithful(POLITE)) as server:
        result = either(server, policy, polite())
    assert result.complete
    assert result.context is None
    assert len(server.requests[0].body["messages"][0]["content"]) == 1
    assert "contexts" not in vars(policy)


def test_whoever_shows_something_himself_is_left_to_it(make_policy, workspace):
    policy = make_policy(context_budget=2_500)
    with MessagesServer(faithful(POLITE)) as server:
        result = carry_out(server, policy, polite(), shown=Shown("only this", {}))
    assert result.context is None
    assert "only this" in str(server.requests[0].body["messages"])
    assert "contexts" not in vars(policy)


def test_what_is_shown_is_told_to_whoever_watches(make_policy, workspace):
    seen = []
    with MessagesServer(faithful(POLITE)) as server:
        result = carry_out(server, make_policy(context_budget=900), polite(), watch=seen.append)
    [planned] = [one for one in seen if isinstance(one, Planned)]
    assert planned.context is result.context
    assert planned.context.tokens <= planned.plan.context_budget == 900


def test_a_small_window_shows_less(make_policy, workspace):
    small = {"context_window": 14_000, "max_output": 2_000}
    policy = make_policy(context_budget=32_000, model="tiny-1", models={"tiny-1": small})
    abilities = {"tiny-1": Abilities(14_000, 2_000)}
    with MessagesServer(faithful(POLITE), models=abilities, factor=1.5) as server:
        result = carry_out(server, policy, polite())
    assert result.complete
    assert 0 < result.context.budget < 12_000


def test_what_the_books_of_the_workspace_leave_is_known_before_a_context_is_chosen(
    either, make_policy, workspace
):
    free = make_policy().plan(polite())
    books = Ledger.of_workspace(workspace)
    left = free.prompt_tokens + free.ceiling.tokens + 800
    books.set_limit(("run",), Limit(total_tokens=left))
    books.close()
    with MessagesServer(faithful(POLITE)) as server:
        result = either(server, make_policy(context_budget=32_000), polite())
    assert result.complete
    assert result.context.budget == 800
    assert server.count(context_in(server.requests[0])) <= 800


def test_a_context_for_which_nothing_is_left_any_more_is_not_shown(make_policy, workspace):
    """Others may have spent the rest while the API counted."""
    policy = make_policy(context_budget=2_500, model=OLDER)
    spent = []

    class Spending(MessagesServer):
        def _count_prompt(self, body):
            if not spent:
                plan = policy.plan(polite())
                left = plan.prompt_tokens + plan.ceiling.tokens
                spent.append(policy.books.set_limit(("run",), Limit(total_tokens=left)))
            return super()._count_prompt(body)

    with Spending(faithful(POLITE), factor=2.7) as server:
        result = carry_out(server, policy, polite())
    assert not result.context.rendered
    assert HEAD not in str(server.requests[0].body)


def test_a_file_that_changes_while_the_answer_comes_is_a_conflict(either, make_policy, workspace):
    file = workspace / "docs/guide.md"
    meanwhile = GUIDE.replace("How to", "How not to")

    def edit(event):
        if isinstance(event, Arrived):
            file.write_text(meanwhile, encoding="utf-8")

    phase = polite(deliverables=["docs/guide.md"])
    policy = make_policy(context_budget=30_000)
    before = files_in(workspace / "src")
    with MessagesServer(faithful([*CHANGE, *POLITE])) as server:
        result = either(server, policy, phase, watch=edit)
    assert "docs/guide.md" in result.context.shown
    assert result.outcome == "failed"
    assert isinstance(result.error, Conflict)
    assert file.read_text(encoding="utf-8") == meanwhile
    assert files_in(workspace / "src") == before
    assert result.files_changed == ()


def test_a_file_that_is_shown_in_part_may_change_elsewhere(make_policy, workspace):
    """Only what was shown whole is held to what it was: an edit of a part proves itself."""
    file = workspace / "src/module_1.py"
    edits = [{"type": "replace", "old": 'Say hello, the way 3."', "new": 'Say it politely."'}]
    operations = [{"type": "modify", "path": "src/module_1.py", "edits": edits}]

    def edit(event):
        if isinstance(event, Arrived):
            text = file.read_text(encoding="utf-8")
            if "APPENDED" not in text:
                file.write_text(f"{text}APPENDED = 1\n", encoding="utf-8")

    phase = polite(deliverables=["src/module_1.py"])
    with MessagesServer(faithful(operations)) as server:
        result = carry_out(server, make_policy(context_budget=700), phase, watch=edit)
    assert "src/module_1.py" not in result.context.shown
    assert result.complete
    text = file.read_text(encoding="utf-8")
    assert "Say it politely." in text
    assert text.endswith("APPENDED = 1\n")


@pytest.mark.parametrize("drive", [carry_out, acarry_out])
def test_a_phase_that_is_gone_on_with_keeps_its_request_and_indexes_nothing(
    make_policy, workspace, drive
):
    phase = polite(max_tokens=CUT)
    with MessagesServer(faithful(POLITE), factor=1.8, faults={2: internal_error()}) as server:
        first = drive(server, make_policy(context_budget=2_500), phase)
        assert first.outcome == "incomplete"
        (workspace / "docs/greet_1_3.md").write_text("How greet_1_3 greets.\n")
        later_policy = make_policy(context_budget=2_500)
        later = drive(server, later_policy, phase)
    assert later.complete
    assert later.context is None
    assert "contexts" not in vars(later_policy)
    texts = [context_in(one) for one in server.requests]
    assert texts == [first.context.rendered] * len(server.requests)


@pytest.mark.parametrize("drive", [carry_out, acarry_out])
def test_what_was_shown_is_remembered_by_who_goes_on_with_a_phase(make_policy, workspace, drive):
    phase = polite(max_tokens=CUT)
    with MessagesServer(faithful(POLITE), factor=1.8, faults={2: internal_error()}) as server:
        first = drive(server, make_policy(context_budget=2_500), phase)
        assert "docs/guide.md" in first.context.shown
        (workspace / "docs/guide.md").write_text("Something else.\n")
        later = drive(server, make_policy(context_budget=2_500), phase)
    assert isinstance(later.error, Conflict)
    assert "docs/guide.md" in later.reason
    assert not (workspace / "src/polite.py").exists()


def test_pinned_files_that_are_too_large_hold_nothing_and_send_nothing(
    either, make_policy, workspace
):
    policy = make_policy(context_budget=500, strict_context=True)
    with MessagesServer(faithful(POLITE)) as server, pytest.raises(PinnedFilesTooLarge):
        either(server, policy, polite(scope={"read_only_context": ["src/module_0.py"]}))
    assert server.requests == []
    assert policy.books.statement(()).held == Amount()


def test_a_pinned_file_is_shown_and_not_written(make_policy, workspace):
    operations = [{"type": "create", "path": "src/module_0.py", "content": "x = 1\n"}]
    phase = polite(scope={"read_only_context": ["src/module_0.py"]})
    with MessagesServer(faithful([*POLITE, *operations])) as server:
        result = carry_out(server, make_policy(context_budget=30_000), phase)
    assert not result.complete
    assert "def greet_0_3(" in context_in(server.requests[0])
    assert (workspace / "src/module_0.py").read_text() == module(0)
    assert not (workspace / "src/polite.py").exists()


def test_the_whole_prompt_stays_in_what_is_held(make_policy, workspace):
    policy = make_policy(context_budget=6_000, model=OLDER)
    with MessagesServer(faithful(POLITE), factor=1.8) as server:
        result = carry_out(server, policy, polite())
    assert all(one.reserved >= one.used for one in result.rounds)
    assert not policy.books.overruns()


def test_telemetry_has_the_context_of_the_phase(make_policy, workspace):
    policy = make_policy(context_budget=2_500)
    with MessagesServer(faithful(POLITE)) as server:
        result = carry_out(server, policy, polite())
    sums = Telemetry(policy.books.database).summed()
    assert (sums["contexts"], sums["contexts_lexical"]) == (1, 1)
    assert sums["context_tokens"] == result.context.tokens
    assert sums["context_budget"] == 2_500


def test_an_empty_workspace_is_carried_out_without_a_context(either, make_policy, root):
    with MessagesServer(faithful()) as server:
        result = either(server, make_policy(context_budget=2_500), Phase(phase_id="one"))
    assert result.complete
    assert files_in(root) == files_of()
    assert result.context.tokens == 0
    assert len(server.requests[0].body["messages"][0]["content"]) == 1
