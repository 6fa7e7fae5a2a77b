from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from estimators.deliverable import Deliverable
from estimators.errors import HistoryError
from estimators.fit import fit_format, fit_prior, long_phases, main, read_repositories
from estimators.observed import FORMATS
from estimators.output import OutputEstimator
from estimators.prior import Prior

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def repositories(history_files):
    return read_repositories(history_files)


@pytest.fixture(scope="module")
def prior(repositories):
    return fit_prior(repositories)


def predicted(prior, *deliverables, **options):
    return OutputEstimator(prior).predict(deliverables, **options)


def fitted_bytes(files, output, seed):
    subprocess.run(
        [sys.executable, "-m", "estimators.fit", "--history", *files, "--output", output],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
    )
    return output.read_bytes()


def test_the_same_files_give_the_same_bytes(history_files, tmp_path):
    files = history_files[:2]
    first = fitted_bytes(files, tmp_path / "first.json", "1")
    second = fitted_bytes(files[::-1], tmp_path / "second.json", "2")
    assert first == second
    made = Prior.from_json(json.loads(first))
    assert (made.phases, len(made.repositories), set(made.formats)) == (120, 2, set(FORMATS))


def test_that_tests_are_twice_as_long_as_code_is_learnt(prior):
    code, test = (
        predicted(prior, Deliverable(path, "create", 0), description="Add a module").median
        for path in ("src/m7.py", "tests/test_m7.py")
    )
    assert 1.5 < test / code < 2.5
    assert 200 < code < 450


def test_that_a_longer_file_takes_a_longer_change_is_learnt(prior):
    short, long = (
        predicted(prior, Deliverable("src/core.py", "modify", size), output_format="whole_file")
        for size in (300, 3_900)
    )
    assert long.median > 5 * short.median


def test_quantiles_cover_what_they_say(prior, repositories):
    phases = [phase for own in repositories.values() for phase in long_phases(own, "ndjson")]
    bounds = [
        predicted(prior, *phase.deliverables(), description=phase.title).quantile(0.9)
        for phase in phases
    ]
    covered = [phase.tokens() <= bound for phase, bound in zip(phases, bounds, strict=True)]
    assert 0.85 <= sum(covered) / len(covered) <= 0.96


def with_other_hindsight(phase):
    """The same phase with every figure changed that is only known afterwards.

    Who wrote it is hindsight of another kind: what the weights of authorship are fitted on.
    """
    files = (
        replace(one, final_tokens=7, diff_tokens=8, hunks=9, lines_added=10, lines_removed=11)
        for one in phase.files
    )
    return replace(phase, files=tuple(files), body_chars=5_000, commit="0")


def test_hindsight_changes_neither_the_fit_nor_a_prediction(prior, repositories):
    others = {
        name: [with_other_hindsight(phase) for phase in own] for name, own in repositories.items()
    }
    other = fit_format(others, "ndjson")
    assert other == prior.formats["ndjson"]
    for name, own in repositories.items():
        for one, changed in zip(own, others[name], strict=True):
            assert one.deliverables() == changed.deliverables()


def test_the_name_of_a_repository_is_no_feature(prior, repositories):
    renamed = {f"other-{name}": own for name, own in repositories.items()}
    assert fit_format(renamed, "ndjson") == prior.formats["ndjson"]


def test_one_repository_is_enough_to_fit(repositories):
    name, own = next(iter(repositories.items()))
    made = fit_prior({name: own}, ["ndjson"])
    one = predicted(made, Deliverable("src/a.py", "create", 0), description="Add a module")
    assert 150 < one.median < 600


def test_phases_of_a_repository_are_gathered_from_all_files(history_files):
    twice = read_repositories([*history_files, *history_files])
    assert {len(own) for own in twice.values()} == {120}


def test_a_history_of_short_phases_only_is_refused(repositories):
    short = {
        name: [phase for phase in own if phase.tokens() < 200] for name, own in repositories.items()
    }
    with pytest.raises(HistoryError, match="expected a phase of 200 tokens or more"):
        fit_prior(short)


def test_a_file_that_cannot_be_read_is_a_message(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--history", str(tmp_path / "none.jsonl"), "--output", str(tmp_path / "p.json")])
    assert caught.value.code == 2
    assert "none.jsonl: expected a readable history" in capsys.readouterr().err
    assert not (tmp_path / "p.json").exists()


def test_broken_lines_are_told_and_left_out(history_files, tmp_path, capsys):
    file, output = tmp_path / "history.jsonl", tmp_path / "prior.json"
    file.write_text(f"broken\n{history_files[0].read_text()}")
    main(["--history", str(file), str(history_files[1]), "--output", str(output)])
    printed = capsys.readouterr()
    assert f"{file}:1: left out: Expecting value" in printed.err
    assert "120 phases of 2 repositories" in printed.out
    assert Prior.from_json(json.loads(output.read_text())).phases == 120
