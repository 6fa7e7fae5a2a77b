"""A server that embeds over real HTTP on this machine, for tests; it can fail in every way."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

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
