"""Open databases."""

from __future__ import annotations

import pytest

from token_budget.storage import Database


@pytest.fixture
def server_url(empty_database, server):
    return empty_database(server)


@pytest.fixture
def on_server(server_url):
    opened = Database(server_url)
    yield opened
    opened.close()


@pytest.fixture
def database(url):
    """A database of each kind."""
    opened = Database(url)
    yield opened
    opened.close()
