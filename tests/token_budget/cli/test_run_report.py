from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.messages_authors import ChosenByText, Scripted, Written
from tests.messages_server import MessagesServer, internal_error
from tests.phases import CUT, client_of, creates, faithful
from token_budget import BudgetPolicy, Phase
from token_budget.cli.run_report import dry_report, run_report
from token_budget.config import PolicyConfig
from token_budget.executor import run as carry_out
from token_budget.spec import Run

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs" / "run.schema.json").read_text(encoding="utf-8"))
THREE = creates("a", "b", "c")
REFUSES = Scripted((Written("No.", stop_reason="refusal"),))


def phase(name, *paths, **fields):
    return Phase(phase_id=name, run_id="run", description=f"<{name}>", deliverables=paths, **fields)


PHASES = (
    phase("whole", "src/d.py"),
    phase("refused", "src/e.py"),
    phase("after", "src/f.py", dependencies=["refused"]),
    phase("broken", *(one["path"] for one in THREE), max_tokens=CUT),
)
AUTHORS = {
    "<whole>": faithful(creates("d")),
    "<refused>": REFUSES,
    "<broken>": faithful(THREE),
}


@pytest.fixture
def policy(tmp_path):
    made = BudgetPolicy(tmp_path, config=PolicyConfig(context_budget=0))
    yield made
    if "books" in vars(made):
        made.books.close()


@pytest.fixture
def carried_out(policy):
    """A run in which each phase ends in another way."""
    run = Run(run_id="run", phases=PHASES)
    server = MessagesServer(ChosenByText(AUTHORS), factor=1.3, faults={4: internal_error()})
    with server, client_of(server) as sdk:
        return carry_out(sdk, policy, run)


def checked(report):
    """The report, as it is read back, if it is of the documented schema."""
    found = json.loads(json.dumps(report))
    jsonschema.validate(found, SCHEMA)
    return {one["phase_id"]: one for one in found["phases"]}


def test_what_became_of_every_phase_is_of_the_documented_schema(carried_out):
    phases = checked(run_report(carried_out))
    assert {name: one["outcome"] for name, one in phases.items()} == {
        "whole": "complete",
        "refused": "failed",
        "after": "skipped",
        "broken": "incomplete",
    }
    assert phases["whole"]["files_changed"] == ["src/d.py"]
    assert phases["refused"]["error"] == "Refused"
    assert "refused" in phases["after"]["reason"]
    assert phases["broken"]["missing"]
    assert phases["broken"]["rounds"] == 2


def test_a_phase_that_an_earlier_call_finished_is_of_the_schema_too(carried_out, policy):
    run = Run(run_id="run", phases=PHASES[:1])
    with MessagesServer(REFUSES) as server, client_of(server) as sdk:
        phases = checked(run_report(carry_out(sdk, policy, run)))
    assert (phases["whole"]["resumed"], phases["whole"]["rounds"]) == (True, 0)


def test_a_dry_run_of_every_state_is_of_the_documented_schema(carried_out, policy):
    phases = (*PHASES, phase("poor", "src/g.py", token_budget=100))
    run = Run(run_id="run", phases=phases)
    found = checked(dry_report(policy, run, phases, fresh=False))
    assert {name: one["outcome"] for name, one in found.items()} == {
        "whole": "finished",
        "refused": "new",
        "after": "new",
        "broken": "unfinished",
        "poor": "exhausted",
    }
    assert "the budget of the phase is exhausted" in found["poor"]["reason"]
    fresh = checked(dry_report(policy, run, phases, fresh=True))
    assert {one["outcome"] for one in fresh.values()} == {"new", "exhausted"}


def test_a_report_that_mixes_both_kinds_is_not_of_the_schema(carried_out, policy):
    report = run_report(carried_out)
    for wrong in (
        {**report, "dry_run": True},
        {**dry_report(policy, Run(run_id="run", phases=PHASES), PHASES, fresh=True), "dry_run": 0},
        {**report, "phases": [{**report["phases"][0], "surprise": 1}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(json.loads(json.dumps(wrong)), SCHEMA)
