from __future__ import annotations

import json
import sqlite3

import pytest

from estimators.adaptation import Adaptation, Belief
from tests.token_budget.cli.command_line import call
from token_budget.estimator_store import EstimatorStore
from token_budget.migrations import SCHEMA_VERSION
from token_budget.storage import Database
from token_budget.storage_place import has_state, state_url

OPUS = "claude-opus-5-5"


def teach(folder, phases=3):
    """Leave a state in a folder: phases of one format, two answers' thinking, a mined commit."""
    folder.mkdir(exist_ok=True)
    database = Database(state_url(folder))
    store = EstimatorStore(database)
    known = Adaptation({"files": Belief(2.0, 0.5)}, phases=phases, truncated=1)
    store.update(lambda _: {"ndjson": known})
    store.update_thinking(
        lambda none: none.observe(OPUS, "high", 500).observe(OPUS, "high", 900, truncated=True)
    )
    commits = store.commits("/repository")
    commits.put("c", {"row": 1})
    commits.flush()
    database.close()
    return folder


@pytest.fixture
def taught(tmp_path):
    return teach(tmp_path / "taught")


@pytest.fixture
def other(tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    return folder


@pytest.fixture
def run(tmp_path):
    def command(*arguments, stdin=""):
        return call("state", *arguments, cwd=tmp_path, stdin=stdin, COLUMNS="400")

    return command


@pytest.fixture
def shown(run):
    def show(folder):
        done = run("show", "--workspace", folder, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return show


@pytest.fixture
def exported(run, taught, tmp_path):
    file = tmp_path / "a.json"
    done = run("export", file, "--workspace", taught)
    assert done.returncode == 0, done.stderr
    return file


def refused(done, *texts):
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    for text in texts:
        assert text in done.stderr


def test_show_says_from_how_much_was_learnt(shown, taught):
    assert shown(taught) == {
        "state": state_url(taught),
        "exists": True,
        "schema_version": SCHEMA_VERSION,
        "merged_origins": 0,
        "formats": {"ndjson": {"phases": 3, "truncated": 1}},
        "thinking": {OPUS: {"high": {"answers": 2, "truncated": 1}}},
        "mined_commits": {"/repository": 1},
        "observed_answers": 0,
    }


def test_show_prints_every_figure(run, taught):
    printed = run("show", "--workspace", taught).stdout
    for text in ("state.db", f"schema {SCHEMA_VERSION}", "ndjson", OPUS, "high", "/repository"):
        assert text in printed


def test_show_makes_no_state(run, shown, other):
    assert shown(other)["exists"] is False
    assert "nothing was learnt yet" in run("show", "--workspace", other).stdout
    assert not has_state(other)


def test_an_exported_state_is_merged_elsewhere(run, shown, taught, exported, other):
    done = run("merge", exported, "--workspace", other)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 phases of ndjson" in done.stdout
    after, before = shown(other), shown(taught)
    assert after["formats"] == before["formats"]
    assert after["thinking"] == before["thinking"]
    assert (after["merged_origins"], after["mined_commits"]) == (1, {})
    assert "merged from 1 other" in run("show", "--workspace", other).stdout


def test_an_export_goes_through_a_pipe(run, shown, taught, other):
    text = run("export", "-", "--workspace", taught).stdout
    assert run("merge", "-", "--workspace", other, stdin=text).returncode == 0
    assert shown(other)["formats"]["ndjson"]["phases"] == 3


def test_several_states_add_up(run, shown, exported, tmp_path, other):
    second = tmp_path / "b.json"
    run("export", second, "--workspace", teach(tmp_path / "second", phases=10))
    done = run("merge", exported, second, "--workspace", other, "--json")
    assert json.loads(done.stdout)["formats"] == {"ndjson": {"phases": 13, "truncated": 2}}
    assert shown(other)["merged_origins"] == 2


def test_the_same_state_is_not_merged_twice(run, shown, exported, other):
    refused(run("merge", exported, exported, "--workspace", other), "a.json", "count twice")
    assert shown(other)["formats"] == {}
    assert run("merge", exported, "--workspace", other).returncode == 0
    refused(run("merge", exported, "--workspace", other), "a.json", "count twice", "reset")
    assert shown(other)["formats"]["ndjson"]["phases"] == 3


def test_a_state_is_not_merged_into_where_it_comes_from(run, shown, taught, exported):
    refused(run("merge", exported, "--workspace", taught), "learnt here")
    assert shown(taught)["formats"]["ndjson"]["phases"] == 3


def test_one_bad_file_keeps_all_of_them_out(run, shown, exported, tmp_path, other):
    (tmp_path / "bad.json").write_text('{"version": 2}', encoding="utf-8")
    refused(run("merge", exported, "bad.json", "--workspace", other), "bad.json", "damaged")
    assert not has_state(other)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "expected an exported state"),
        (b"\xff\xfe", "expected UTF-8"),
        (b"[]", "expected an exported state"),
        (b'{"version": 99}', "newer release"),
        (b'{"version": 1, "formats": {}}', "found version 1"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(run, tmp_path, other, content, text):
    (tmp_path / "bad.json").write_bytes(content)
    refused(run("merge", "bad.json", "--workspace", other), "bad.json", text)
    assert not has_state(other)


def test_a_file_that_is_not_there_is_named(run, other):
    refused(run("merge", "none.json", "--workspace", other), "none.json", "No such file")


def test_an_export_that_cannot_be_written_is_named(run, taught):
    refused(run("export", "none/a.json", "--workspace", taught), "none/a.json", "cannot be written")


def test_an_export_of_nothing_is_refused(run, other):
    refused(run("export", "a.json", "--workspace", other), "nothing was learnt")


def test_a_workspace_that_is_not_there_is_bad_usage(run):
    for command in (["show"], ["export", "-"], ["merge", "-"], ["reset", "--yes"]):
        done = run(*command, "--workspace", "none")
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


def test_an_export_says_what_it_wrote(run, taught, tmp_path):
    report = json.loads(run("export", "a.json", "--workspace", taught, "--json").stdout)
    assert report["exported"] == "a.json"
    assert report["formats"]["ndjson"]["phases"] == 3
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["version"] == 2


def test_a_reset_forgets_and_says_what(run, shown, taught):
    done = run("reset", "--yes", "--workspace", taught)
    assert done.returncode == 0
    assert "forgotten: 3 phases of ndjson, thinking of 2 answers" in done.stdout
    after = shown(taught)
    assert (after["formats"], after["thinking"]) == ({}, {})
    assert after["mined_commits"] == {"/repository": 1}


def test_a_reset_forgets_mined_commits_when_told_to(run, shown, taught):
    done = run("reset", "--yes", "--mined", "--workspace", taught, "--json")
    assert json.loads(done.stdout)["forgotten"]["mined_commits"] == 1
    assert shown(taught)["mined_commits"] == {}


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_a_reset_that_is_not_confirmed_forgets_nothing(run, shown, taught, answer):
    before = shown(taught)
    done = run("reset", "--workspace", taught, stdin=answer)
    assert done.returncode == 1
    assert "Forget 3 phases of ndjson, thinking of 2 answers?" in done.stderr
    assert "Traceback" not in done.stderr
    assert shown(taught) == before


def test_a_reset_that_is_confirmed_forgets(run, shown, taught):
    assert run("reset", "--workspace", taught, stdin="y\n").returncode == 0
    assert shown(taught)["formats"] == {}


def test_a_reset_of_nothing_is_done(run, other):
    done = run("reset", "--yes", "--workspace", other)
    assert (done.returncode, done.stdout) == (0, "nothing was learnt here yet\n")
    assert not has_state(other)


def test_after_a_reset_an_export_is_taken_back(run, shown, taught, exported):
    run("reset", "--yes", "--workspace", taught)
    assert run("merge", exported, "--workspace", taught).returncode == 0
    assert shown(taught)["formats"]["ndjson"]["phases"] == 3


def change(folder, statement):
    connection = sqlite3.connect(folder / ".token-budget" / "state.db")
    with connection:
        connection.execute(statement)
    connection.close()


def test_a_damaged_state_is_named_and_can_be_reset(run, shown, taught):
    change(taught, "UPDATE estimator_state SET body = '{}'")
    refused(run("show", "--workspace", taught), "state.db", "damaged")
    refused(run("export", "-", "--workspace", taught), "damaged")
    assert "damaged state" in run("reset", "--yes", "--workspace", taught).stdout
    assert shown(taught)["formats"] == {}


def test_a_state_of_a_newer_release_is_refused_and_left_alone(run, taught, exported):
    change(taught, "UPDATE token_budget_schema SET version = 99")
    for command in (["show"], ["export", "-"], ["merge", exported], ["reset", "--yes"]):
        refused(run(*command, "--workspace", taught), "newer release")


def test_names_with_brackets_are_printed_as_they_are(run, tmp_path):
    folder = teach(tmp_path / "[bold]taught")
    assert "[bold]taught" in run("show", "--workspace", folder).stdout
