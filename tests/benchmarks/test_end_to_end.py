from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import end_to_end
from benchmarks.continuation_commits import first_commits
from benchmarks.continuation_targets import cases_of
from benchmarks.continuation_ways import first_request
from benchmarks.end_to_end import Both, carried_out, comparison, server_of
from benchmarks.end_to_end_ways import ATTEMPTS, Carried, before
from token_budget.policy import BudgetPolicy

MODULE = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(25))


@pytest.fixture
def commits(repository):
    repository.commit(a_py=MODULE, b_py=MODULE)
    repository.commit("Use constants", a_py=MODULE.replace("return 7", "return SEVEN"), c_py=MODULE)
    repository.commit("Remove b", a_py="a = 1\n", d_py=MODULE.replace("f", "g"))
    return first_commits([repository.folder], 2, 2, largest=50_000)


def command(*arguments):
    app = typer.Typer()
    app.command()(end_to_end.main)
    return CliRunner().invoke(app, ["--least-files", "2", *map(str, arguments)])


def carried(**given):
    usual = {"calls": 1, "cut": 0, "lost": False, "exact": True, "output": 1_000, "thrown": 0}
    return Carried(**{**usual, "micro_usd": 5_000, "ceiling": 9_000, "answer": 900, **given})


def figures(report):
    return {one["what"]: (one["ours"], one["before"]) for one in report["rows"]}


def test_every_phase_is_carried_out_in_both_ways(commits, repository):
    found = list(carried_out(repository.folder, commits))
    assert [one.phase for one in found] == ["Use constants", "Remove b"]
    for one in found:
        assert (one.ours.lost, one.ours.exact, one.ours.calls) == (False, True, 1), one.ours.reason
        assert (one.before.lost, one.before.exact) == (False, True)
        assert one.ours.thrown == 0


def test_the_old_way_asks_for_everything_again_and_gives_up_after_three_cuts(commits, tmp_path):
    (case,) = cases_of(commits[0], ["ndjson"])
    policy = BudgetPolicy(workspace=tmp_path)
    prices = policy.prices.sheet(policy.config.model)
    request = first_request(case, policy.config.model, 1)
    server = server_of(case, "seed", commits[0].name)
    done = before(request, 2, case, server, prices)
    assert (done.calls, done.cut, done.lost, done.thrown, done.exact) == (1, 0, False, 0, True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.end_to_end_ways.TIERS", ((2, 60),))
        lost = before(request, 2, case, server, prices)
    assert (lost.calls, lost.cut, lost.lost) == (ATTEMPTS, ATTEMPTS, True)
    assert lost.thrown == lost.output == 60 + 90 + 135
    assert lost.micro_usd > 0


def test_what_history_teaches_is_learnt_before_the_first_phase(commits, repository, tmp_path):
    policy = BudgetPolicy(workspace=tmp_path)
    end_to_end.teach(policy, repository.folder, commits[0], 10)
    assert set(policy.learnt.adaptations) == {"ndjson"}


def test_figures_stand_beside_those_of_the_old_way_and_the_aim():
    mine = carried()
    old = carried(
        calls=3, cut=2, lost=True, exact=False, output=4_000, thrown=4_000, micro_usd=9_000
    )
    rows = figures({"rows": list(comparison([Both("r", "p", 10, mine, old)] * 2))})
    assert rows["phases lost"] == (0, 2)
    assert rows["calls a phase"] == (1, 3)
    assert rows["answers cut off, %"] == (0, 66.667)
    assert rows["output tokens thrown away, %"] == (0, 100)
    assert rows["cost, $"] == (0.01, 0.018)


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_it_prints_tables_or_one_json_object(commits, repository, arguments):
    result = command("--repo", repository.folder, "--phases", 1, *arguments)
    assert result.exit_code == 0, result.output
    if arguments:
        report = json.loads(result.stdout)
        assert figures(report)["phases whose files are the commit's"] == (1, 1)
        assert report["phases"][0]["phase"] == "Remove b"
    else:
        assert "1 phases, all in all" in result.stdout


def test_a_lost_phase_fails_the_benchmark(commits, repository, monkeypatch):
    lost = carried(lost=True, exact=False, reason="lost")
    monkeypatch.setattr(end_to_end, "ours", lambda *_: lost)
    monkeypatch.setattr(end_to_end, "before", lambda *_: lost)
    monkeypatch.setattr(end_to_end, "server_of", _server_with_a_request)
    assert command("--repo", repository.folder, "--phases", 1).exit_code != 0


def _server_with_a_request(case, seed, name):
    server = server_of(case, seed, name)
    server.requests.append(type("Received", (), {"body": {}})())
    return server
