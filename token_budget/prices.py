"""What tokens cost: prices by genai-prices, or by the user's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from token_budget.errors import ConfigError
from token_budget.models import bare_model_id
from token_budget.price_sheet import PriceSheet, PriceTier

if TYPE_CHECKING:
    from token_budget.config import Provider

WRITE_5M_FACTOR = Decimal("1.25")
"""A cache write that lives five minutes, in prices of plain input (Anthropic's price list)."""

WRITE_1H_FACTOR = Decimal(2)
"""A cache write that lives an hour, in prices of plain input (Anthropic's price list)."""

_OWN_NAMES = (
    "input_mtok",
    "output_mtok",
    "cache_read_mtok",
    "cache_write_5m_mtok",
    "cache_write_1h_mtok",
)
"""What a user may set of a model, in the order of `PriceTier`; the first two must be given."""

_WEB_SEARCHES = "web_searches_kcount"
"""What a user may set beside them: a thousand searches that the provider runs."""

_PRICE = "US dollars for a million tokens, 0 or more"
_PRICE_OF_SEARCHES = "US dollars for a thousand searches, 0 or more"


class PriceBook:
    """The prices of every model: a user's own, and else those of genai-prices."""

    def __init__(
        self, settings: Mapping[str, Mapping[str, Any]] | None = None, place: str = "prices"
    ) -> None:
        """Check a user's own prices; genai-prices is not loaded yet.

        Args:
            settings: By model id: ``input_mtok`` and ``output_mtok``, and if they are known
                ``cache_read_mtok``, ``cache_write_5m_mtok``, ``cache_write_1h_mtok``, in US
                dollars for a million tokens. Without them a cache read costs what plain input
                does, and a write 1.25 or 2 times that. ``web_searches_kcount`` is in US dollars
                for a thousand searches; without it what they cost is unknown.
            place: What to call the settings in a message.

        Raises:
            ConfigError: A price is missing or wrong; the message names it.
        """
        self._own = {
            bare_model_id(model): _own_prices(prices, f"{place}.{model}")
            for model, prices in (settings or {}).items()
        }

    def sheet(self, model: str, provider: Provider = "anthropic") -> PriceSheet:
        """The prices of a model today.

        Raises:
            ConfigError: The provider is none of ours.
        """
        own = self._own.get(bare_model_id(model))
        if own is not None:
            tier, web_search = own
            return PriceSheet(model, provider, "the configuration", (tier,), web_search)
        from token_budget.listed_prices import listed_sheet

        return listed_sheet(model, provider, datetime.now(UTC).date())


def _own_prices(prices: object, place: str) -> tuple[PriceTier, Decimal | None]:
    """A user's own prices, which have no tiers, and that of a search."""
    if not isinstance(prices, Mapping):
        raise ConfigError("wrong value", place=place, value=prices, expected="a table of prices")
    for name in prices:
        if name not in (*_OWN_NAMES, _WEB_SEARCHES):
            expected = "one of " + ", ".join((*_OWN_NAMES, _WEB_SEARCHES))
            raise ConfigError(
                "unknown price", place=f"{place}.{name}", value=name, expected=expected
            )
    plain = _own_price(prices, "input_mtok", place)
    output = _own_price(prices, "output_mtok", place)
    stand_ins = (plain, plain * WRITE_5M_FACTOR, plain * WRITE_1H_FACTOR)
    cached = (
        _own_price(prices, name, place) if name in prices else stand_in
        for name, stand_in in zip(_OWN_NAMES[2:], stand_ins, strict=True)
    )
    return PriceTier(0, plain, output, *cached), _own_web_search(prices, place)


def _own_web_search(prices: Mapping[str, object], place: str) -> Decimal | None:
    if _WEB_SEARCHES not in prices:
        return None
    return 1_000 * _own_price(prices, _WEB_SEARCHES, place, _PRICE_OF_SEARCHES)


def _own_price(
    prices: Mapping[str, object], name: str, place: str, expected: str = _PRICE
) -> Decimal:
    price = prices.get(name)
    if isinstance(price, int | float | Decimal) and not isinstance(price, bool):
        exact = Decimal(str(price))
        if exact.is_finite() and exact >= 0:
            return exact
    raise ConfigError("wrong value", place=f"{place}.{name}", value=price, expected=expected)
