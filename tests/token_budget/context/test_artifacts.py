from __future__ import annotations

import json

import pytest

from token_budget.context.artifacts import (
    OLD_RUNS,
    REPORTED_PATHS,
    Artifact,
    read_artifacts,
    substitutions,
    write_artifact,
)
from token_budget.context.values import SourceFile
from token_budget.errors import ConfigError


def source(path, sha256="aa", tokens=100):
    return SourceFile(path, 400, 40, tokens, sha256, "markdown", 0, "utf-8")


def count(text):
    return len(text)


LOG = source("BUILD_HISTORY.md")
SUMMARY = Artifact("BUILD_HISTORY.md", "aa", "It was built.")


def test_what_is_written_is_read(tmp_path):
    write_artifact(tmp_path, "run-1", SUMMARY)
    assert read_artifacts(tmp_path, "run-1") == [SUMMARY]
    assert read_artifacts(tmp_path, "run-2") == []


def test_the_folders_of_an_earlier_program_are_read_too(tmp_path):
    folder = tmp_path / OLD_RUNS / "run-1" / "phases" / "phase_01"
    folder.mkdir(parents=True)
    fields = {"path": "a.md", "sha256": "AA", "summary": "Short."}
    (folder / "summary.json").write_text(json.dumps(fields))
    assert read_artifacts(tmp_path, "run-1") == [Artifact("a.md", "aa", "Short.")]


@pytest.mark.parametrize("content", ["", "[1]", "{", '{"path": 1}', '{"path": "a"}', "[" * 10_000])
def test_what_is_no_summary_is_passed_over(tmp_path, content):
    folder = write_artifact(tmp_path, "run-1", SUMMARY).parent
    (folder / "0.json").write_text(content)
    assert read_artifacts(tmp_path, "run-1") == [SUMMARY]


@pytest.mark.parametrize("run_id", ["", ".", "..", "../other", "a/b", "a\\b", "a\nb"])
def test_the_id_of_a_run_names_one_folder(tmp_path, run_id):
    with pytest.raises(ConfigError):
        read_artifacts(tmp_path, run_id)


def test_a_summary_stands_for_a_file_that_it_is_about():
    found = substitutions([SUMMARY], {LOG.path: LOG}, frozenset({LOG.path}), count)
    assert found.texts == {LOG.path: "It was built."}
    assert (found.count, found.tokens, found.avoided_tokens) == (1, 13, 100)


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        pytest.param([source(LOG.path, "bb")], {LOG.path}, id="the file has changed"),
        pytest.param([source("other.md")], {"other.md"}, id="it is about another file"),
        pytest.param([LOG], set(), id="the file may be written"),
        pytest.param([source(LOG.path, tokens=13)], {LOG.path}, id="it is not smaller"),
    ],
)
def test_a_summary_does_not_stand_for_a_file(files, wanted):
    by_path = {file.path: file for file in files}
    assert substitutions([SUMMARY], by_path, frozenset(wanted), count).texts == {}


def test_the_shortest_of_several_summaries_is_taken():
    others = [Artifact(LOG.path, "aa", "Built."), SUMMARY]
    found = substitutions(others, {LOG.path: LOG}, frozenset({LOG.path}), count)
    assert found.texts[LOG.path] == "Built."


def test_a_report_names_few_paths_and_counts_all():
    files = {f"f{number:02}": source(f"f{number:02}") for number in range(REPORTED_PATHS + 5)}
    artifacts = [Artifact(path, "aa", "Short.") for path in files]
    found = substitutions(artifacts, files, frozenset(files), count)
    assert found.count == REPORTED_PATHS + 5
    assert found.paths == tuple(sorted(files)[:REPORTED_PATHS])


def test_summaries_that_do_not_fit_are_left_out_largest_first():
    files = {path: source(path) for path in "ab"}
    artifacts = [Artifact("a", "aa", "x" * 50), Artifact("b", "aa", "x" * 10)]
    found = substitutions(artifacts, files, frozenset(files), count).within(40)
    assert list(found.texts) == ["b"]
    assert (found.tokens, found.avoided_tokens) == (10, 100)
