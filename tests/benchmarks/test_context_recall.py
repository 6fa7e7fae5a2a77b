from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.context_recall import file_recall, hunk_recall, joined

ROOT = Path(__file__).resolve().parents[2]
WANTED = {"a.py": [(3, 5), (20, 20)], "b.py": [(1, 1)]}


def run(*arguments):
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "context_recall.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    ).stdout


@pytest.mark.parametrize(
    ("shown", "hunks", "files"),
    [
        ({}, 0, 0),
        ({"a.py": [(1, 30)], "b.py": [(1, 9)]}, 1, 1),
        ({"a.py": [(1, 4)]}, 0, 1 / 2),
        ({"a.py": [(1, 4), (5, 9)]}, 1 / 3, 1 / 2),
        ({"b.py": [(2, 9)]}, 0, 0),
    ],
)
def test_a_hunk_counts_whole_and_a_file_by_one_of_its_lines(shown, hunks, files):
    assert hunk_recall(WANTED, shown) == pytest.approx(hunks)
    assert file_recall(WANTED, shown) == pytest.approx(files)


def test_ranges_that_touch_or_overlap_are_one():
    assert joined([(6, 9), (1, 5), (8, 12), (20, 21)]) == [(1, 12), (20, 21)]


def test_every_method_is_measured_on_both_tasks(repository):
    body = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(20))
    repository.commit("Start", parser_py=body, reader_py=body)
    repository.commit(
        "Make the parser strict",
        parser_py=body.replace("return 7", "return 8"),
        reader_py=body + "#\n",
    )
    report = json.loads(
        run("--repo", repository.folder, "--commits", 2, "--budget", 4000, "--json")
    )
    methods = {row["method"] for row in report["rows"]}
    assert methods == {"token-budget", "files by BM25", "40 lines by BM25", "shared words"}
    assert {row["task"] for row in report["rows"]} == {"find", "complete"}
    ours = [row for row in report["rows"] if row["method"] == "token-budget"]
    assert all(row["recall"]["4000"]["hunks"] == 100.0 for row in ours)


def test_the_table_is_for_people(repository):
    repository.commit("Start", parser_py="one = 1\n")
    repository.commit("Change the parser", parser_py="two = 2\n")
    printed = run("--repo", repository.folder, "--without-history", "--budget", 2000)
    assert "40 lines by BM25" in printed
    assert "hunks 2,000" in printed
