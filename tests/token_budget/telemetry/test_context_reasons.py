from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from token_budget.telemetry.context_reasons import reasons

DAY = 86_400
CAP, OFF = "the cap of 5 texts is reached", "no embedder is configured"


@pytest.fixture
def filled(telemetry, make_phase, context_facts):
    """Two days: CAP, OFF and none on the first; OFF twice and no context on the second."""
    first = make_phase().at
    told = [(first, CAP), (first, OFF), (first, ""), (first + DAY, OFF), (first + DAY, OFF)]
    for number, (at, reason) in enumerate(told):
        context = replace(context_facts, context_reason=reason)
        telemetry.write(make_phase(scope=("run", str(number)), at=at, context=context))
    telemetry.write(make_phase(scope=("run", "none"), at=first + DAY))
    return telemetry


def counted(telemetry, since=None):
    with telemetry.database.reading() as connection:
        return dict(reasons(connection, since))


def test_each_reason_is_counted_and_none_is_no_reason(filled):
    assert counted(filled) == {CAP: 1, OFF: 3}
    assert counted(filled, date(2027, 1, 16)) == {OFF: 2}


@pytest.mark.parametrize("day", [date(2027, 1, 15), date(2027, 1, 16), date(2027, 1, 20)])
def test_what_is_compacted_counts_as_before(filled, day):
    filled.compact(day)
    filled.compact(day)
    assert counted(filled) == {CAP: 1, OFF: 3}
    assert counted(filled, date(2027, 1, 16)) == {OFF: 2}
