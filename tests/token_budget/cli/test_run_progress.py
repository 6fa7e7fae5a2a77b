from __future__ import annotations

import pytest

from tests.messages_server import MessagesServer
from tests.phases import CUT, carry_out, faithful, phase_of
from token_budget import BudgetPolicy
from token_budget.cli.run_progress import RunProgress


@pytest.fixture
def policy(tmp_path):
    made = BudgetPolicy(tmp_path)
    yield made
    made.books.close()


def watched(policy, *, quiet):
    with (
        MessagesServer(faithful(), factor=1.3) as server,
        RunProgress(policy, quiet=quiet) as progress,
    ):
        progress.began(phase_of())
        return carry_out(server, policy, phase_of(max_tokens=CUT), watch=progress.watch)


def test_rounds_and_operations_are_told_on_standard_error(policy, capsys):
    result = watched(policy, quiet=False)
    printed = capsys.readouterr()
    assert printed.out == ""
    for one in result.rounds:
        assert f"round {one.round}: {one.stop_reason}, {one.output:,} tokens" in printed.err
    assert f"round 1: first, at most {CUT:,} tokens (contract)" in printed.err
    assert "round 2: continue" in printed.err
    assert "  create src/a.py\n" in printed.err


def test_quiet_means_quiet(policy, capsys):
    watched(policy, quiet=True)
    assert capsys.readouterr() == ("", "")


def test_somebody_can_be_asked_meanwhile(policy, capsys):
    with RunProgress(policy, quiet=False) as progress, progress.paused():
        print("a question")
    assert "a question" in capsys.readouterr().out
