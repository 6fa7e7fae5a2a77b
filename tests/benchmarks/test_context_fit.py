from __future__ import annotations

import json

import typer
from typer.testing import CliRunner

from benchmarks import context_fit
from benchmarks.context_fit import held_out_scores
from tests.benchmarks.test_context_fit_weights import BAD, GOOD, task
from token_budget.context.weights import JUDGED, SIGNAL_OF_FEATURE, WEIGHTS


def ran(*arguments):
    app = typer.Typer()
    app.command()(context_fit.main)
    found = CliRunner().invoke(app, [str(one) for one in arguments])
    assert found.exit_code == 0, found.output
    return found.stdout


def test_the_same_commits_give_the_same_bytes_and_every_weight(repository, tmp_path):
    for number in range(4):
        text = f"def parse(line):\n    return {number}\n"
        repository.commit(f"Parser {number}", parser_py=text, reader_py=f"value = {number}\n")
    files = [tmp_path / "one.json", tmp_path / "other.json"]
    options = ("--repo", repository.folder, "--commits", 3, "--every", 1, "--json")
    printed = [json.loads(ran(*options, "--output", file)) for file in files]
    assert files[0].read_bytes() == files[1].read_bytes()
    made = json.loads(files[0].read_text())
    assert made["weights"].keys() == WEIGHTS.keys() - JUDGED.keys()
    assert made["weights"].keys() >= SIGNAL_OF_FEATURE.keys() - JUDGED.keys()
    assert made["fitted_on"][0]["tasks"] > 0
    ways = {row["way"] for row in printed[0]["rows"]}
    assert ways == {"reciprocal rank fusion", "shipped weights", "new weights, held out"}


def test_a_dry_run_writes_nothing(repository, tmp_path):
    for number in range(5):
        repository.commit(f"Parser {number}", parser_py=f"value = {number}\n")
    file = tmp_path / "weights.json"
    options = ("--commits", 3, "--every", 1, "--dry-run")
    printed = ran("--repo", repository.folder, "--output", file, *options)
    assert "chunk words" in printed
    assert not file.exists()


def test_a_history_without_a_task_is_said(repository):
    repository.commit("One", parser_py="one = 1\n")
    app = typer.Typer()
    app.command()(context_fit.main)
    found = CliRunner().invoke(app, ["--repo", str(repository.folder), "--dry-run"])
    assert found.exit_code == 1
    assert "expected commits" in str(found.exception)


def test_a_repository_is_scored_by_weights_that_did_not_see_it():
    # All that the two repositories say is the opposite of each other.
    other = task(BAD.figures, BAD.wanted, repository="b")
    scores = held_out_scores([GOOD, other], folds=2)
    assert scores[0][0] < scores[0][1]
    assert scores[1][0] < scores[1][1]
