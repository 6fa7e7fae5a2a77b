from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from token_budget.ledger import Amount, Ledger, Limit, Usage
from token_budget.telemetry.report import NO_NAME, empty_report, report_of
from token_budget.telemetry.shown import overview_rows

DAY = 86_400


@pytest.fixture
def filled(telemetry, make_round, make_phase):
    """A phase of two rounds that was cut off once; one that failed; a round under way."""
    scope = ("run", "a")
    first = make_round(scope=scope, stop_reason="max_tokens", unused=100, request_id=None)
    second = make_round(scope=scope, round=2, thinking=0, continues=True, output=500)
    sums = {"rounds": 2, "used": 10_000, "output": 2_000, "visible": 1_500, "wasted": 100}
    telemetry.write(make_phase(scope=scope, **sums, continuation_tokens=500), [first, second])
    other = {"scope": ("run", "b"), "model": "other", "category": None, "at": first.at + DAY}
    refused = make_round(**other, stop_reason="refusal", unused=1_100, operations_kept=0)
    telemetry.write(make_phase(**other, outcome="failed", wasted=1_500), [refused])
    dead = {"scope": ("run", "c"), "at": first.at + DAY, "stop_reason": None}
    from token_budget.telemetry import write_round

    with telemetry.database.writing() as connection:
        write_round(connection, make_round(**dead))
    return telemetry.database


def test_the_whole_in_figures(filled):
    found = report_of(filled)
    whole = found["whole"]
    assert (whole["rounds"], whole["truncated"], whole["stop_reason_unknown"]) == (4, 1, 1)
    assert whole["truncation_rate"] == pytest.approx(1 / 3, abs=1e-4)
    assert (whole["phases"], whole["complete"], whole["failed"]) == (2, 1, 1)
    assert whole["rounds_per_phase"] == 1.5
    assert found["rounds_without_outcome"] == 1
    assert (whole["wasted_tokens"], whole["wasted_share"]) == (1_600, round(1_600 / 3_500, 4))
    assert whole["thinking_tokens"] == 3 * 400
    assert whole["continuation_tokens"] == 500
    assert (whole["operations_kept"], whole["operations_applied"]) == (9, 6)


def test_the_calibration_of_the_estimates(filled):
    calibration = report_of(filled)["whole"]["calibration"]
    half, upper = calibration["0.5"], calibration["0.9"]
    assert half == {
        "answers": 1, "held": 0, "unknown": 1, "coverage": 0.0, "standard_error": 0.5
    }  # fmt: skip
    assert upper == {
        "answers": 1, "held": 1, "unknown": 1, "coverage": 1.0, "standard_error": 0.3
    }  # fmt: skip


def test_groups_add_up_to_the_whole(filled):
    found = report_of(filled)
    for groups in found["groups"].values():
        for name in ("rounds", "phases", "used_tokens", "wasted_tokens"):
            assert sum(one[name] for one in groups.values()) == found["whole"][name]
    assert list(found["groups"]["day"]) == ["2027-01-15", "2027-01-16"]
    assert set(found["groups"]["model"]) == {"claude-opus-5-5", "other"}
    assert set(found["groups"]["category"]) == {"backend", NO_NAME}


def test_a_report_since_a_day_leaves_out_earlier_ones(filled):
    found = report_of(filled, date(2027, 1, 16))
    assert (found["since"], found["whole"]["rounds"]) == ("2027-01-16", 2)
    assert report_of(filled, date(2027, 1, 17))["empty"]


def test_spend_is_what_the_ledger_says(url):
    with Ledger(url) as ledger:
        ledger.set_limit(("run",), Limit(total_tokens=20_000))
        ledger.set_limit((), Limit.daily(date(2027, 1, 15), calls=10))
        with ledger.reserve(("run", "a"), Amount(2_000, 5_000)) as held:
            held.settle(1, Usage(3_000, 1_000), model="m")
        found = report_of(ledger.database)
    daily, run = found["spend"]["limits"]
    assert (run["scope"], run["kind"], run["limit"]) == ("run", "total_tokens", 20_000)
    assert (run["spent"], run["held"], run["used_share"]) == (4_000, 0, 0.2)
    assert (daily["kind"], daily["starts"]) == ("calls", "2027-01-15T00:00:00+00:00")
    assert found["spend"]["whole"]["total_tokens"]["spent"] == 4_000


def test_contexts_add_up(telemetry, make_phase, context_facts):
    lexical = replace(context_facts, context_mode="lexical", embedding_misses=60)
    for number, context in enumerate([context_facts, lexical, None]):
        telemetry.write(make_phase(scope=("run", str(number)), context=context))
    found = report_of(telemetry.database)
    whole = found["whole"]["context"]
    assert whole["phases"] == 2
    assert whole["modes"] == {"lexical": 1, "partly embedded": 1, "embedded": 0}
    assert (whole["context_tokens"], whole["budget_share"]) == (48_000, 0.8)
    assert (whole["embedding_hits"], whole["cached_share"]) == (60, round(60 / 130, 4))
    assert (whole["artifacts_substituted"], whole["artifact_tokens_avoided"]) == (2, 7_200)
    assert found["context_reasons"] == {"the cap of 5 texts is reached": 2}
    shown = dict(overview_rows(found))
    assert shown["… tokens, of their budgets"] == "48,000 (80.0%)"
    assert shown["Files whole, as chunks, outline, path, not in"] == "12, 14, 16, 18, 80"
    assert shown["Not by embeddings: the cap of 5 texts is reached"] == "2"


def test_without_contexts_nothing_is_said_of_them(filled):
    found = report_of(filled)
    assert found["whole"]["context"]["phases"] == 0
    assert not [name for name, _ in overview_rows(found) if "context" in name]


def test_empty_books_have_an_empty_report(database):
    found = report_of(database)
    assert found["empty"]
    assert found["whole"]["truncation_rate"] is None
    assert set(found) == set(empty_report("nowhere"))
