from __future__ import annotations

import json
from dataclasses import replace

import joblib
import pytest

from benchmarks.baselines import MEDIAN_OF_SHIPPED
from benchmarks.calibration_protocols import (
    LEVELS,
    as_shipped,
    held_out,
    is_in_sample,
    leave_one_out,
    median_of,
    quantiles,
    walk,
)
from estimators.errors import HistoryError
from estimators.fit import long_phases, read_repositories
from estimators.observed import FORMATS, ObservedPhase
from estimators.output import OutputEstimator
from estimators.phase_description import PhaseDescription
from estimators.prior import Prior


@pytest.fixture(scope="module")
def repositories(history_files):
    return read_repositories(history_files)


def renamed(phases, name):
    return [replace(one, repo=name) for one in phases]


@pytest.mark.usefixtures("few_trees")
def test_every_long_phase_is_forecast_in_order(repositories):
    found = list(leave_one_out(repositories, "ndjson"))
    assert [own[0].repository for own in found] == list(repositories)
    for own, phases in zip(found, repositories.values(), strict=True):
        long = long_phases(phases, "ndjson")
        assert [one.actual for one in own] == [one.tokens("ndjson") for one in long]
        assert [one.order for one in own] == list(range(len(long)))
        assert not any(one.in_sample for one in own)


@pytest.mark.parametrize("protocol", [leave_one_out, as_shipped])
def test_side_by_side_gives_what_one_after_another_gives(repositories, protocol):
    serial = list(protocol(repositories, "ndjson"))
    assert list(protocol(repositories, "ndjson", jobs=2)) == serial
    with joblib.parallel_config("threading", n_jobs=2):
        assert list(protocol(repositories, "ndjson")) == serial


@pytest.mark.usefixtures("few_trees")
def test_a_repository_teaches_nothing_about_itself_before_it_is_met(repositories):
    name = next(iter(repositories))
    shorter = {**repositories, name: repositories[name][:20]}
    one, other = (held_out(known, name, "ndjson") for known in (repositories, shorter))
    assert len(one) > len(other) > 0
    assert one[: len(other)] == other


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_walk_is_adapting_phase_by_phase(repositories, output_format):
    estimator = OutputEstimator.pretrained()
    phases = next(iter(repositories.values()))[:30]
    forecasts = walk(estimator, phases, output_format, 1_000.0)
    known = estimator
    for one, phase in zip(forecasts, long_phases(phases, output_format), strict=True):
        described = PhaseDescription(phase.deliverables(), phase.title, output_format=output_format)
        assert one.cold == quantiles(estimator, described)
        assert one.adapted == quantiles(known, described)
        known = known.adapt([phase], output_format)
    assert forecasts[-1].adapted != forecasts[-1].cold


def test_short_phases_are_neither_forecast_nor_learnt(repositories):
    phases = next(iter(repositories.values()))[:10]
    short = ObservedPhase.from_json(
        {
            **json.loads(json.dumps(phases[0].as_json())),
            "files": [{**phases[0].as_json()["files"][0], "ndjson_tokens": 199}],
        }
    )
    estimator = OutputEstimator.pretrained()
    assert walk(estimator, [short, *phases], "ndjson", 1.0) == walk(
        estimator, phases, "ndjson", 1.0
    )


def test_quantiles_rise_with_their_level(repositories):
    [own] = as_shipped(dict(list(repositories.items())[:1]), "ndjson")
    assert all(len(one.cold) == len(LEVELS) for one in own)
    assert all(list(one.cold) == sorted(one.cold) for one in own)
    assert all(list(one.adapted) == sorted(one.adapted) for one in own)


def test_repositories_of_the_shipped_fit_are_marked(repositories):
    fitted = Prior.shipped().repositories[0]
    phases = next(iter(repositories.values()))[:5]
    known = {fitted: renamed(phases, fitted), "new/new": renamed(phases, "new/new")}
    seen, unseen = as_shipped(known, "ndjson")
    assert all(one.in_sample for one in seen)
    assert not any(one.in_sample for one in unseen)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("encode/httpx", True),
        ("Encode/HTTPX", True),
        ("httpx", True),
        ("someone/httpx", False),
        ("encode/other", False),
        ("encode", False),
    ],
)
def test_a_clone_without_a_remote_counts_as_the_repository_of_its_folder(name, expected):
    assert is_in_sample(name, Prior({}, ("encode/httpx", "a/b"), 0)) is expected


def test_files_have_the_kind_and_language_of_most(repositories):
    [own] = as_shipped(dict(list(repositories.items())[:1]), "ndjson")
    assert {one.language for one in own} == {"python"}
    assert {one.kind for one in own} == {"code", "test"}
    assert {one.files for one in own} == {1, 2, 3}


@pytest.mark.usefixtures("few_trees")
def test_the_plainest_baseline_is_the_median_of_the_training_phases(repositories):
    name, *others = repositories
    own = held_out(repositories, name, "ndjson")
    usual = median_of({other: repositories[other] for other in others}, "ndjson")
    assert {one.baselines["median"] for one in own} == {usual}
    assert set(MEDIAN_OF_SHIPPED) == set(FORMATS)


def test_one_repository_is_too_few_to_leave_one_out(repositories):
    name, own = next(iter(repositories.items()))
    with pytest.raises(HistoryError, match=r"expected 2 repositories or more .* found 1"):
        leave_one_out({name: own}, "ndjson")


def test_no_long_phase_is_told():
    with pytest.raises(HistoryError, match="expected a phase of 200 tokens or more"):
        as_shipped({}, "ndjson")
