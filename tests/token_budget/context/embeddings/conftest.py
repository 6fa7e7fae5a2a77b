"""Ways in which the server that embeds can fail, settings for it, and caches."""

from __future__ import annotations

import json
import time

import pytest

from tests.embedding_server import DIMENSION, EmbeddingServer, answered, send, status
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.embeddings.http_embedder import HttpEmbedder
from token_budget.context.embeddings.openai_compatible import OpenAICompatible
from token_budget.context.embeddings.vector_cache import VectorCache
from token_budget.context.embeddings.vector_tables import EMBEDDING_PART


def body(make):
    """A fault in a whole answer: ``make`` changes what would have been right."""

    def fault(_server, handler, texts):
        send(handler, 200, make(answered(texts)))

    return fault


def changed(change):
    def make(answer):
        change(answer["data"])
        return json.dumps(answer).encode()

    return body(make)


def silence(server, handler, _texts):
    server.gate.wait(10)


def dripping(server, handler, _texts):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(400):
        if server.gate.is_set():
            return
        try:
            handler.wfile.write(b" ")
        except OSError:
            return
        time.sleep(0.02)


def hanging_up(_server, handler, _texts):
    handler.connection.close()


def half_an_answer(_server, handler, _texts):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [')


def endless(server, handler, _texts):
    handler.send_response(200)
    handler.end_headers()
    while not server.gate.is_set():
        try:
            handler.wfile.write(b" " * 65_536)
        except OSError:
            return


def _zeros(data):
    data[-1]["embedding"] = [0] * DIMENSION


def _nan(data):
    data[-1]["embedding"][3] = float("nan")


def _short(data):
    data[-1]["embedding"].pop()


def _words(data):
    data[-1]["embedding"][0] = "0.5"


def _strings(data):
    data[-1]["embedding"] = "base64"


def _huge(data):
    data[-1]["embedding"] = [1e308] * DIMENSION


def _truth(data):
    data[-1]["embedding"] = [True] * DIMENSION


def _all_short(data):
    for one in data:
        one["embedding"].pop()


def _twice(data):
    for one in data:
        one["index"] = 1


FAULTS = {
    "HTTP 401": status(401),
    "HTTP 429": status(429),
    "HTTP 500": status(500, "<html>down</html>"),
    "HTTP 302": status(302),
    "HTTP 204": status(204, ""),
    "no answer within": silence,
    "no answer within ": dripping,
    "the connection failed": hanging_up,
    "the connection failed:": half_an_answer,
    "its answer is longer than": endless,
    "its answer is no JSON": body(lambda _: b"<html>"),
    "its answer is no JSON ": body(lambda _: b"[" * 3_000),
    'its answer has no list "data"': body(lambda _: b"[]"),
    "expected 2 vectors, found 1": changed(lambda data: data.pop()),
    "expected a list of numbers in data[1]": changed(_strings),
    "its vectors are not numbered": changed(_twice),
    "expected 2 x 16 numbers, found 2 x 15": changed(_all_short),
    "its vectors are of different sizes": changed(_short),
    "expected a list of numbers in data[1]. ": changed(_words),
    "expected a list of numbers in data[1].": changed(_truth),
    "a vector is all zeros": changed(_zeros),
    "a vector holds what is no finite number": changed(_nan),
    "a vector holds what is no finite number,": changed(_huge),
}
"""By how the message begins; a space or a sign at the end only tells two of a kind apart."""


@pytest.fixture
def embedding_server():
    started = EmbeddingServer()
    yield started
    started.close()


@pytest.fixture(params=sorted(FAULTS))
def fault(request):
    """The beginning of a message, and what makes the server fail so."""
    return request.param.rstrip(), FAULTS[request.param]


@pytest.fixture
def patience(fault):
    """Seconds to wait for an answer: few where none comes, enough for a busy machine elsewhere."""
    return 0.4 if fault[0].startswith("no answer") else 30


@pytest.fixture
def http_status():
    return status


@pytest.fixture
def api(embedding_server):
    """A function that makes settings for the server."""

    def make(**settings):
        known = {"timeout_seconds": 5.0, "maximum_batch": 4}
        return OpenAICompatible(embedding_server.url, "words", DIMENSION, **{**known, **settings})

    return make


@pytest.fixture
def embedder(api):
    with HttpEmbedder(api()) as made:
        yield made


@pytest.fixture
def database(url):
    """An empty cache of each kind of database."""
    opened = CacheDatabase(url, EMBEDDING_PART)
    yield opened
    opened.close()


@pytest.fixture
def cache(database):
    return VectorCache(database)
