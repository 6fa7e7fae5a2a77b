from __future__ import annotations

import asyncio

import pytest

from token_budget.context.embeddings.named import async_embedder_named, embedder_named
from token_budget.errors import ConfigError


def test_a_service_like_openais(embedding_server):
    embedder = embedder_named(f"openai:nomic:v1.5@16={embedding_server.url}", "secret")
    assert (embedder.name, embedder.dimension) == ("openai-compatible/nomic:v1.5", 16)
    assert len(embedder.embed(["a"], "query")) == 1
    assert embedding_server.requests[0]["model"] == "nomic:v1.5"
    embedder.close()


def test_voyage():
    embedder = embedder_named("voyage:voyage-code-3@512", "secret")
    assert (embedder.name, embedder.dimension) == ("voyage/voyage-code-3", 512)
    embedder.close()


def test_for_an_event_loop(embedding_server):
    async def ask():
        embedder = async_embedder_named(f"openai:m@16={embedding_server.url}")
        async with embedder:
            return await embedder.embed(["a", "b"], "document")

    assert len(asyncio.run(ask())) == 2


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nomic",
        "openai:m=http://h",
        "openai:m@0=http://h",
        "openai:m@8=h",
        "voyage:m",
        "voyage:m@8",
        "local:/no/such/folder",
    ],
)
def test_a_name_that_means_nothing_is_refused(name):
    for named in (embedder_named, async_embedder_named):
        with pytest.raises(ConfigError):
            named(name)
