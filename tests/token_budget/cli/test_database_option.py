from __future__ import annotations

import pytest

from token_budget.cli.database_option import driver_explained
from token_budget.errors import ConfigError

URL = "postgresql+psycopg://me:secret@host/books"


def test_a_driver_that_is_not_installed_is_named_with_the_way_to_get_it():
    missing = ModuleNotFoundError("No module named 'psycopg'")
    with pytest.raises(ConfigError, match="no driver: No module") as caught, driver_explained(URL):
        raise missing
    assert "token-budget[postgres]" in str(caught.value)
    assert "secret" not in str(caught.value)
