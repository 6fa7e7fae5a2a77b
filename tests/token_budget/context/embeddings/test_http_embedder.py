from __future__ import annotations

import asyncio
import pickle
import socket

import httpx2
import numpy as np
import pytest

from token_budget.context.embeddings.http_embedder import AsyncHttpEmbedder, HttpEmbedder
from token_budget.context.embeddings.openai_compatible import OpenAICompatible
from token_budget.context.embeddings.vectors import unit_vectors
from token_budget.context.errors import EmbedderRefused, EmbedderUnavailable, EmbeddingError

TEXTS = ["def add", "class Stack"]


async def _async_embed(api, texts):
    async with AsyncHttpEmbedder(api) as embedder:
        return await embedder.embed(texts, "document")


def _sync_embed(api, texts):
    with HttpEmbedder(api) as embedder:
        return embedder.embed(texts, "document")


@pytest.fixture(params=["sync", "async"])
def embed(request):
    """A function that embeds texts, blocking or in an event loop."""
    if request.param == "sync":
        return _sync_embed
    return lambda api, texts: asyncio.run(_async_embed(api, texts))


def test_vectors_come_in_the_order_of_the_texts(embed, api):
    one, two = (embed(api(), [text]) for text in TEXTS)
    assert np.array(embed(api(), TEXTS)) == pytest.approx(np.array([*one, *two]))


def test_a_server_may_number_its_vectors_in_any_order(embed, api, embedding_server):
    right = embed(api(), TEXTS)

    def backwards(_server, handler, texts):
        import json

        rows = [{"index": n, "embedding": list(right[n])} for n in reversed(range(len(texts)))]
        content = json.dumps({"data": rows}).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    embedding_server.fault, embedding_server.after = backwards, 1
    assert embed(api(), TEXTS) == right


def test_every_fault_is_an_error_that_says_what_happened(
    embed, api, embedding_server, fault, patience
):
    begins, embedding_server.fault = fault
    with pytest.raises(EmbeddingError) as error:
        unit_vectors("w", embed(api(timeout_seconds=patience), TEXTS), 2, 16)
    assert error.value.reason.startswith(begins)
    assert len(embedding_server.requests) == 1
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


def test_nobody_listens(embed):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        api = OpenAICompatible(f"http://127.0.0.1:{free.getsockname()[1]}/v1", "m", 4)
        with pytest.raises(EmbedderUnavailable, match="cannot be reached"):
            embed(api, ["a"])


def test_a_server_that_repeats_the_key_does_not_make_us_show_it(
    embed, api, embedding_server, http_status
):
    embedding_server.fault = http_status(401, "Incorrect API key:\n sk-secret. " + "x" * 500)
    with pytest.raises(EmbedderRefused) as error:
        embed(api(api_key="sk-secret"), TEXTS)
    assert "Incorrect API key: …." in str(error.value)
    assert "secret" not in str(error.value)
    assert (error.value.status, error.value.reason) == (401, "HTTP 401")
    assert len(str(error.value)) < 300


def test_a_proxy_is_not_used_on_this_machine(embed, api, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert len(embed(api(), TEXTS)) == 2


def test_a_client_of_the_caller_is_left_open(api):
    with httpx2.Client() as client:
        HttpEmbedder(api(), client).close()
        assert len(HttpEmbedder(api(), client).embed(TEXTS, "query")) == 2
