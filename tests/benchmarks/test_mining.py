from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments):
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "mining.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    ).stdout


def rows_of(report, key):
    return {row["what"]: row["value"] for row in report[key]}


def test_every_figure_stands_beside_its_baseline(repository):
    for number in range(3):
        repository.commit(a_py=f"{number}\n")
    report = json.loads(run("--repo", repository.folder, "--json"))
    rows = rows_of(report, "rows")
    assert rows["phases mined"] == 3
    assert rows["phases a second and core"] > 0
    assert rows["git diff -p, phases a second and core"] > 0
    assert rows["peak memory"] > 1
    assert report["skipped"] == {"no parent": 1}


def test_a_history_is_compared_commit_by_commit(repository, tmp_path):
    names = [repository.commit(a_py=f"{number}\n") for number in range(2)]
    history = tmp_path / "history.jsonl"
    sizes = {"existing_tokens": 0, "final_tokens": 2, "ndjson_tokens": 1, "diff_tokens": 1}
    lines = {"lines_added": 1, "lines_removed": 0, "hunks": 0}
    file = {"path": "a.py", "action": "create", **sizes, **lines}
    row = {"repo": "r", "commit": names[0][:12], "time": 0, "title": "", "files": [file]}
    other = {**row, "commit": names[1][:12]}
    history.write_text(f"{json.dumps(row)}\n{json.dumps(other)}\n", encoding="utf-8")
    report = json.loads(run("--repo", repository.folder, "--against", history, "--json"))
    rows = rows_of(report, "against")
    assert rows["commits in both"] == 2
    assert rows["the same paths and actions"] == 50
    assert rows["final_tokens"] == 100
    assert rows["ndjson_tokens"] == 0


def test_the_table_names_the_aim(repository):
    repository.commit(a_py="x\n")
    assert "aim over 40" in run("--repo", repository.folder)
