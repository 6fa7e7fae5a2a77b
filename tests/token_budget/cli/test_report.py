from __future__ import annotations

import json
from datetime import date
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa

from tests.token_budget.cli.command_line import call
from token_budget import BudgetPolicy, Phase
from token_budget.ledger import Amount, Ledger, Limit, Usage
from token_budget.storage_place import state_url
from token_budget.telemetry import EndedAttempt, Estimated, RoundFacts, recorded, round_record

PHASE = Phase(phase_id="one", run_id="run", deliverables=["a.py"], task_category="backend")


@pytest.fixture
def run(tmp_path):
    return lambda *arguments: call("report", *arguments, cwd=tmp_path)


@pytest.fixture
def workspace(tmp_path):
    """A workspace with a limit and one phase of one round."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    with Ledger.of_workspace(folder) as ledger:
        ledger.set_limit(("run",), Limit(total_tokens=80_000))
        policy = BudgetPolicy(folder, ledger=ledger)
        plan = policy.plan(PHASE)
        facts = RoundFacts(
            category="backend",
            estimate=Estimated.of(plan),
            ceiling=8_000,
            bound="contract",
            unused=0,
            stop_reason="max_tokens",
            continues=False,
            operations_kept=1,
            operations_rejected=0,
            outcome="complete",
        )
        with ledger.reserve(("run", "one", "1"), Amount(8_000, 20_000)) as held:
            usage = Usage(10_000, 4_000, thinking=1_000)
            settled = held.settle(1, usage, model=plan.model, alongside=recorded(facts))
        policy.record(EndedAttempt(PHASE, plan, (round_record(settled, facts),), "complete", 1))
    return folder


def answered(done):
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_json_has_every_figure(run, workspace):
    found = json.loads(answered(run("--workspace", workspace, "--json")))
    assert (found["whole"]["rounds"], found["whole"]["truncation_rate"]) == (1, 1.0)
    assert set(found["groups"]) == {"day", "model", "category"}
    [limit] = found["spend"]["limits"]
    assert (limit["scope"], limit["spent"], limit["used_share"]) == ("run", 14_000, 0.175)


def test_tables_have_the_whole_the_groups_and_the_limits(run, workspace):
    printed = answered(run("--workspace", workspace, "--by", "category"))
    for text in ("Truncation rate", "100.0%", "backend", "run: tokens", "80,000", "17.5%"):
        assert text in printed
    assert "backend" not in answered(run("--workspace", workspace))


def test_a_page_is_written_and_can_be_parsed(run, workspace, tmp_path):
    answered(run("--workspace", workspace, "--html", "report.html"))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = ET.fromstring(text.split("\n", 1)[1])
    assert page.findtext("head/title") == "What was estimated, and what was used"
    assert list(page.iter("svg"))


def test_the_database_can_be_named(run, workspace):
    by_url = answered(run("--db", state_url(workspace), "--json"))
    assert by_url == answered(run("--workspace", workspace, "--json"))


def test_since_a_later_day_there_is_nothing(run, workspace):
    tomorrow = date.today().replace(year=date.today().year + 1, day=1)
    printed = answered(run("--workspace", workspace, "--since", tomorrow.isoformat()))
    assert "No round and no phase is recorded here yet" in printed
    assert f"since {tomorrow}" in printed


def test_empty_books_are_said_to_be_empty_and_nothing_is_made(run, tmp_path):
    assert "No round and no phase is recorded here yet" in answered(run())
    assert json.loads(answered(run("--json")))["empty"] is True
    assert list(tmp_path.iterdir()) == []
    answered(run("--html", "report.html"))
    assert "No round and no phase" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_books_that_are_gone_are_not_taken_for_empty_ones(run, workspace):
    (workspace / ".token-budget" / "state.db").unlink()
    done = run("--workspace", workspace)
    assert (done.returncode, done.stdout) == (2, "")
    assert "gone" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("--since", "yesterday"), ("--by", "phase"), ("--db", "no url"), ("--workspace", "missing")],
)
def test_a_wrong_argument_is_refused(run, arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_workspace_and_a_database_are_refused(run, workspace):
    done = run("--workspace", workspace, "--db", state_url(workspace))
    assert done.returncode == 2
    assert "not both" in done.stderr


@pytest.fixture
def empty_server(server, empty_database):
    """The URL of a PostgreSQL database with nothing in it, and a look at its tables."""
    url = empty_database(server)
    engine = sa.create_engine(url)
    yield url, lambda: sa.inspect(engine).get_table_names()
    engine.dispose()


def test_an_empty_server_is_left_empty(run, empty_server):
    url, tables = empty_server
    assert json.loads(answered(run("--db", url, "--json")))["empty"] is True
    assert tables() == []
    Ledger(url).close()
    assert json.loads(answered(run("--db", url, "--json")))["empty"] is True
    assert "telemetry_round" in tables()
