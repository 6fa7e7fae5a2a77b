from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import estimator_calibration
from benchmarks.estimator_calibration import main, protocols
from estimators.fit import long_phases, read_repositories
from estimators.observed import FORMATS

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("few_trees")


@pytest.fixture(scope="module")
def run():
    app = typer.Typer()
    app.command()(main)
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def little(make_repository):
    """A git repository of a dozen phases of some 300 tokens."""
    made, chance = make_repository("little"), random.Random(7)
    made.commit("First", start_txt="start\n")
    for number in range(12):
        lines = (f"value_{chance.randrange(1_000)} = {chance.random()}" for _ in range(20))
        made.write(f"src/m{number}.py", "\n".join(lines) + "\n")
        made.commit(f"Add module {number}")
    return made


def sections_of(done):
    assert done.exit_code == 0, done.output
    return {(one["protocol"], one["format"]): one for one in json.loads(done.stdout)["sections"]}


def test_both_protocols_have_a_row_a_repository(run, history_files):
    sections = sections_of(run("--history", *history_files, "--json"))
    assert list(sections) == [("leave-one-out", "ndjson"), ("as-shipped", "ndjson")]
    repositories = read_repositories(history_files)
    phases = {name: len(long_phases(own, "ndjson")) for name, own in repositories.items()}
    for one in sections.values():
        assert {row["repository"]: row["phases"] for row in one["repositories"]} == phases
        assert one["headline"]["pooled"]["phases"] == sum(phases.values())
        assert one["headline"]["worst"]["cold"] in phases


def test_what_can_be_learnt_is_predicted_better_than_by_rules_of_thumb(run, history_files):
    done = run("--history", *history_files, "--protocol", "leave-one-out", "--json")
    [one] = sections_of(done).values()
    figures = one["headline"]["pooled"]
    assert figures["cold"]["smape"] < 40
    assert figures["cold"]["smape"] < figures["weights"]["smape"] < figures["tiers"]["smape"]
    assert 0.8 < figures["cold"]["coverage"]["0.9"]["share"] <= 1


def test_all_formats_stand_side_by_side(run, history_files):
    done = run("--history", *history_files, "--format", "all", "--protocol", "as-shipped")
    assert done.exit_code == 0
    assert all(f"as-shipped, {one}" in done.stdout for one in FORMATS)
    assert "all formats: quantiles" in done.stdout


def test_the_headline_is_the_last_that_is_printed(run, history_files):
    done = run("--history", *history_files, "--protocol", "leave-one-out")
    assert all(f"repository-{number}" in done.stdout for number in range(3))
    assert "worst repository: repository-" in done.stdout
    *_, pooled, mean = done.stdout.strip().splitlines()
    assert pooled.startswith("HEADLINE leave-one-out, ndjson, 177 phases of 3 repositories")
    assert "mean of repositories: SMAPE" in mean


def test_a_git_repository_alone_is_measured_as_shipped(run, little):
    sections = sections_of(run("--repo", little.folder, "--json"))
    assert list(sections) == [("as-shipped", "ndjson")]
    one = sections["as-shipped", "ndjson"]
    assert [row["repository"] for row in one["repositories"]] == ["little"]
    assert one["headline"]["pooled"]["phases"] == 12


def test_a_git_repository_joins_the_history_files_in_both_protocols(run, history_files, little):
    sections = sections_of(run("--history", *history_files, "--repo", little.folder, "--json"))
    assert len(sections) == 2
    for one in sections.values():
        assert [row["repository"] for row in one["repositories"]][-1] == "little"
        assert one["headline"]["repositories"] == 4


def test_fewer_phases_can_be_mined(run, little):
    [one] = sections_of(run("--repo", little.folder, "--limit", 5, "--json")).values()
    assert one["headline"]["pooled"]["phases"] == 5


def test_a_repository_of_the_shipped_fit_is_not_in_the_headline(run, little):
    little.git("remote", "add", "origin", "https://example.org/encode/httpx.git")
    [one] = sections_of(run("--repo", little.folder, "--json")).values()
    assert one["headline"] is None
    assert one["repositories"][0]["in_sample"] is True
    text = run(little.folder).stdout
    assert "encode/httpx (in-sample)" in text
    assert "HEADLINE as-shipped, ndjson: none: every repository was in the shipped fit" in text


def test_repositories_at_once_change_no_figure(run, history_files):
    files = ["--history", *history_files, "--protocol", "as-shipped", "--json"]
    assert run(*files, "--jobs", 2).stdout == run(*files).stdout


def test_figures_are_drawn_on_demand(run, history_files, tmp_path):
    folder = tmp_path / "made" / "plots"
    files = ["--history", *history_files, "--protocol", "as-shipped"]
    assert run(*files, "--plots", folder).exit_code == 0
    assert len(list(folder.glob("*.png"))) == len(list(folder.glob("*.svg"))) == 4


@pytest.mark.parametrize(
    ("asked", "given", "has_files", "expected"),
    [
        (None, 3, True, ["leave-one-out", "as-shipped"]),
        (None, 1, True, ["as-shipped"]),
        (None, 3, False, ["as-shipped"]),
        ("both", 3, False, ["leave-one-out", "as-shipped"]),
        ("leave-one-out", 1, True, ["leave-one-out"]),
        ("as-shipped", 3, True, ["as-shipped"]),
    ],
)
def test_protocols_are_those_asked_for_or_those_that_make_sense(
    history_files, asked, given, has_files, expected
):
    known = dict(list(read_repositories(history_files).items())[:given])
    assert protocols(asked, known, ["ndjson"], has_files=has_files) == expected


def refused(done, *words):
    assert done.exit_code == 2
    assert not done.stdout
    assert done.stderr.startswith("error: ")
    assert all(word in done.stderr for word in words)
    return True


def test_bad_input_is_refused_in_one_sentence(run, history_files, tmp_path, little):
    absent, empty = tmp_path / "absent.jsonl", tmp_path / "empty.jsonl"
    empty.write_text("")
    plain = tmp_path / "plain"
    plain.mkdir()
    assert refused(run(), "expected a history file (--history) or a repository (--repo)")
    assert refused(run("--history", absent), str(absent), "expected a readable history")
    assert refused(run("--history", empty), str(empty), "expected at least one observed phase")
    assert refused(run("--repo", absent), str(absent), "no such folder")
    assert refused(run("--repo", plain), str(plain), "not a git repository")
    one = ["--history", history_files[0], "--protocol"]
    assert refused(run(*one, "leave-one-out"), "expected 2 repositories or more", "found 1")
    assert refused(run(*one, "both"), "expected 2 repositories or more")
    assert refused(run("--history", history_files[0], "--plots", absent.parent / "empty.jsonl"))


def test_missing_matplotlib_is_told_before_anything_is_read(run, monkeypatch, tmp_path):
    monkeypatch.setattr(estimator_calibration, "find_spec", lambda _: None)
    done = run("--repo", tmp_path / "absent", "--plots", tmp_path)
    assert refused(done, "pip install 'token-budget[plots]'")


def test_a_repository_without_long_phases_is_told(run, history_files, repository):
    repository.commit(a_py="a = 1\n")
    done = run("--history", *history_files, "--repo", repository.folder, "--json")
    assert "repository: left out: no long phase, ndjson" in done.stderr
    assert all(one["headline"]["repositories"] == 3 for one in sections_of(done).values())


def test_it_is_a_program(history_files):
    done = subprocess.run(
        [
            sys.executable,
            str(ROOT / "benchmarks" / "estimator_calibration.py"),
            *("--history", str(history_files[0]), "--json"),
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert json.loads(done.stdout)["sections"]
