from __future__ import annotations

import pytest
from rich.console import Console

from benchmarks.calibration_report import section
from benchmarks.calibration_tables import format_tables, sentences, tables

LONG_NAME = "organisation/a-repository-of-long-name"


def printed(found, width=150):
    console = Console(width=width)
    with console.capture() as captured:
        for table in found:
            console.print(table)
    return captured.get()


@pytest.fixture
def unseen(repository_of):
    forecasts = [*repository_of(LONG_NAME, 1_200), *repository_of("new/two", 400, held=0.7)]
    return section("leave-one-out", "ndjson", forecasts)


@pytest.fixture
def seen(repository_of):
    return section("as-shipped", "diff", repository_of(LONG_NAME, 350, in_sample=True))


def test_tables_fit_150_columns_without_cutting_anything(unseen, seen):
    wide = printed([*tables(unseen), *tables(seen)], width=500)
    assert max(len(line.rstrip()) for line in wide.splitlines()) <= 150
    assert f"{LONG_NAME} (in-sample)" in wide


def test_the_headline_comes_first_and_says_what_it_is_over(unseen):
    first = printed([next(tables(unseen))]).splitlines()[0]
    assert first.startswith("HEADLINE: leave-one-out, ndjson, 1,600 phases of 2 repositories")
    assert "not in the fit" in first


def test_without_a_headline_the_tables_say_in_sample(seen):
    text = printed(tables(seen))
    assert "HEADLINE" not in text
    assert "IN-SAMPLE (no headline): as-shipped, diff" in text
    assert "by files and language (in-sample)" in text


def test_estimates_and_baselines_have_their_rows(unseen):
    rows = [line.split() for line in printed([next(tables(unseen))]).splitlines() if line]
    names = [row[0] for row in rows]
    assert names[-6:] == ["cold", "adapted", "tiers", "weights", "formula", "median"]


def test_every_share_of_a_quantile_has_its_standard_error(unseen):
    text = printed([list(tables(unseen))[1]])
    for level in ("0.5", "0.8", "0.9", "0.95", "0.99"):
        line = next(one for one in text.splitlines() if one.startswith(f"{level} "))
        assert line.count("±") == 6


def test_what_a_repository_is_too_short_for_stays_empty(repository_of):
    text = printed(tables(section("leave-one-out", "ndjson", repository_of("a/a", 20))))
    assert "None" not in text
    assert "nan" not in text


def test_violations_are_named_in_a_sentence(unseen):
    found = next(one for one in sentences(unseen) if "VIOLATED" in one)
    assert "new/two (0." in found
    assert LONG_NAME not in found
    assert "(repositories of 300 phases or more: 2)" in found


def test_it_is_said_that_none_violates(repository_of):
    fine = section("leave-one-out", "ndjson", repository_of("a/a", 1_000))
    assert any("none violates it" in one for one in sentences(fine))


def test_it_is_said_that_no_repository_is_long_enough_to_be_judged(repository_of):
    short = section("leave-one-out", "ndjson", repository_of("a/a", 50))
    assert any("not judged" in one for one in sentences(short))


def test_the_last_sentences_are_the_headline(unseen, seen):
    pooled, many, mean = list(sentences(unseen))[-3:]
    assert pooled.startswith("HEADLINE leave-one-out, ndjson, 1,600 phases of 2 repositories")
    assert "all phases: SMAPE" in pooled
    assert "the 640 of 4 files or more: SMAPE" in many
    assert "mean of repositories: SMAPE" in mean
    *_, named, none = sentences(seen)
    assert named == f"as-shipped, diff: in-sample, not in the headline: {LONG_NAME}"
    assert none == "HEADLINE as-shipped, diff: none: every repository was in the shipped fit"


def test_the_worst_repository_is_named(unseen):
    assert any("worst repository: " in one for one in sentences(unseen))


def test_formats_stand_side_by_side(unseen, seen):
    text = printed(format_tables([unseen, seen]))
    assert "leave-one-out, ndjson" in text
    assert "as-shipped, diff (in-sample)" in text
