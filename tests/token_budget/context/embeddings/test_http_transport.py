from __future__ import annotations

import httpx2
import pytest

from token_budget.context.embeddings.http_transport import ERROR_BYTES, Exchange, posted
from token_budget.context.errors import BadVectors, EmbedderRefused, EmbedderUnavailable


def exchange(url="http://127.0.0.1:1/", **settings):
    known = {"timeout_seconds": 5.0, "most_bytes": 10}
    headers = {"Authorization": "Bearer key"}
    return Exchange("e", url, headers, b"{}", **{**known, **settings})


def test_pieces_of_an_answer_are_put_together():
    one = exchange()
    assert one.receive(b"ab", 200)
    assert one.receive(b"cd", 200)
    assert one.answer(200) == b"abcd"


def test_an_answer_that_is_too_long_is_refused():
    with pytest.raises(BadVectors, match="longer than 10 bytes"):
        exchange().receive(b"x" * 11, 200)


def test_an_answer_that_takes_too_long_is_refused():
    with pytest.raises(EmbedderUnavailable, match="no answer within -1 s"):
        exchange(timeout_seconds=-1).receive(b"x", 200)


def test_of_an_error_only_the_beginning_is_read():
    one = exchange()
    assert one.receive(b"Bearer key is wrong", 500)
    assert not one.receive(b"x" * ERROR_BYTES, 500)
    with pytest.raises(EmbedderRefused, match=r"HTTP 500 \(Bearer … is wrong"):
        one.answer(500)


@pytest.mark.parametrize("url", ["http://[", "nonsense://host/", "/relative"])
def test_a_url_of_the_callers_own_settings_is_no_crash(url):
    with httpx2.Client() as client, pytest.raises(EmbedderUnavailable):
        posted(client, exchange(url))
