from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from estimators.observed import FORMATS, ObservedFile, ObservedPhase
from estimators.output import OutputEstimator
from token_budget.calibrating import figures, walk
from token_budget.calibration_report import MOST_BROKEN_LINES, calibration_page
from token_budget.pages.document import render

SHIPPED = OutputEstimator.pretrained()
SOURCES = {
    "state": "sqlite:///.token-budget/state.db",
    "mined": 60,
    "phases": 61,
    "merged_before": 3,
    "observed_answers": 4,
    "repeated": 7,
    "out_of_order": 5,
    "not_mined": None,
    "stopped": None,
    "skipped_commits": {"only files that are left out": 1_234},
    "left_out_files": {"lock file": 77},
    "broken_lines": ["phases.jsonl:3: expected <a & b>"],
}


def history(count):
    files = (
        ObservedFile("src/server.py", "modify", 3_000, 3_100, size, size)
        for size in (300 + 97 * number % 4_000 for number in range(count))
    )
    return [ObservedPhase("r", f"c{n}", n, "Change", (one,)) for n, one in enumerate(files)]


def report(count=60, **changed):
    walks = {name: walk(SHIPPED, history(count), name) for name in FORMATS}
    found = SOURCES | {"formats": {name: figures(one) for name, one in walks.items()}} | changed
    return found, ET.fromstring(render(calibration_page(found, walks)))


def tables(page):
    """The rows of every table, by its caption."""
    return {
        table.find("caption").text: [
            ["".join(cell.itertext()) for cell in row] for row in table.iterfind("tbody/tr")
        ]
        for table in page.iter("table")
    }


def sections(page):
    return {one.find("h2").text: one for one in page.iter("section")}


def text(page):
    return " ".join(page.itertext())


@pytest.fixture(scope="module")
def made():
    return report()


def test_every_format_has_its_figures_before_and_after(made):
    found, page = made
    parts = sections(page)
    for name in FORMATS:
        one = found["formats"][name]
        [part] = [part for title, part in parts.items() if f"({name})" in title]
        rows = {row[0]: row[1:] for row in tables(part)["60 phases of 200 tokens or more"]}
        for label, key, form in (
            ("SMAPE", "smape", ".2f"),
            ("MdAPE", "mdape", ".2f"),
            ("Coverage of the 0.5", "coverage_0.5", ".4f"),
            ("Coverage of the 0.9", "coverage_0.9", ".4f"),
            ("Tokens that the 0.9 budgets held", "held_tokens", ",d"),
            ("Budgeted / used", "held_over_actual", ".2f"),
            ("Phases for which", "too_small", ",d"),
        ):
            [shown] = [
                row for start, row in rows.items() if start.startswith(label) and "(s" not in start
            ] or [rows[next(start for start in rows if start.startswith(label))]]
            assert shown == [f"{one[when][key]:{form}}" for when in ("before", "after")]
        assert rows["Tokens that were used"] == [f"{one['actual_tokens']:,}"] * 2
        errors = {f"{one[f'standard_error_{level}']:.4f}" for level in (0.5, 0.9)}
        assert errors <= set(re.findall(r"0\.\d{4}", " ".join(rows)))


def test_every_format_has_its_reliability(made):
    found, page = made
    part = sections(page)["Whole files (whole_file)"]
    [rows] = [rows for caption, rows in tables(part).items() if caption.startswith("Share")]
    one = found["formats"]["whole_file"]
    assert rows == [
        [level, *(f"{one[when]['reliability'][level]:.4f}" for when in ("before", "after"))]
        for level in one["before"]["reliability"]
    ]


def test_every_plot_is_there_with_a_caption(made):
    _, page = made
    titles = [one.find("svg/title").text for one in page.iter("figure")]
    assert titles[:2] == ["SMAPE by output format", "Tokens used and budgeted"]
    assert titles[2:] == [
        "Predicted and actual tokens, before",
        "Predicted and actual tokens, after",
        "Coverage of the 0.9 quantile, rolling over 12 phases",
        "SMAPE of the median, rolling over 12 phases",
        "Reliability of the quantiles",
    ] * len(FORMATS)
    assert all(one.find("figcaption").text for one in page.iter("figure"))


def test_a_dot_a_phase(made):
    _, page = made
    dots = [len(list(one.iter("circle"))) for one in page.iter("svg")]
    assert [number for number in dots if number] == [60] * 2 * len(FORMATS)


def test_what_was_read_and_what_was_left_out_is_told(made):
    _, page = made
    shown = tables(page)
    assert [row[1] for row in shown["What was read"]] == ["60", "61", "3", "4", "7", "5", "1"]
    assert shown["Commits that gave no phase"] == [["only files that are left out", "1,234"]]
    assert shown["Files that were left out of their commits"] == [["lock file", "77"]]
    assert shown["Broken lines"] == [["phases.jsonl:3: expected <a & b>"]]
    assert "kept in sqlite:///.token-budget/state.db" in text(page)


def test_of_many_broken_lines_the_first_are_shown_and_all_are_counted():
    lines = [f"phases.jsonl:{number}: broken" for number in range(1_000)]
    _, page = report(5, broken_lines=lines)
    shown = tables(page)
    assert len(shown["Broken lines"]) == MOST_BROKEN_LINES + 1
    assert shown["Broken lines"][-1] == ["980 more broken lines"]
    assert shown["What was read"][-1][1] == "1,000"


def test_why_commits_are_missing_is_told():
    _, page = report(5, not_mined="no commit was mined: why", stopped="the history is shallow")
    assert "no commit was mined: why" in text(page)
    assert "the history is shallow" in text(page)


def test_hostile_reasons_are_text():
    hostile = "\x00\x1b[31m\ud800</td><script>alert(1)</script>"
    _, page = report(5, skipped_commits={hostile: 1}, broken_lines=[hostile], stopped=hostile)
    assert "<script>alert(1)</script>" in text(page)
    assert not list(page.iter("script"))


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_short_history_has_every_plot(count):
    _, page = report(count)
    assert len(list(page.iter("figure"))) == 2 + 5 * len(FORMATS)


def test_a_format_without_a_phase_says_so():
    walks = {"ndjson": walk(SHIPPED, history(5), "ndjson"), "diff": walk(SHIPPED, [], "diff")}
    found = SOURCES | {"formats": {name: figures(one) for name, one in walks.items()}}
    page = ET.fromstring(render(calibration_page(found, walks)))
    part = sections(page)["Unified diffs (diff)"]
    assert "what the state held of it is kept" in text(part)
    assert len(list(page.iter("figure"))) == 2 + 5
