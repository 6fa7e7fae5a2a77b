from __future__ import annotations

import pytest

from tests.messages_server import MessagesServer
from tests.phases import carry_out, faithful, phase_of
from token_budget import executor
from token_budget.errors import PhaseFailed


@pytest.fixture
def result(policy):
    with MessagesServer(faithful()) as server:
        return carry_out(server, policy, phase_of())


def test_a_complete_phase_raises_nothing(result):
    assert result.complete
    assert result.raise_for_failure() is result


@pytest.mark.parametrize("outcome", ["incomplete", "failed"])
def test_any_other_raises_with_its_cause(result, outcome):
    from dataclasses import replace

    cause = OSError("no room")
    other = replace(result, outcome=outcome, reason="no room", error=cause)
    with pytest.raises(PhaseFailed, match=f"'one' is {outcome}: no room") as error:
        other.raise_for_failure()
    assert error.value.__cause__ is cause


def test_every_name_of_the_package_can_be_used():
    assert all(getattr(executor, name) for name in executor.__all__)
