"""An embedder behind HTTP: one driver for every service, blocking or not.

embedder = HttpEmbedder(OpenAICompatible("http://localhost:11434/v1", "nomic-embed-text", 768))
with embedder:
    vectors = embedder.embed(["def add(a, b):"], "document")
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

import httpx2

from token_budget.context.embeddings.http_answers import most_bytes, rows_of
from token_budget.context.embeddings.http_transport import Exchange, aposted, posted
from token_budget.context.embeddings.protocol import EmbedderFacts, TextKind
from token_budget.context.embeddings.settings import goes_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike


class EmbeddingsApi(EmbedderFacts, Protocol):
    """How a service is asked; a value without a connection."""

    @property
    def url(self) -> str:
        """Where requests go."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What goes with them: the key."""

    @property
    def timeout_seconds(self) -> float:
        """How long one answer may take."""

    def body(self, texts: Sequence[str], kind: TextKind) -> Mapping[str, object]:
        """What is sent for texts."""


class _Facts:
    """What is known of the service without asking it."""

    def __init__(self, api: EmbeddingsApi) -> None:
        self.api = api
        self.name, self.revision = api.name, api.revision
        self.dimension, self.maximum_batch = api.dimension, api.maximum_batch

    def _exchange(self, texts: Sequence[str], kind: TextKind) -> Exchange:
        body = json.dumps(self.api.body(texts, kind), ensure_ascii=False, separators=(",", ":"))
        return Exchange(
            self.name,
            self.api.url,
            self.api.headers,
            body.encode("utf-8", "replace"),
            timeout_seconds=self.api.timeout_seconds,
            most_bytes=most_bytes(len(texts), self.dimension),
        )


class HttpEmbedder(_Facts):
    """An `Embedder` behind HTTP; threads may share it.

    Attributes:
        api: How the service is asked.
    """

    def __init__(self, api: EmbeddingsApi, client: httpx2.Client | None = None) -> None:
        """Use a service.

        Args:
            api: How it is asked.
            client: Whose connections are used, and left open; None: own ones, through the proxy
                that the environment names, except to this machine.
        """
        super().__init__(api)
        self._own = client is None
        self._client = client or httpx2.Client(trust_env=goes_out(api.url))

    def embed(self, texts: Sequence[str], kind: TextKind) -> ArrayLike:
        """As `Embedder.embed`; one request."""
        body = posted(self._client, self._exchange(texts, kind))
        return rows_of(self.name, body, len(texts))

    def close(self) -> None:
        """Close own connections."""
        if self._own:
            self._client.close()

    def __enter__(self) -> HttpEmbedder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncHttpEmbedder(_Facts):
    """An `AsyncEmbedder` behind HTTP, for one event loop.

    Attributes:
        api: How the service is asked.
    """

    def __init__(self, api: EmbeddingsApi, client: httpx2.AsyncClient | None = None) -> None:
        """As `HttpEmbedder`."""
        super().__init__(api)
        self._own = client is None
        self._client = client or httpx2.AsyncClient(trust_env=goes_out(api.url))

    async def embed(self, texts: Sequence[str], kind: TextKind) -> ArrayLike:
        """As `AsyncEmbedder.embed`; one request."""
        body = await aposted(self._client, self._exchange(texts, kind))
        return rows_of(self.name, body, len(texts))

    async def aclose(self) -> None:
        """Close own connections."""
        if self._own:
            await self._client.aclose()

    async def __aenter__(self) -> AsyncHttpEmbedder:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
