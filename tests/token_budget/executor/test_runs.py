from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.messages_authors import ChosenByText, Scripted, Written
from tests.messages_server import MessagesServer
from tests.phases import client_of, creates, faithful, files_in, files_of
from token_budget import Phase
from token_budget.errors import BudgetExhausted
from token_budget.executor import run
from token_budget.executor.runs import in_order
from token_budget.executor.work import Settings
from token_budget.spec import Run

REFUSES = Scripted((Written("No.", stop_reason="refusal"),))


def phase(name, *dependencies, **fields):
    return Phase(
        phase_id=name,
        run_id="run",
        display_name=f"<{name}>",
        deliverables=[f"src/{name}.py"],
        dependencies=dependencies,
        **fields,
    )


def run_of(*phases):
    return Run(run_id="run", phases=phases)


def server_of(names, refused=()):
    authors = {f"<{one}>": faithful(creates(one, functions=2)) for one in names}
    return MessagesServer(ChosenByText({**authors, **{f"<{one}>": REFUSES for one in refused}}))


def carried_out(server, policy, given, **settings):
    with client_of(server) as client:
        return run(client, policy, given, **settings)


DIAMOND = (phase("d", "b", "c"), phase("b", "a"), phase("c", "a"), phase("a"))


def test_phases_follow_those_that_they_depend_on(policy, root):
    began = []
    with server_of("abcd") as server:
        result = carried_out(server, policy, run_of(*DIAMOND), began=began.append)
    assert result.complete
    assert [one.phase_id for one in result.results] == ["a", "b", "c", "d"]
    assert [one.phase_id for one in began] == ["a", "b", "c", "d"]
    assert files_in(root) == files_of(creates(*"abcd", functions=2))


def test_what_depends_on_a_phase_that_failed_is_skipped_and_the_others_are_not(policy, root):
    with server_of("abcd", refused="b") as server:
        result = carried_out(server, policy, run_of(*DIAMOND))
    assert not result.complete
    assert [(one.phase_id, one.outcome) for one in result.results] == [
        ("a", "complete"),
        ("b", "failed"),
        ("c", "complete"),
    ]
    [skipped] = result.skipped
    assert skipped.phase_id == "d"
    assert "'b'" in skipped.reason
    assert result.exhausted is None
    assert len(server.requests) == 3


def test_a_second_run_asks_only_for_what_is_not_finished(policy):
    with server_of("abcd", refused="b") as server:
        carried_out(server, policy, run_of(*DIAMOND))
    with server_of("abcd") as server:
        result = carried_out(server, policy, run_of(*DIAMOND))
    assert result.complete
    assert len(server.requests) == 2
    assert [one.resumed for one in result.results] == [True, False, True, False]


def test_a_budget_that_is_exhausted_ends_the_run(make_policy, root):
    phases = (phase("a"), phase("b", token_budget=600), phase("c"))
    with server_of("abc") as server:
        result = carried_out(server, make_policy(), run_of(*phases))
    assert [one.phase_id for one in result.results] == ["a"]
    assert isinstance(result.exhausted, BudgetExhausted)
    assert [one.phase_id for one in result.skipped] == ["b", "c"]
    assert {one.reason for one in result.skipped} == {str(result.exhausted)}
    assert not result.complete
    assert len(server.requests) == 1


def test_chosen_phases_are_carried_out_as_if_those_before_them_were_complete(policy):
    with server_of("abcd") as server:
        result = carried_out(server, policy, run_of(*DIAMOND), phases=["d"])
    assert result.complete
    assert [one.phase_id for one in result.results] == ["d"]


def test_settings_are_those_of_every_phase(policy, root):
    with server_of("ab") as server:
        result = carried_out(
            server, policy, run_of(phase("a"), phase("b")), settings=Settings(apply=False)
        )
    assert result.complete
    assert files_in(root) == {}


def test_what_ends_a_run_from_outside_is_raised(policy):
    def began(one):
        if one.phase_id == "b":
            raise KeyboardInterrupt

    with server_of("ab") as server, pytest.raises(KeyboardInterrupt):
        carried_out(server, policy, run_of(phase("a"), phase("b")), began=began)
    assert len(server.requests) == 1


@st.composite
def graphs(draw):
    names = [str(number) for number in range(draw(st.integers(1, 8)))]
    phases = [
        phase(name, *draw(st.sets(st.sampled_from(names[:place] or ["elsewhere"]), max_size=3)))
        for place, name in enumerate(names)
    ]
    return draw(st.permutations(phases))


@given(graphs())
def test_every_order_respects_the_dependencies_and_loses_no_phase(phases):
    ordered = [one.phase_id for one in in_order(phases)]
    assert sorted(ordered) == sorted(one.phase_id for one in phases)
    places = {name: place for place, name in enumerate(ordered)}
    for one in phases:
        assert all(places.get(name, -1) < places[one.phase_id] for name in one.dependencies)


def test_independent_phases_keep_their_order():
    assert [one.phase_id for one in in_order([phase("c"), phase("a"), phase("b")])] == [*"cab"]


def test_a_circle_is_left_in_its_order():
    circle = [phase("a", "b"), phase("b", "a")]
    assert sorted(one.phase_id for one in in_order(circle)) == ["a", "b"]
