"""Any service that speaks OpenAI's ``/v1/embeddings``: Ollama, vLLM, TEI, LM Studio, OpenAI."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from token_budget.context.embeddings.settings import (
    check_count,
    check_key,
    check_seconds,
    check_url,
    revision_with,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from token_budget.context.embeddings.protocol import TextKind


@dataclass(frozen=True, slots=True)
class OpenAICompatible:
    """How such a service is asked; give it to `HttpEmbedder` or `AsyncHttpEmbedder`.

    Attributes:
        base_url: Up to and with ``/v1``, such as ``http://localhost:11434/v1``.
        model: As the service calls it.
        dimension: How many numbers its vectors have.
        api_key: What is sent as ``Authorization: Bearer …``; None: nothing is.
        build: What tells builds of the model apart that have one name; change it when the
            service's vectors change.
        maximum_batch: Texts of one request; text-embeddings-inference takes 32 by default.
        timeout_seconds: How long one answer may take.
        query_prefix: What the model wants before a query, such as ``search_query: ``.
        document_prefix: What it wants before a document.
        shortened: Whether the service is asked for ``dimension`` numbers, where the model has more.
    """

    base_url: str
    model: str
    dimension: int
    api_key: str | None = field(default=None, repr=False, kw_only=True)
    build: str = field(default="", kw_only=True)
    maximum_batch: int = field(default=32, kw_only=True)
    timeout_seconds: float = field(default=30.0, kw_only=True)
    query_prefix: str = field(default="", kw_only=True)
    document_prefix: str = field(default="", kw_only=True)
    shortened: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse settings that cannot work.

        Raises:
            ConfigError: One cannot.
        """
        check_url("base_url", self.base_url)
        check_count("dimension", self.dimension)
        check_count("maximum_batch", self.maximum_batch)
        check_seconds("timeout_seconds", self.timeout_seconds)
        check_key("api_key", self.api_key)

    @property
    def name(self) -> str:
        """The name of the embedder; the service is no part of it, so that machines may differ."""
        return f"openai-compatible/{self.model}"

    @property
    def revision(self) -> str:
        """The build, and the settings that change vectors."""
        return revision_with(
            self.build,
            query_prefix=self.query_prefix,
            document_prefix=self.document_prefix,
            shortened=self.shortened,
        )

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.base_url.rstrip('/')}/embeddings"

    @property
    def headers(self) -> Mapping[str, str]:
        """The key, if there is one."""
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}

    def body(self, texts: Sequence[str], kind: TextKind) -> Mapping[str, object]:
        """What is sent for texts."""
        prefix = self.query_prefix if kind == "query" else self.document_prefix
        asked: dict[str, object] = {
            "model": self.model,
            "input": [prefix + text for text in texts],
            "encoding_format": "float",
        }
        return {**asked, "dimensions": self.dimension} if self.shortened else asked
