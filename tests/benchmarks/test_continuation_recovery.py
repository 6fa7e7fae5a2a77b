from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import continuation_recovery
from benchmarks.continuation_commits import first_commits
from benchmarks.continuation_recovery import (
    FACTOR,
    MODEL,
    PREFILL_MODEL,
    file_cases,
    long_file_row,
    recovery_rows,
    tally,
    usable_cases,
)
from benchmarks.continuation_targets import FORMS
from benchmarks.continuation_ways import WAYS, completed, first_request, in_memory
from benchmarks.messages_api.authors import AUTHORS
from benchmarks.messages_api.server import MessagesServer
from token_budget.models import ModelCatalogue

OLD = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(20))
NEW = OLD.replace("return 3\n", "return three()\n").replace("return 15\n", "return fifteen()\n")
CREATED = "".join(f"def g{number}():\n    return {number}\n\n\n" for number in range(30))


@pytest.fixture
def commits(repository, monkeypatch):
    monkeypatch.setattr(continuation_recovery, "SHARES", (0.3, 0.7))
    repository.commit(a_py=OLD)
    repository.commit("Add g", a_py=NEW, g_py=CREATED)
    return first_commits([repository.folder], 1, 2, largest=50_000)


@pytest.fixture
def cases(commits):
    return [one for commit in commits for one in usable_cases(commit, FORMS, 10_000)]


def command(*arguments):
    app = typer.Typer()
    app.command()(continuation_recovery.main)
    return CliRunner().invoke(app, arguments)


def rows_of(cases, *authors):
    return {(one["form"], one["author"], one["way"]): one for one in recovery_rows(cases, authors)}


def test_the_faithful_author_is_completed_exactly_in_every_format(cases):
    rows = rows_of(cases, "faithful")
    assert len(rows) == len(FORMS) * len(WAYS)
    for form in FORMS:
        found = rows[form, "faithful", "ours"]
        assert (found["runs"], found["exact"]) == (2, 2), found
        assert found["rounds"] > 1


def test_ours_writes_less_than_a_regenerated_answer(cases):
    rows = rows_of(cases, "faithful")
    mine, regenerated = (rows["ndjson", "faithful", way] for way in ("ours", "regenerate"))
    assert regenerated["exact"] == 2
    assert mine["beyond_percent"] < regenerated["beyond_percent"]


@pytest.mark.parametrize("author", ["skips lines", "restarts with changes", "apologises"])
def test_no_misbehaviour_is_silently_wrong(cases, author):
    chosen = [one for one in cases if one.form in ("ndjson", "diff")]
    for share in (0.2, 0.5, 0.9):
        for case in chosen:
            found = tally([case], author, "ours", [share])
            assert found.verdicts["wrong"] == 0, (case.form, share)


def test_parts_that_are_put_together_as_they_came_are_worse(cases):
    chosen = [one for one in cases if one.form == "text"]
    joined = tally(chosen, "repeats lines", "please continue", [0.3, 0.7])
    assert joined.verdicts["wrong"] == 2
    assert tally(chosen, "repeats lines", "ours", [0.3, 0.7]).verdicts["wrong"] == 0


def test_a_file_four_times_as_long_as_the_ceiling_is_completed(commits):
    found = long_file_row([one for commit in commits for one in file_cases(commit, 10_000)])
    assert (found["runs"], found["exact"]) == (1, 1)
    assert found["rounds"] >= 4


def test_http_and_the_sdk_change_nothing(cases):
    case = next(one for one in cases if one.form == "ndjson")
    here = tally([case], "faithful", "ours", [0.5])
    wired = tally([case], "faithful", "ours", [0.5], http=True)
    assert (wired.verdicts, wired.rounds, wired.beyond) == (here.verdicts, here.rounds, here.beyond)


def test_what_the_server_refuses_is_a_failure_that_says_so(cases):
    case = next(one for one in cases if one.form == "text")
    server = MessagesServer(AUTHORS["faithful"](case.target), factor=FACTOR)
    limits = ModelCatalogue.shipped().resolve(MODEL, "anthropic")
    ended = completed("prefill", case, in_memory(server), server, limits, 100)
    assert ended.files is None
    assert "does not support assistant message prefill" in ended.reason


def test_a_model_that_takes_a_prefill_goes_on_from_its_own_words(cases):
    case = next(one for one in cases if one.form == "text")
    assert tally([case], "faithful", "prefill", [0.4]).verdicts["exact"] == 1
    assert first_request(case, PREFILL_MODEL, 7)["max_tokens"] == 7


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_it_prints_tables_or_one_json_object(commits, repository, arguments):
    chosen = ["--repo", str(repository.folder), "--author", "faithful", "--form", "ndjson"]
    result = command(*chosen, "--commits", "1", *arguments)
    assert result.exit_code == 0, result.output
    if arguments:
        report = json.loads(result.stdout)
        assert {one["way"] for one in report["rows"]} == set(WAYS)
        assert report["long_files"]["exact"] == 1
    else:
        assert "NDJSON, faithful: exact" in result.stdout
        assert "100.0 % (2 of 2)" in result.stdout


def test_a_silently_wrong_answer_fails_the_benchmark(commits, repository, monkeypatch):
    monkeypatch.setattr(continuation_recovery, "verdict", lambda *_: "wrong")
    chosen = ["--repo", str(repository.folder), "--author", "faithful", "--form", "ndjson"]
    assert command(*chosen).exit_code != 0
