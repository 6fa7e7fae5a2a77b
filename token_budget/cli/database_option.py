"""The option ``--db``: what to say where the driver of a database is not installed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from token_budget.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def driver_explained(url: str) -> Iterator[None]:
    """Open a database within the block.

    Raises:
        ConfigError: Its driver is not installed; the message says how to install it.
    """
    try:
        yield
    except ImportError as error:
        from token_budget.storage import shown_url

        expected = "postgresql+psycopg://… with `pip install 'token-budget[postgres]'`"
        raise ConfigError(
            f"no driver: {error}", "argument --db", shown_url(url), expected
        ) from error
