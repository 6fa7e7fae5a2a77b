from __future__ import annotations

import pytest

from token_budget.context.embeddings.settings import (
    check_count,
    check_key,
    check_seconds,
    check_url,
    goes_out,
    revision_with,
)
from token_budget.errors import ConfigError


@pytest.mark.parametrize("url", ["http://localhost:11434/v1", "https://[::1]/v1", "http://h"])
def test_urls_of_services(url):
    check_url("base_url", url)


@pytest.mark.parametrize(
    "url", ["", "localhost:11434", "ftp://h/", "http://", "http://h:x/", "http://[", "http://h:0"]
)
def test_what_is_no_url_is_refused(url):
    with pytest.raises(ConfigError, match="base_url"):
        check_url("base_url", url)


def test_a_password_in_a_url_is_refused_and_not_repeated():
    with pytest.raises(ConfigError) as error:
        check_url("base_url", "http://user:secret@host/v1")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("value", [0, -1, True, 1.0, "8", None])
def test_what_counts_nothing_is_refused(value):
    with pytest.raises(ConfigError, match="dimension"):
        check_count("dimension", value)


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_what_is_no_time_is_refused(value):
    with pytest.raises(ConfigError, match="timeout"):
        check_seconds("timeout", value)


@pytest.mark.parametrize("key", ["schlüssel-secret", "secret\nX-Other: 1"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(key):
    with pytest.raises(ConfigError) as error:
        check_key("api_key", key)
    assert "secret" not in str(error.value)


def test_a_revision_changes_with_what_changes_vectors():
    assert revision_with("7", query_prefix="", shortened=False) == "7"
    known = revision_with("7", query_prefix="query: ", shortened=False)
    assert known.startswith("7+")
    assert known == revision_with("7", shortened=False, query_prefix="query: ")
    assert known != revision_with("7", document_prefix="query: ")


@pytest.mark.parametrize(
    ("url", "out"),
    [
        ("http://localhost:1/v1", False),
        ("http://127.0.0.9/v1", False),
        ("http://[::1]/v1", False),
        ("http://10.0.0.1/v1", True),
        ("https://api.example.org/v1", True),
    ],
)
def test_what_stays_on_this_machine_needs_no_proxy(url, out):
    assert goes_out(url) is out
