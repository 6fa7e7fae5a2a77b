from __future__ import annotations

import pytest

from token_budget.context.embeddings.http_embedder import HttpEmbedder
from token_budget.context.embeddings.voyage import Voyage
from token_budget.errors import ConfigError


def test_queries_and_documents_are_told_apart(embedding_server):
    api = Voyage("secret", "voyage-code-3", 16, base_url=embedding_server.url)
    with HttpEmbedder(api) as embedder:
        embedder.embed(["a", "b"], "document")
        embedder.embed(["c"], "query")
    first, second = embedding_server.requests
    assert first == {
        "path": "/v1/embeddings", "model": "voyage-code-3", "input": ["a", "b"],
        "input_type": "document", "output_dimension": 16, "truncation": True,
    }  # fmt: skip
    assert (second["input_type"], second["input"]) == ("query", ["c"])
    assert embedding_server.headers[0]["Authorization"] == "Bearer secret"


def test_its_name_its_place_and_no_key():
    api = Voyage("secret", build="2026-11")
    assert (api.name, api.revision, api.dimension) == ("voyage/voyage-code-3", "2026-11", 1_024)
    assert api.url == "https://api.voyageai.com/v1/embeddings"
    assert "secret" not in repr(api)


def test_settings_that_cannot_work_are_refused():
    with pytest.raises(ConfigError, match="api_key"):
        Voyage("ü")
    with pytest.raises(ConfigError, match="dimension"):
        Voyage("k", dimension=0)
