from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from benchmarks.estimator_calibration import held_out, leave_one_out, pooled, row
from estimators.fit import long_phases, read_repositories
from estimators.observed import FORMATS

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments):
    return subprocess.run(
        [
            sys.executable,
            str(ROOT / "benchmarks" / "estimator_calibration.py"),
            *map(str, arguments),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture(scope="module")
def repositories(history_files):
    return read_repositories(history_files)


def test_one_json_object_has_a_row_a_repository_and_all_phases(history_files, repositories):
    done = run("--history", *history_files, "--json")
    report = json.loads(done.stdout)
    phases = {name: len(long_phases(own, "ndjson")) for name, own in repositories.items()}
    assert {one["repository"]: one["phases"] for one in report["rows"]} == phases
    assert report["pooled"]["phases"] == sum(phases.values())
    assert report["worst"] in phases
    assert report["format"] == "ndjson"


@pytest.mark.parametrize("output_format", FORMATS)
def test_the_table_names_format_repositories_and_the_worst(history_files, output_format):
    done = run("--history", *history_files, "--format", output_format)
    assert done.returncode == 0
    assert f"leave-one-repository-out, {output_format}" in done.stdout
    assert all(f"repository-{number}" in done.stdout for number in range(3))
    assert "worst repository" in done.stdout


def test_what_can_be_learnt_is_predicted_better_than_by_rules_of_thumb(repositories):
    figures = row(pooled(leave_one_out(repositories, "ndjson")))
    assert figures["smape"] < 40
    assert figures["smape"] < figures["smape_weights"] < figures["smape_tiers"]
    assert 0.8 < figures["coverage_0.9"] <= 1


def test_a_repository_teaches_nothing_about_itself_before_it_is_met(repositories):
    name = next(iter(repositories))
    shorter = {**repositories, name: repositories[name][:20]}
    one, other = (held_out(known, name, "ndjson") for known in (repositories, shorter))
    shared = len(other.actual)
    cold = [key for key in one.predicted if key.startswith("cold")]
    assert cold
    for key in cold:
        assert one.predicted[key][:shared] == other.predicted[key]


def test_one_repository_is_too_few(repositories):
    name, own = next(iter(repositories.items()))
    with pytest.raises(typer.BadParameter, match="two repositories or more"):
        leave_one_out({name: own}, "ndjson")


def test_broken_lines_are_told_and_left_out(history_files, tmp_path):
    file = tmp_path / "broken.jsonl"
    file.write_text(f"broken\n{history_files[0].read_text()}")
    done = run("--history", file, *history_files[1:], "--json")
    assert f"{file}:1: left out: Expecting value" in done.stderr
    assert json.loads(done.stdout)["rows"]
