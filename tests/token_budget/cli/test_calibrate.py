from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = "from token_budget.cli import main; main()"


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
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


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


def test_a_history_file_is_learnt_too(workspace, tmp_path):
    mined = tmp_path / "phases.jsonl"
    assert run(workspace, "mine", ".", "-o", mined).returncode == 0
    mined.write_text(mined.read_text(encoding="utf-8") + "broken\n", encoding="utf-8")
    done = run(workspace, "calibrate", "--history", mined, "--json")
    report = json.loads(done.stdout)
    assert report["phases"] == 2 * report["mined"]
    assert len(report["broken_lines"]) == 1


def test_the_table_has_both_rows_of_every_format(workspace):
    printed = run(workspace, "calibrate").stdout
    assert printed.count("before") == printed.count("after") == 3


def test_a_folder_without_a_history_is_refused_and_keeps_no_state(tmp_path):
    done = run(tmp_path, "calibrate")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_damaged_state_stops_a_plan_with_a_message(workspace):
    run(workspace, "calibrate")
    shutil.rmtree(workspace / ".token-budget")
    (workspace / ".token-budget").mkdir()
    (workspace / ".token-budget" / "state.db").write_bytes(b"no database" * 99)
    spec = workspace / "run.json"
    spec.write_text('{"phases": [{"phase_id": "x", "deliverables": ["a.py"]}]}', encoding="utf-8")
    done = run(workspace, "plan", "run.json")
    assert done.returncode == 2
    assert "state.db" in done.stderr
    assert "Traceback" not in done.stderr
