from __future__ import annotations

import json

import pytest

from benchmarks.calibration_figures import figures
from benchmarks.calibration_report import by_language, by_repository, files_of, section, summary


@pytest.fixture
def mixed(repository_of):
    unseen = [*repository_of("new/one", 120), *repository_of("new/two", 400, held=0.7)]
    return [*repository_of("old/one", 50, held=1.0, in_sample=True), *unseen]


def test_the_headline_is_over_repositories_that_the_fit_did_not_see(mixed):
    report = section("as-shipped", "ndjson", mixed)
    unseen = [one for one in mixed if not one.in_sample]
    assert report["headline"]["repositories"] == 2
    assert report["headline"]["pooled"] == figures(unseen)
    assert report["in_sample"]["pooled"]["phases"] == 50
    assert [row["in_sample"] for row in report["repositories"]] == [True, False, False]


def test_without_repositories_of_a_kind_their_figures_are_none(repository_of):
    seen = section("as-shipped", "ndjson", repository_of("a/a", 20, in_sample=True))
    assert seen["headline"] is None
    unseen = section("leave-one-out", "ndjson", repository_of("a/a", 20))
    assert unseen["in_sample"] is None


def test_the_mean_counts_repositories_and_the_pooled_figures_phases(mixed):
    found = section("as-shipped", "ndjson", mixed)["headline"]
    shares = [row["cold"]["coverage"]["0.9"]["share"] for row in by_repository(mixed)[1:]]
    mean = found["mean_of_repositories"]["cold"]["coverage"]["0.9"]["share"]
    assert mean == pytest.approx(sum(shares) / 2)
    pooled = found["pooled"]["cold"]["coverage"]["0.9"]["share"]
    assert pooled == pytest.approx((120 * shares[0] + 400 * shares[1]) / 520)


def test_repositories_that_are_not_covered_as_asked_are_named(mixed):
    report = section("as-shipped", "ndjson", mixed)
    assert report["judged"] == 1
    assert [one["repository"] for one in report["violations"]] == ["new/two"]
    fine = section("as-shipped", "ndjson", [one for one in mixed if one.repository != "new/two"])
    assert (fine["judged"], fine["violations"]) == (0, [])


def test_the_worst_repository_has_the_largest_error(forecast):
    near = [forecast(repository="a/near", actual=500)]
    far = [forecast(repository="a/far", actual=5_000)]
    assert summary([*near, *far])["worst"] == {"cold": "a/far", "adapted": "a/far"}


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (1, "1 file"),
        (2, "2 to 3 files"),
        (3, "2 to 3 files"),
        (4, "4 files or more"),
        (60, "4 files or more"),
    ],
)
def test_phases_are_split_by_their_number_of_files(forecast, files, name):
    assert files_of(forecast(files=files)) == name


def test_rare_languages_are_put_together_at_the_end(forecast):
    counts = {"go": 99, "python": 100, "rust": 150, "c": 1}
    forecasts = [forecast(language=name) for name, count in counts.items() for _ in range(count)]
    rows = by_language(forecasts)
    assert [(row["name"], row["phases"]) for row in rows] == [
        ("rust", 150),
        ("python", 100),
        ("other", 100),
    ]


def test_every_phase_is_in_one_part_of_a_split(mixed):
    found = section("as-shipped", "ndjson", mixed)["headline"]
    for split in ("by_files", "by_language"):
        assert sum(row["phases"] for row in found[split]) == found["pooled"]["phases"]


def test_a_section_is_plain_json(mixed):
    report = section("as-shipped", "ndjson", mixed)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
