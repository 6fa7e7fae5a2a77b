"""A server that embeds over real HTTP on this machine, and can fail in every way; caches."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from token_budget.context.cache_database import CacheDatabase
from token_budget.context.embeddings.http_embedder import HttpEmbedder
from token_budget.context.embeddings.openai_compatible import OpenAICompatible
from token_budget.context.embeddings.vector_cache import VectorCache
from token_budget.context.embeddings.vector_tables import EMBEDDING_PART

DIMENSION = 16


def word_vector(text):
    """A vector in which texts that share words are near each other; of length 3, not 1."""
    row = np.zeros(DIMENSION)
    for word in text.split():
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
        row += np.random.default_rng(seed).standard_normal(DIMENSION)
    return 3 * row / np.linalg.norm(row)


def answered(texts):
    rows = [{"index": n, "embedding": word_vector(one).tolist()} for n, one in enumerate(texts)]
    return {"object": "list", "data": rows, "model": "words"}


class EmbeddingServer:
    """Counts what it is asked; ``fault`` says how it fails, ``after`` how many answers come first.

    ``gate`` is held back by tests of slowness: a slow answer ends with the test.
    """

    def __init__(self):
        self.requests, self.headers, self.fault, self.after = [], [], None, 0
        self.gate = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, handler):
        asked = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.requests.append({"path": handler.path, **asked})
        self.headers.append(dict(handler.headers))
        healthy = len(self.requests) <= self.after or self.fault is None
        if healthy:
            send(handler, 200, json.dumps(answered(asked["input"])).encode())
        else:
            self.fault(self, handler, asked["input"])

    def close(self):
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()


def send(handler, status, body):
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def status(code, said='{"error": {"message": "no"}}'):
    return lambda _server, handler, _texts: send(handler, code, said.encode())


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
