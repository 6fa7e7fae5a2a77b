from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from token_budget.storage import Database
from token_budget.telemetry import Telemetry, compaction
from token_budget.telemetry.compaction import Compacted
from token_budget.telemetry.report import report_of
from token_budget.telemetry.sums import one_snapshot
from token_budget.telemetry.tables import telemetry_round

DAY = 86_400
FIRST = datetime(2027, 1, 10, 12, tzinfo=UTC).timestamp()


@pytest.fixture
def filled(telemetry, make_round, make_phase, context_facts):
    """Ten days of made-up attempts of three models, in two categories or none."""
    chance = random.Random(20_270_110)
    for number in range(60):
        common = {
            "scope": ("run", f"phase {number}"),
            "at": FIRST + chance.randrange(10) * DAY,
            "model": chance.choice(["a", "b", "c"]),
            "category": chance.choice(["backend", "tests", None]),
        }
        stop = chance.choice(["end_turn", "max_tokens", "refusal", None])
        one = make_round(**common, stop_reason=stop, unused=chance.randrange(1_100))
        outcome = chance.choice(["complete", "incomplete", "failed"])
        visible = chance.randrange(4_000)
        context = chance.choice([None, replace(context_facts, context_tokens=number)])
        fields = {"outcome": outcome, "visible": visible, "wasted": 7, "context": context}
        telemetry.write(make_phase(**common, **fields), [one])
    return telemetry


def live(connection):
    return connection.scalar(sa.select(sa.func.count()).select_from(telemetry_round))


def reports(telemetry):
    days = (None, date(2027, 1, 12), date(2027, 1, 15), date(2028, 1, 1))
    return [report_of(telemetry.database, since) for since in days]


@pytest.mark.parametrize("before", [date(2027, 1, 1), date(2027, 1, 15), date(2030, 1, 1)])
def test_no_report_changes(filled, before):
    expected = reports(filled)
    done = filled.compact(before)
    assert reports(filled) == expected
    assert done.rounds == done.phases
    assert filled.compact(before) == Compacted(0, 0)
    assert reports(filled) == expected


def test_everything_can_be_compacted_in_steps(filled):
    expected = reports(filled)
    steps = [filled.compact(date(2027, 1, day)) for day in range(11, 21)]
    assert sum(step.rounds for step in steps) == 60
    assert reports(filled) == expected


def test_what_is_recorded_later_is_added(filled, make_round, make_phase):
    filled.compact(date(2027, 1, 20))
    before = filled.summed()
    late = {"scope": ("run", "late"), "at": FIRST, "model": "a", "category": "tests"}
    filled.write(make_phase(**late), [make_round(**late)])
    filled.compact(date(2027, 1, 20))
    after = filled.summed()
    assert (after["rounds"], after["used"]) == (before["rounds"] + 1, before["used"] + 5_000)
    assert after["complete"] == before["complete"] + 1


def test_a_compaction_that_fails_changes_nothing(filled, monkeypatch):
    expected = reports(filled)

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(compaction, "figures", broken)
    with pytest.raises(RuntimeError):
        filled.compact(date(2030, 1, 1))
    assert reports(filled) == expected


def test_a_snapshot_does_not_see_a_compaction(filled, url):
    other = Telemetry(Database(url))
    with filled.database.reading() as connection:
        one_snapshot(connection)
        before = live(connection)
        assert other.compact(date(2030, 1, 1)).rounds == before == 60
        assert live(connection) == before
    with filled.database.reading() as connection:
        assert live(connection) == 0
    other.database.close()
