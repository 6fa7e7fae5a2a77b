from __future__ import annotations

import json

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from benchmarks import plan_latency
from benchmarks.plan_latency import growth, make_workspace, median_of, phase_of, table, warm_rows


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(plan_latency, "GROWTH_DELIVERABLES", (2, 4))
    monkeypatch.setattr(plan_latency, "GROWTH_PHASES", (2, 4))
    monkeypatch.setattr(plan_latency, "COLD_STARTS", 1)


@pytest.fixture
def run(small):
    app = typer.Typer()
    app.command()(plan_latency.main)
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--calls", "3"])


def test_every_figure_stands_beside_its_baseline(run):
    done = run("--json")
    assert done.exit_code == 0
    rows = {row["what"]: row for row in json.loads(done.stdout)["rows"]}
    assert list(rows) == [
        "plan, 12 deliverables, median",
        "plan, 12 deliverables, p99",
        "python -c pass",
        "import token_budget",
        "token-budget plan, cold",
        "2 deliverables in a phase, each",
        "4 deliverables in a phase, each",
        "2 phases in a run, each",
        "4 phases in a run, each",
    ]
    assert rows["token-budget plan, cold"]["value"] > rows["python -c pass"]["value"] > 0


def test_the_table_names_the_aims(run):
    done = run()
    assert "aim under 1" in done.stdout
    assert "of the time" in done.stdout


def test_growth_is_told_against_the_smallest_size():
    first, second = growth("things", [(10, 1.0), (20, 6.0)])
    assert (first["what"], first["value"], first["unit"]) == ("10 things, each", 100.0, "ms")
    assert second["value"] == 300.0
    assert second["note"] == "6.00 s in all; 3.00 of the time at 10"


def test_half_of_the_twelve_deliverables_are_files_of_the_workspace(tmp_path):
    make_workspace(tmp_path)
    named = [entry.split()[0] for entry in phase_of(12).deliverables]
    assert len(named) == 12
    assert [(tmp_path / name).exists() for name in named] == [True] * 6 + [False] * 6


def test_as_many_calls_are_measured_as_were_asked_for(tmp_path, monkeypatch):
    make_workspace(tmp_path)
    timed = []
    monkeypatch.setattr(plan_latency, "seconds", lambda work: timed.append(work) or 0.0)
    assert len(list(warm_rows(tmp_path, 5))) == 2
    assert len(timed) == 5


def test_a_median_is_taken_after_a_run_that_warms_up(small):
    runs = []
    assert median_of(lambda: runs.append(1)) >= 0
    assert len(runs) == 2


def test_a_row_that_has_nothing_to_add_fits_the_table():
    console = Console(width=80, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(table([plan_latency.row("a", 1234.5678, "ms", "")]))
    assert "1,234.568" in captured.get()
