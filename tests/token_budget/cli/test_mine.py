from __future__ import annotations

import gzip
import json

import pytest
import typer
from typer.testing import CliRunner

from estimators.errors import RepositoryError
from estimators.observed import read_history
from token_budget.cli.mine import count_tokens, mine
from token_budget.counting import TokenCounter
from token_budget.errors import ConfigError

app = typer.Typer()
app.command()(mine)


@pytest.fixture
def two(make_repository):
    made = []
    for name in ("one", "two"):
        repository = make_repository(name)
        repository.commit("First", a_py="x = 1\n")
        repository.commit("Second", a_py="x = 2\n", uv_lock="x\n")
        repository.commit("Third", b_py="y = 1\n" * 20)
        made.append(str(repository.folder))
    return made


def run(*arguments):
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_phases_of_every_repository_are_written_oldest_first(two, tmp_path):
    output = tmp_path / "phases.jsonl.gz"
    done = run(*two, "-o", output)
    assert done.exit_code == 0
    phases = list(read_history([output]))
    assert [(phase.repo, phase.title) for phase in phases] == [
        ("one", "Second"),
        ("one", "Third"),
        ("two", "Second"),
        ("two", "Third"),
    ]
    count = TokenCounter().count
    assert phases[1].files[0].final_tokens == count("y = 1\n" * 20)


def test_the_table_says_what_was_skipped_and_why(two, tmp_path):
    done = run(*two, "-o", tmp_path / "phases.jsonl")
    for words in ("one", "two", "total", "no parent", "lock file"):
        assert words in done.stdout


def test_json_is_one_object(two, tmp_path):
    done = run(*two, "-o", tmp_path / "phases.jsonl", "--json")
    report = json.loads(done.stdout)
    assert report["total"] == {
        "phases": 4,
        "commits": 6,
        "skipped_commits": {"no parent": 2},
        "left_out_files": {"lock file": 2},
        "stopped": None,
    }
    assert [row["repository"] for row in report["repositories"]] == two


def test_the_same_histories_are_the_same_bytes_by_any_number_of_jobs(two, tmp_path):
    files = [tmp_path / name for name in ("a.jsonl.gz", "b.jsonl.gz")]
    for file, jobs in zip(files, (1, 2), strict=True):
        run(*two, "-o", file, "--jobs", jobs)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert gzip.decompress(files[0].read_bytes()).count(b"\n") == 4


def test_limit_since_and_path_choose(two, tmp_path):
    output = tmp_path / "phases.jsonl"
    titles = []
    for options in (["--limit", 1], ["--since", "2100-01-01"], ["--path", "a.py"]):
        run(two[0], "-o", output, *options)
        rows = [json.loads(line) for line in output.read_text().splitlines()]
        titles.append([row["title"] for row in rows])
    assert titles == [["Third"], [], ["Second"]]


def test_one_repository_that_fails_is_named_and_the_others_are_written(two, tmp_path):
    output = tmp_path / "phases.jsonl"
    done = run(two[0], tmp_path / "nothing", "-o", output)
    assert done.exit_code == 1
    assert "no such folder" in done.stdout
    assert len(output.read_text().splitlines()) == 2


def test_where_every_repository_fails_nothing_is_written(tmp_path):
    output = tmp_path / "phases.jsonl"
    output.write_text("kept\n")
    with pytest.raises(RepositoryError, match="no such folder"):
        run(tmp_path / "nothing", "-o", output)
    assert output.read_text() == "kept\n"
    assert list(tmp_path.iterdir()) == [output]


def test_an_output_that_cannot_be_written_is_refused(two, tmp_path):
    for place in (tmp_path / "no folder" / "phases.jsonl", tmp_path):
        with pytest.raises(ConfigError, match="--output"):
            run(two[0], "-o", place)


def test_tokens_are_counted_by_a_function_that_other_processes_can_import():
    assert count_tokens("def f():\n") == TokenCounter().count("def f():\n")
