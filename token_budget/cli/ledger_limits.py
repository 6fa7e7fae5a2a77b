"""Limits as they are written on the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from token_budget.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from token_budget.ledger import Limit

KIND_OF = {
    "output-tokens": "output_tokens",
    "total-tokens": "total_tokens",
    "usd": "micro_usd",
    "calls": "calls",
}
"""The kinds of limits, and what each is called in the books."""

DAILY = "daily"
"""The day that it is, in UTC."""

BETWEEN = ".."

Period = tuple[datetime | None, datetime | None]
"""The first moment and the first one after it; None: there is none."""


def period_from(text: str | None, today: date) -> Period:
    """The period of an option: ``daily``, a day, or two days with ``..`` between them, in UTC.

    The second of two days is the first one after the period.

    Raises:
        ConfigError: It is none of these.
    """
    if text is None:
        return None, None
    try:
        if BETWEEN in text:
            first, last = (_midnight(date.fromisoformat(one)) for one in text.split(BETWEEN))
        else:
            first = _midnight(today if text == DAILY else date.fromisoformat(text))
            last = first + timedelta(days=1)
    except ValueError as error:
        raise _no_period(text) from error
    if first >= last:
        raise _no_period(text)
    return first, last


def changed_limit(
    known: Iterable[Limit], period: Period, wanted: Sequence[str], removed: Sequence[str]
) -> Limit:
    """The limit of a period with some of its figures changed; the others stay.

    Args:
        known: The limits of the scope.
        period: Which of them.
        wanted: Figures, as ``KIND=N``.
        removed: Kinds that are not limited any more; ``all``: none is.

    Raises:
        ConfigError: A kind or a figure cannot be read.
    """
    from token_budget.ledger import Limit

    same = (limit for limit in known if (limit.starts, limit.ends) == period)
    limit = next(same, Limit(starts=period[0], ends=period[1]))
    gone = list(KIND_OF) if "all" in removed else removed
    changes: dict[str, Any] = {_kind(name, "--remove"): None for name in gone}
    return replace(limit, **changes | dict(_figure(text) for text in wanted))


def _figure(text: str) -> tuple[str, int]:
    """The kind and the figure of ``KIND=N``; money is in US dollars."""
    name, _, value = text.partition("=")
    kind = _kind(name, "--set")
    try:
        figure = Decimal(value.replace(",", "").replace("_", ""))
    except InvalidOperation as error:
        raise _no_figure(text) from error
    if kind == "micro_usd":
        figure *= 1_000_000
    if not figure.is_finite() or figure < 0 or figure != figure.to_integral_value():
        raise _no_figure(text)
    return kind, int(figure)


def _kind(name: str, option: str) -> str:
    try:
        return KIND_OF[name]
    except KeyError:
        expected = "one of " + ", ".join(KIND_OF)
        raise ConfigError("unknown limit", f"option {option}", name, expected) from None


def _no_figure(text: str) -> ConfigError:
    expected = "KIND=N with a whole number, or usd=N with at most six decimals"
    return ConfigError("no limit", "option --set", text, expected)


def _no_period(text: str) -> ConfigError:
    expected = "daily, a day such as 2026-11-21, or two days such as 2026-11-01..2026-12-01"
    return ConfigError("no period", "option --period", text, expected)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
