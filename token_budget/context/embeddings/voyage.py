"""Voyage AI's ``/v1/embeddings``, which embeds queries and documents differently."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from token_budget.context.embeddings.settings import (
    check_count,
    check_key,
    check_seconds,
    check_url,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from token_budget.context.embeddings.protocol import TextKind

VOYAGE_URL = "https://api.voyageai.com/v1"


@dataclass(frozen=True, slots=True)
class Voyage:
    """How Voyage is asked; give it to `HttpEmbedder` or `AsyncHttpEmbedder`.

    Attributes:
        api_key: What is sent as ``Authorization: Bearer …``.
        model: Such as ``voyage-code-3``.
        dimension: 256, 512, 1024 or 2048 for the models that can be shortened.
        build: As in `OpenAICompatible`.
        maximum_batch: Texts of one request; the service takes 1,000, older models 128.
        timeout_seconds: How long one answer may take.
        base_url: Up to and with ``/v1``.
    """

    api_key: str = field(repr=False)
    model: str = "voyage-code-3"
    dimension: int = 1_024
    build: str = field(default="", kw_only=True)
    maximum_batch: int = field(default=128, kw_only=True)
    timeout_seconds: float = field(default=30.0, kw_only=True)
    base_url: str = field(default=VOYAGE_URL, kw_only=True)

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
        """The name of the embedder."""
        return f"voyage/{self.model}"

    @property
    def revision(self) -> str:
        """The build; nothing else changes vectors."""
        return self.build

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.base_url.rstrip('/')}/embeddings"

    @property
    def headers(self) -> Mapping[str, str]:
        """The key."""
        return {"Authorization": f"Bearer {self.api_key}"}

    def body(self, texts: Sequence[str], kind: TextKind) -> Mapping[str, object]:
        """What is sent for texts."""
        return {
            "model": self.model,
            "input": list(texts),
            "input_type": kind,
            "output_dimension": self.dimension,
            "truncation": True,
        }
