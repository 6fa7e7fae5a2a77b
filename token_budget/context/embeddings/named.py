"""Embedders as a command line or a file of settings names them.

openai:MODEL@DIMENSION=URL     openai:nomic-embed-text@768=http://localhost:11434/v1
voyage:MODEL@DIMENSION         voyage:voyage-code-3@1024
local:FOLDER                   local:/models/all-MiniLM-L6-v2
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from token_budget.context.embeddings.openai_compatible import OpenAICompatible
from token_budget.context.embeddings.voyage import Voyage
from token_budget.errors import ConfigError

if TYPE_CHECKING:
    from token_budget.context.embeddings.http_embedder import EmbeddingsApi
    from token_budget.context.embeddings.protocol import AsyncEmbedder, Embedder

EXPECTED = "openai:MODEL@DIMENSION=URL, voyage:MODEL@DIMENSION or local:FOLDER"

_OPENAI = re.compile(r"openai:(?P<model>.+)@(?P<dimension>[0-9]{1,6})=(?P<url>https?://.+)")
_VOYAGE = re.compile(r"voyage:(?P<model>[^@]+)@(?P<dimension>[0-9]{1,6})")
_LOCAL = "local:"


def embedder_named(name: str, api_key: str | None = None) -> Embedder:
    """The embedder of a name; nothing is asked of it yet.

    Args:
        name: As above.
        api_key: What a service wants to see; Voyage always does.

    Raises:
        ConfigError: The name means nothing, a setting is wrong, or a package is missing.
    """
    if name.startswith(_LOCAL):
        from token_budget.context.embeddings.sentence_transformers import (
            SentenceTransformersEmbedder,
        )

        return SentenceTransformersEmbedder(Path(name.removeprefix(_LOCAL)))
    from token_budget.context.embeddings.http_embedder import HttpEmbedder

    return HttpEmbedder(_api_named(name, api_key))


def async_embedder_named(name: str, api_key: str | None = None) -> AsyncEmbedder:
    """As `embedder_named`, for an event loop."""
    if name.startswith(_LOCAL):
        from token_budget.context.embeddings.threaded import ThreadedEmbedder

        return ThreadedEmbedder(embedder_named(name))
    from token_budget.context.embeddings.http_embedder import AsyncHttpEmbedder

    return AsyncHttpEmbedder(_api_named(name, api_key))


def _api_named(name: str, api_key: str | None) -> EmbeddingsApi:
    if found := _OPENAI.fullmatch(name):
        return OpenAICompatible(
            found["url"], found["model"], int(found["dimension"]), api_key=api_key
        )
    if found := _VOYAGE.fullmatch(name):
        if not api_key:
            raise ConfigError("Voyage wants a key", "embedder", name, "a key beside the name")
        return Voyage(api_key, found["model"], int(found["dimension"]))
    raise ConfigError("no such embedder", "embedder", name, EXPECTED)
