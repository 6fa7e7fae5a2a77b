from __future__ import annotations

import json
import resource
import shutil
import sqlite3
from xml.etree import ElementTree as ET

import pytest

from tests.token_budget.cli.command_line import call, start
from token_budget import BudgetPolicy, Phase
from token_budget.telemetry import EndedAttempt, Estimated, RoundRecord
from token_budget.workspace_state import learnt_in


@pytest.fixture
def workspace(repository):
    """A repository in which every change of the server is long."""
    for number in range(12):
        body = "".join(f"value_{n} = compute({n * number})\n" for n in range(150))
        repository.write("src/server.py", body)
        repository.git("add", "--all")
        repository.commit_index(f"Change the server {number}")
    return repository.folder


def run(workspace, *arguments):
    return call(*arguments, cwd=workspace)


def refused(done, *words):
    """A message of one line, exit code 2 and nothing printed."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def planned(workspace):
    spec = workspace / "run.json"
    phase = {"phase_id": "one", "deliverables": ["modify src/server.py"]}
    spec.write_text(json.dumps({"phases": [phase]}), encoding="utf-8")
    done = run(workspace, "plan", "run.json", "--json")
    assert done.returncode == 0, done.stderr
    [phase] = json.loads(done.stdout)["phases"]
    return phase["estimate"]


def test_what_is_learnt_moves_the_next_plan_and_is_named(workspace):
    before = planned(workspace)
    done = run(workspace, "calibrate", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    after = planned(workspace)
    assert "adapted" not in before["calibration"]
    assert f"adapted to {report['formats']['ndjson']['phases']} phases" in after["calibration"]
    assert after["mined_median"] > 2 * before["mined_median"]
    assert (
        report["formats"]["ndjson"]["after"]["smape"]
        < (report["formats"]["ndjson"]["before"]["smape"])
    )


def test_learning_twice_gives_the_same_state(workspace):
    first = run(workspace, "calibrate", "--json").stdout
    state = planned(workspace)
    assert run(workspace, "calibrate", "--json").stdout == first
    assert planned(workspace) == state


def test_that_merged_knowledge_is_replaced_is_said(workspace, tmp_path):
    assert run(workspace, "calibrate").returncode == 0
    other = tmp_path / "other"
    other.mkdir()
    exported = tmp_path / "state.json"
    assert run(workspace, "state", "export", exported).returncode == 0
    assert run(workspace, "state", "merge", exported, "--workspace", other).returncode == 0
    again = run(workspace, "calibrate", "--repo", other, "--history", exported)
    assert again.returncode == 2  # a state is no history: nothing is replaced
    history = tmp_path / "phases.jsonl"
    assert run(workspace, "mine", ".", "-o", history).returncode == 0
    done = run(workspace, "calibrate", "--repo", other, "--history", history)
    assert "replaced what was merged from 1 other states" in done.stdout


def test_a_history_file_is_learnt_too(workspace, tmp_path):
    mined = tmp_path / "phases.jsonl"
    assert run(workspace, "mine", ".", "-o", mined).returncode == 0
    mined.write_text(mined.read_text(encoding="utf-8") + "broken\n", encoding="utf-8")
    done = run(workspace, "calibrate", "--history", mined, "--json")
    report = json.loads(done.stdout)
    assert report["phases"] == report["mined"] == report["repeated"]  # the same commits, once
    assert len(report["broken_lines"]) == 1
    assert f"{mined}:{report['mined'] + 1}: Expecting value" in report["broken_lines"][0]


def test_the_table_has_both_rows_of_every_format(workspace):
    printed = run(workspace, "calibrate").stdout
    assert {"SMAPE", "MdAPE", "p50", "p90", "small"} <= set(printed.splitlines()[0].split())
    assert printed.count("before") == printed.count("after") == 3


def test_a_folder_without_a_history_is_refused_and_keeps_no_state(tmp_path):
    refused(run(tmp_path, "calibrate", "--report", "report.html"), "git repository")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_refused_and_not_made(tmp_path):
    refused(run(tmp_path, "calibrate", "--repo", "missing"), "missing")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def phases(tmp_path):
    """A function that writes a history file of phases that take so many tokens by format."""

    def write(name="phases.jsonl", times=range(12), ndjson=2_400, whole_file=3_100, diff=2_400):
        sizes = {"existing_tokens": 3_000, "final_tokens": whole_file}
        answers = {"ndjson_tokens": ndjson, "diff_tokens": diff}
        files = [{"path": "src/server.py", "action": "modify", **sizes, **answers}]
        row = {"repo": "r", "title": "Change the server", "files": files}
        lines = (json.dumps({**row, "commit": f"c{time}", "time": time}) for time in times)
        file = tmp_path / name
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return file

    return write


@pytest.fixture
def folder(tmp_path):
    """A workspace that is no repository."""
    made = tmp_path / "workspace"
    made.mkdir()
    (made / "src").mkdir()
    (made / "src" / "server.py").write_text("x = 1\n" * 900, encoding="utf-8")
    return made


def learnt(folder):
    """What stands in the state, by output format."""
    with sqlite3.connect(folder / ".token-budget" / "state.db") as connection:
        return dict(connection.execute("SELECT output_format, body FROM estimator_state"))


def test_history_files_are_enough_and_it_is_said_that_nothing_was_mined(folder, phases):
    done = run(folder, "calibrate", "--history", phases())
    assert done.returncode == 0, done.stderr
    assert "learnt from 12 phases" in done.stdout
    assert "no commit was mined" in done.stdout
    assert "adapted to 12 phases" in planned(folder)["calibration"]


def test_lines_out_of_order_are_sorted_and_counted(folder, phases):
    in_order = phases("in_order.jsonl", range(12))
    run(folder, "calibrate", "--history", in_order)
    expected = learnt(folder)
    done = run(folder, "calibrate", "--history", phases("backwards.jsonl", range(11, -1, -1)))
    assert "11 lines were out of order" in done.stdout
    assert learnt(folder) == expected


def test_a_history_that_teaches_nothing_replaces_nothing(folder, phases):
    run(folder, "calibrate", "--history", phases())
    before = learnt(folder)
    short = phases("short.jsonl", ndjson=50, whole_file=50, diff=50)
    done = run(folder, "calibrate", "--history", short, "--report", "report.html")
    refused(done, "none of its 12 phases took 200 tokens or more", "earlier is kept")
    assert learnt(folder) == before
    assert not (folder / "report.html").exists()


def test_a_format_of_which_nothing_was_learnt_keeps_what_was_known(folder, phases):
    run(folder, "calibrate", "--history", phases())
    before = learnt(folder)
    done = run(folder, "calibrate", "--history", phases("short.jsonl", range(20), ndjson=50))
    assert "ndjson: no phase of 200 tokens or more, what was learnt of it earlier" in done.stdout
    after = learnt(folder)
    assert after["ndjson"] == before["ndjson"]
    assert json.loads(after["diff"])["phases"] == 20


def test_a_history_file_of_another_schema_is_refused_with_the_reason(folder, tmp_path):
    file = tmp_path / "other.jsonl"
    file.write_text('{"prompt": "x"}\n', encoding="utf-8")
    refused(run(folder, "calibrate", "--history", file), "line 1: files: expected a list of files")
    assert not (folder / ".token-budget").exists()


def test_the_report_has_every_figure(workspace):
    done = run(workspace, "calibrate", "--report", "report.html", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    text = (workspace / "report.html").read_text(encoding="utf-8")
    page = ET.fromstring(text)
    cells = {"".join(one.itertext()) for name in ("th", "td") for one in page.iter(name)}
    for one in found["formats"].values():
        assert {f"{one['phases']:,}", f"{one['actual_tokens']:,}"} <= cells
        for row in (one["before"], one["after"]):
            shown = {f"{row['smape']:.2f}", f"{row['mdape']:.2f}", f"{row['held_tokens']:,}"}
            shown |= {f"{row['coverage_0.5']:.4f}", f"{row['coverage_0.9']:.4f}"}
            shown |= {f"{row['too_small']:,}", f"{row['held_over_actual']:.2f}"}
            shown |= {f"{share:.4f}" for share in row["reliability"].values()}
            assert shown <= cells
    for reason, number in found["skipped_commits"].items():
        assert {reason, f"{number:,}"} <= cells
    assert len(list(page.iter("svg"))) == 2 + 5 * 3
    assert not {"script", "link", "img", "iframe", "object"} & {one.tag for one in page.iter()}


def test_the_same_history_gives_the_same_report(workspace):
    reports = []
    for _ in range(2):
        run(workspace, "calibrate", "--report", "report.html")
        reports.append((workspace / "report.html").read_bytes())
    assert reports[0] == reports[1]


@pytest.mark.parametrize("place", ["missing/report.html", "src/server.py/report.html", "src"])
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_learnt(workspace, place):
    done = run(workspace, "calibrate", "--report", place)
    refused(done, "argument --report", place, "cannot be written")
    assert not (workspace / ".token-budget").exists()


def test_a_state_that_cannot_be_written_is_a_message_and_leaves_no_report(workspace):
    (workspace / ".token-budget").write_text("in the way", encoding="utf-8")
    done = run(workspace, "calibrate", "--report", "report.html")
    refused(done, "state.db")
    assert not (workspace / "report.html").exists()


@pytest.mark.parametrize("most", [8_192, 65_536])
def test_a_full_disk_is_a_message_and_leaves_what_was_there(workspace, phases, most):
    assert run(workspace, "calibrate", "--report", "report.html").returncode == 0
    state, report = learnt(workspace), (workspace / "report.html").read_bytes()
    history = phases(times=range(300))

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    arguments = ("calibrate", "--history", history, "--report", "report.html")
    refused(start(*arguments, cwd=workspace, preexec_fn=full), "token-budget: ")
    assert learnt(workspace) == state
    assert (workspace / "report.html").read_bytes() == report
    assert not list(workspace.glob(".token-budget-*"))


def test_a_state_of_a_newer_release_is_refused_and_left_alone(workspace):
    run(workspace, "calibrate")
    with sqlite3.connect(workspace / ".token-budget" / "state.db") as connection:
        connection.execute("UPDATE token_budget_schema SET version = 99")
    before = learnt(workspace)
    refused(run(workspace, "calibrate", "--report", "report.html"), "newer release", "upgrade")
    assert learnt(workspace) == before
    assert not (workspace / "report.html").exists()


def test_a_damaged_state_stops_a_plan_with_a_message(workspace):
    run(workspace, "calibrate")
    shutil.rmtree(workspace / ".token-budget")
    (workspace / ".token-budget").mkdir()
    (workspace / ".token-budget" / "state.db").write_bytes(b"no database" * 99)
    spec = workspace / "run.json"
    spec.write_text('{"phases": [{"phase_id": "x", "deliverables": ["a.py"]}]}', encoding="utf-8")
    done = run(workspace, "plan", "run.json")
    assert done.returncode == 2, done.stderr
    assert "state.db" in done.stderr
    assert "Traceback" not in done.stderr


def recorded_call(workspace, output):
    """One real call of a phase, as a program records it; the plan after it."""
    policy = BudgetPolicy(workspace)
    one = Phase(phase_id="one", run_id="run", deliverables=["modify src/server.py"])
    plan = policy.plan(one)
    facts = {"category": None, "estimate": Estimated.of(plan), "ceiling": 64_000}
    facts |= {"bound": "model", "reserved": 90_000, "used": 90_000, "output": output}
    facts |= {"thinking": 0, "unused": 0, "stop_reason": "end_turn", "continues": False}
    facts |= {"operations_kept": 1, "operations_rejected": 0, "request_id": None}
    scope = ("run", "one", "1")
    made = RoundRecord(
        scope=scope, round=1, at=1_800_000_000.0, model=plan.model, outcome="complete", **facts
    )
    policy.record(EndedAttempt(one, plan, (made,), "complete", 1))
    return policy.learnt


def test_what_real_calls_taught_survives_and_is_not_learnt_twice(workspace):
    assert run(workspace, "calibrate").returncode == 0
    mined = learnt_in(workspace)
    taught = recorded_call(workspace, 60_000)
    assert taught != mined
    for _ in range(2):
        done = run(workspace, "calibrate")
        assert "what 1 recorded answers taught is kept" in done.stdout
        assert learnt_in(workspace) == taught
    phases = taught.adaptations["ndjson"].phases
    assert f"adapted to {phases} phases" in planned(workspace)["calibration"]
