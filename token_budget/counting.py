"""Token counts: exact in ``cl100k_base`` tokens, and expected in a model's own."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal, get_args

from token_budget.count_engines import count_with, preferred_engine
from token_budget.models import ModelCatalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from token_budget.count_engines import Engine
    from token_budget.model_fields import TokenizerGeneration
    from token_budget.models import ModelLimits

ContentKind = Literal["code", "prose", "data"]

CACHED_COUNTS = 16_384
"""Counts that a counter remembers; the least recently used goes first. About 4 MB."""

UNCACHED_CHARACTERS = 32
"""Texts up to this length are counted as fast as they are looked up."""


@dataclass(frozen=True, slots=True)
class ModelTokens:
    """A length in a model's own tokens.

    Attributes:
        count: Expected tokens.
        log_spread: Standard deviation of the logarithm of the real figure.
        generation: The generation of tokenizer that was reckoned with.
        assumed: The model's tokenizer is not known: the generation with more tokens was taken,
            and the spread is wider.
    """

    count: float
    log_spread: float
    generation: TokenizerGeneration
    assumed: bool = False


class TokenCounter:
    """Counts ``cl100k_base`` tokens; remembers its counts by the content of the text.

    Text that looks like a special token (``<|endoftext|>``) is ordinary text. A lone surrogate,
    which UTF-8 cannot hold, counts as U+FFFD; a pair of them as the character that it means.
    Safe to share between threads.

    Attributes:
        engine: What counts: ``bpe-openai`` where it is installed, else ``tiktoken``; both give the
            same counts.
    """

    def __init__(self, engine: Engine | None = None, *, cached_counts: int = CACHED_COUNTS) -> None:
        """Choose the engine; it is loaded with the first text.

        Args:
            engine: None: the faster one that is installed.
            cached_counts: How many counts are remembered; 0: none.
        """
        self.engine: Engine = engine or preferred_engine()
        self._capacity = cached_counts
        self._counts: OrderedDict[bytes, int] = OrderedDict()
        self._lock = Lock()

    def count(self, text: str) -> int:
        """The tokens of ``text``.

        Raises:
            CountingError: The engine cannot be loaded; the message says how to put it right.
        """
        text, data = _encoded(text)
        if len(text) <= UNCACHED_CHARACTERS or not self._capacity:
            return count_with(self.engine, text)
        key = hashlib.blake2b(data, digest_size=16).digest()
        tokens = self._recalled(key)
        if tokens is None:
            tokens = count_with(self.engine, text)
            self._remember(key, tokens)
        return tokens

    def count_many(self, texts: Iterable[str]) -> list[int]:
        """The tokens of each text, in their order.

        Raises:
            CountingError: As `count`.
        """
        return [self.count(text) for text in texts]

    @staticmethod
    def in_model_tokens(
        count: float, model: str | ModelLimits, content_kind: ContentKind
    ) -> ModelTokens:
        """The function `in_model_tokens` with the shipped catalogue."""
        return in_model_tokens(count, model, content_kind)

    def _recalled(self, key: bytes) -> int | None:
        with self._lock:
            if key not in self._counts:
                return None
            self._counts.move_to_end(key)
            return self._counts[key]

    def _remember(self, key: bytes, tokens: int) -> None:
        with self._lock:
            self._counts[key] = tokens
            if len(self._counts) > self._capacity:
                self._counts.popitem(last=False)


def in_model_tokens(
    count: float,
    model: str | ModelLimits,
    content_kind: ContentKind,
    catalogue: ModelCatalogue | None = None,
) -> ModelTokens:
    """What ``count`` tokens of ``cl100k_base`` are in a model's own tokens.

    The rates, and where they come from, stand in ``models.toml``.

    Args:
        count: ``cl100k_base`` tokens.
        model: A model id, or its limits.
        content_kind: Code, prose or data.
        catalogue: Where the rates are; None: the shipped one.

    Raises:
        ValueError: The count is negative, or the kind is none of the three.
    """
    if count < 0:
        raise ValueError(f"count: expected 0 or more tokens, found {count!r}")
    if content_kind not in get_args(ContentKind):
        raise ValueError(f"content_kind: expected code, prose or data, found {content_kind!r}")
    catalogue = catalogue or ModelCatalogue.shipped()
    limits = catalogue.resolve(model) if isinstance(model, str) else model
    rates = catalogue.tokenizers[limits.tokenizer]
    rate: float = getattr(rates, content_kind)
    assumed = not limits.tokenizer_known
    log_spread = catalogue.unknown_log_spread if assumed else rates.log_spread
    return ModelTokens(count * rate, log_spread, limits.tokenizer, assumed)


def _encoded(text: str) -> tuple[str, bytes]:
    """``text`` as UTF-8 can hold it, and that UTF-8."""
    try:
        return text, text.encode()
    except UnicodeEncodeError:
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole, whole.encode()
