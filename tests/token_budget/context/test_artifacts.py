from __future__ import annotations

import pytest

from token_budget.context.artifacts import (
    FIRST_PART_CHARACTERS,
    REPORTED_PATHS,
    Artifact,
    first_part,
    substitutions,
)
from token_budget.context.values import SourceFile


def source(path, sha256="aa", tokens=100):
    return SourceFile(path, 400, 40, tokens, sha256, "markdown", 0, 4, "utf-8")


def count(text):
    return len(text)


LOG = source("BUILD_HISTORY.md")
SUMMARY = Artifact("BUILD_HISTORY.md", "aa", "It was built.")


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


def test_the_first_part_of_a_report_ends_with_a_paragraph():
    report = "# Report\n\n" + "\n\n".join(["word " * 60] * 20)
    part = first_part("a.md", "aa", report)
    assert report.startswith(f"{part.summary}\n\n")
    assert FIRST_PART_CHARACTERS - 400 < len(part.summary) <= FIRST_PART_CHARACTERS


@pytest.mark.parametrize("between", ["\n", " "])
def test_a_report_without_paragraphs_is_cut_between_lines_or_anywhere(between):
    part = first_part("a.md", "aa", between.join(["word"] * 1_000)).summary
    assert 0 < len(part) <= FIRST_PART_CHARACTERS


def test_the_first_part_of_a_short_report_is_all_of_it():
    assert first_part("a.md", "aa", "Short.") == Artifact("a.md", "aa", "Short.")
