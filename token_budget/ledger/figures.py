"""The one check of every figure that enters the books."""

from __future__ import annotations

from token_budget.errors import LedgerValueError

LARGEST_FIGURE = 10**15
"""No count and no sum of money here may be larger, in tokens or millionths of a US dollar: sums of
thousands of such figures still fit in the 64 bits of a database's integer."""


def whole(value: object, place: str, largest: int = LARGEST_FIGURE) -> int:
    """``value``, if it is a whole number from 0 to ``largest``.

    Raises:
        LedgerValueError: It is not; the message names ``place``.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest:
        return value
    raise LedgerValueError(place, value, f"a whole number from 0 to {largest:,}")
