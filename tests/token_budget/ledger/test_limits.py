from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from token_budget.errors import LedgerValueError
from token_budget.ledger.limits import FIRST_MOMENT, LAST_MOMENT, Limit

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_limit_without_a_period_holds_for_good():
    assert Limit(total_tokens=5).period == (FIRST_MOMENT, LAST_MOMENT)


def test_a_day_is_a_day_of_utc():
    limit = Limit.daily(date(2026, 11, 21), total_tokens=5)
    assert limit.period == (NOON.timestamp() - 43_200, NOON.timestamp() + 43_200)


def test_a_moment_counts_wherever_it_was_told():
    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))
    assert Limit(starts=elsewhere).period == Limit(starts=NOON).period


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"total_tokens": -1}, "limit.total_tokens"),
        ({"micro_usd": 1.5}, "limit.micro_usd"),
        ({"starts": datetime(2026, 1, 1)}, "limit.starts"),
        ({"starts": NOON, "ends": NOON}, "limit.ends"),
    ],
)
def test_what_is_no_limit_is_named(settings, place):
    with pytest.raises(LedgerValueError) as error:
        Limit(**settings)
    assert error.value.place == place
