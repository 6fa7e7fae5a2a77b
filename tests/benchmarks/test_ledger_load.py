from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import ledger_load
from benchmarks.ledger_load import call_report
from benchmarks.ledger_load_table import lines


@pytest.fixture(scope="module")
def invoke():
    """A function that runs the benchmark for a moment."""
    app = typer.Typer()
    app.command()(ledger_load.main)

    def run(*arguments):
        small = ["--workers", "2", "--seconds", "2", *arguments]
        return CliRunner().invoke(app, small)

    return run


@pytest.fixture(scope="module")
def killed(invoke):
    """The report of a load whose workers are killed."""
    done = invoke("--kill", "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_books_hold_while_workers_are_killed(killed):
    wrong = ("overruns", "violations", "lost", "double", "invented", "unlisted", "unbalanced")
    assert {name: killed[name] for name in wrong} == dict.fromkeys(wrong, 0)
    assert killed["faults"] == {}


def test_something_was_put_under_load(killed):
    counts = {one["call"]: one["count"] for one in killed["calls"]}
    assert counts["settle"] > 0
    assert killed["rounds"] > 0
    assert killed["died"] > 0
    assert killed["snapshots"] > 0


def test_pairs_are_counted_beside_the_disk(killed):
    assert set(killed["pairs_a_second"]) == {"1", "2"}
    assert all(rate > 0 for rate in killed["pairs_a_second"].values())
    bare = killed["bare_commits_a_second"]
    assert set(bare["own_rows"]) == {"1", "2"}
    assert set(bare["one_row"]) == {"2"}
    assert all(rate > 0 for pair in bare["own_rows"].values() for rate in pair)


def test_the_others_are_put_under_the_same_load(killed):
    json_file, litellm = killed["others"]
    assert json_file["entered"] > 0
    assert 0 <= json_file["lost"] <= json_file["entered"]
    assert "absent" in litellm or litellm["entered"] > 0


def test_the_report_is_printed_for_people(killed):
    printed = "\n".join(lines(killed))
    assert "all must be 0" in printed
    assert "WRONG" not in printed
    assert "WRONG" in "\n".join(lines({**killed, "faults": {"lost": 1}}))


def test_a_fault_is_an_exit_code(invoke, monkeypatch):
    report = {"faults": {"lost": 1}}
    monkeypatch.setattr(ledger_load.Load, "report", lambda self: report)
    assert invoke("--json").exit_code == 1


def test_one_worker_is_a_load_too(invoke):
    done = invoke("--workers", "1", "--seconds", "1")
    assert done.exit_code == 0, done.output
    assert "1 processes" in done.stdout


def test_percentiles_are_of_the_calls_that_were_made():
    report = call_report("settle", [float(n) for n in range(101)])
    assert report == {"call": "settle", "count": 101, "p50_ms": 50.0, "p99_ms": 99.0}
