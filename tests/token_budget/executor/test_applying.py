from __future__ import annotations

import hashlib

import pytest

from ndjson import Conflict, Create, Workspace, WriteFailed
from tests.messages_authors import Scripted, Target, Written
from tests.messages_server import MessagesServer
from tests.phases import THREE, carry_out, faithful, files_in, files_of, phase_of
from token_budget.errors import NotApplied, NotApproved
from token_budget.executor.applying import apply_answer, changed_paths, preview
from token_budget.executor.work import Shown

FITTING = {"type": "create", "path": "src/new.py", "content": "x = 1\n"}
UNFITTING = {
    "type": "modify",
    "path": "old.py",
    "edits": [{"type": "replace", "old": "no such text", "new": "y"}],
}
CHANGE = {**UNFITTING, "edits": [{"type": "replace", "old": "x = 1", "new": "x = 2"}]}
OLD = "x = 1\n"


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def old(root):
    file = root / "old.py"
    file.write_text(OLD, encoding="utf-8")
    return file


def answers(*targets):
    return Scripted(tuple(Written(Target.ndjson(one).whole()) for one in targets))


@pytest.mark.parametrize(
    "scope",
    [{"protected_paths": ["src/b.py"]}, {"protected_paths": ["*/b.*"]},
     {"read_only_context": ["src/b.py"]}],
)  # fmt: skip
def test_what_is_protected_stays_and_nothing_else_is_written(policy, root, scope):
    with MessagesServer(faithful()) as server:
        result = carry_out(server, policy, phase_of(THREE[:1], scope=scope))
    assert result.outcome == "failed"
    assert isinstance(result.error, NotApplied)
    assert "src/b.py" in result.reason
    assert result.files_changed == ()
    assert files_in(root) == {}


def test_an_edit_that_does_not_fit_fails_and_the_next_call_asks_anew(either, policy, root, old):
    phase = phase_of([FITTING, UNFITTING])
    with MessagesServer(answers([FITTING, UNFITTING], [FITTING, CHANGE])) as server:
        first = either(server, policy, phase)
        assert first.outcome == "failed"
        assert isinstance(first.error, NotApplied)
        assert "modify old.py" in first.reason
        assert len(first.error.reasons) == 1
        assert files_in(root) == {"old.py": OLD}
        later = either(server, policy, phase)
    assert later.complete
    assert not later.resumed
    assert len(server.requests) == 2
    assert len(server.requests[1].body["messages"]) == 1
    assert files_in(root) == {"old.py": "x = 2\n", "src/new.py": "x = 1\n"}
    assert "not applied" in first.log


def test_a_file_that_changed_since_it_was_shown_is_a_conflict(policy, root, old):
    shown = Shown(OLD, {"old.py": digest("x = 0\n")})
    with MessagesServer(answers([CHANGE])) as server:
        result = carry_out(server, policy, phase_of([CHANGE]), shown=shown)
    assert result.outcome == "failed"
    assert isinstance(result.error, Conflict)
    assert "old.py" in result.reason
    assert files_in(root) == {"old.py": OLD}


def test_a_file_that_changes_while_the_answer_is_written_is_a_conflict(make_policy, root, old):
    def change(_event):
        old.write_text("x = 1  # mine\n", encoding="utf-8")

    phase = phase_of([CHANGE])
    with MessagesServer(answers([CHANGE])) as server:
        result = carry_out(server, make_policy(context_budget=20_000), phase, watch=change)
    assert OLD.strip() in str(server.requests[0].body)
    assert result.outcome == "failed"
    assert isinstance(result.error, Conflict)
    assert files_in(root) == {"old.py": "x = 1  # mine\n"}


def test_a_file_that_is_what_was_shown_is_changed(make_policy, root, old):
    with MessagesServer(answers([CHANGE])) as server:
        result = carry_out(server, make_policy(context_budget=20_000), phase_of([CHANGE]))
    assert result.complete
    assert result.context.shown["old.py"] == digest(OLD)
    assert files_in(root) == {"old.py": "x = 2\n"}


def test_who_does_not_approve_has_nothing_changed_and_nothing_asked_again(either, policy, root):
    seen = []

    def decline(found):
        seen.append(found)
        return False

    with MessagesServer(faithful()) as server:
        first = either(server, policy, phase_of(), approve=decline)
        assert first.outcome == "incomplete"
        assert isinstance(first.error, NotApproved)
        assert [one.path for one in seen[0].changes] == [one["path"] for one in THREE]
        assert files_in(root) == {}
        later = either(server, policy, phase_of(), approve=lambda _: True)
    assert later.complete
    assert later.rounds == ()
    assert files_in(root) == files_of()
    assert len(server.requests) == 1


def test_an_answer_of_which_nothing_was_applied_is_applied_later_without_asking(
    either, policy, root
):
    with MessagesServer(faithful()) as server:
        first = either(server, policy, phase_of(), apply=False)
        assert first.complete
        assert first.applied is None
        assert first.files_changed == ()
        assert files_in(root) == {}
        later = either(server, policy, phase_of())
    assert later.complete
    assert later.resumed
    assert later.files_changed == tuple(files_of())
    assert files_in(root) == files_of()
    assert len(server.requests) == 1


def test_files_that_are_there_already_are_named_as_if_they_had_been_written(root):
    operations = [Create(**{k: v for k, v in one.items() if k != "type"}) for one in THREE]
    first = apply_answer(root, phase_of(), operations, {})
    again = apply_answer(root, phase_of(), operations, {})
    assert changed_paths(first, operations) == tuple(files_of())
    assert changed_paths(again, operations) == tuple(files_of())
    assert again.changes == ()


def test_a_preview_changes_nothing(root):
    found = preview(root, phase_of(), [Create(path="a.py", content="x\n")])
    assert [one.path for one in found.changes] == ["a.py"]
    assert files_in(root) == {}


def test_what_the_system_refuses_leaves_the_answer_for_the_next_call(policy, root, monkeypatch):
    with MessagesServer(faithful()) as server:
        with monkeypatch.context() as patch:
            patch.setattr(Workspace, "apply", _refuses)
            first = carry_out(server, policy, phase_of())
        assert first.outcome == "incomplete"
        assert isinstance(first.error, WriteFailed)
        later = carry_out(server, policy, phase_of())
    assert later.complete
    assert len(server.requests) == 1
    assert files_in(root) == files_of()


def _refuses(*_arguments, **_settings):
    raise WriteFailed("root", "is not writable", undone=True)
