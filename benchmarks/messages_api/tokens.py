"""A model's own measure of text, which nobody outside of the server knows."""

from __future__ import annotations

import math
import random
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from token_budget.count_engines import count_with, pieces, preferred_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktoken import Encoding

    from benchmarks.messages_api.prompts import PromptBlock

LEAST_FACTOR, LARGEST_FACTOR = 1.1, 1.8
"""Tokens of Claude models for one ``cl100k_base`` token: what is published spans this range."""

MESSAGE_TOKENS = 4
"""What the frame of a message costs in a prompt: its role and its ends."""

REMEMBERED_COUNTS = 4_096
"""Texts of which the count is remembered: every round sends those of the rounds before again."""


class TokenMeasure:
    """Counts and cuts text in tokens that are ``factor`` times as many as in ``cl100k_base``.

    Attributes:
        factor: The hidden factor.
    """

    def __init__(self, factor: float) -> None:
        if not factor > 0:
            raise ValueError(f"factor: expected a positive number, found {factor!r}")
        self.factor = factor

    @classmethod
    def drawn(cls, seed: int) -> TokenMeasure:
        """A measure whose factor nobody chose."""
        return cls(random.Random(seed).uniform(LEAST_FACTOR, LARGEST_FACTOR))

    def count(self, text: str) -> int:
        """The tokens of a text."""
        return math.ceil(_count(text) * self.factor)

    def of_blocks(self, blocks: Sequence[PromptBlock]) -> list[int]:
        """The tokens of each block of a prompt; the frame of a message counts with its first."""
        return [
            self.count(one.text) + MESSAGE_TOKENS * one.place.endswith(".content.0")
            for one in blocks
        ]

    def fits(self, text: str, tokens: int) -> bool:
        """Whether a text takes no more than so many tokens."""
        return self.count(text) <= tokens

    def cut(self, text: str, tokens: int) -> str:
        """The longest beginning of a text, in whole ``cl100k_base`` tokens, that fits.

        A character that the cut would split is left out.
        """
        if self.fits(text, tokens):
            return text
        kept = _token_ids(text)[: math.floor(tokens / self.factor)]
        return _encoding().decode_bytes(kept).decode(errors="ignore")


@lru_cache(maxsize=REMEMBERED_COUNTS)
def _count(text: str) -> int:
    return count_with(preferred_engine(), _well_formed(text))


def _token_ids(text: str) -> list[int]:
    encode = _encoding().encode_ordinary
    return [number for piece in pieces(_well_formed(text)) for number in encode(piece)]


@cache
def _encoding() -> Encoding:
    """The encoding, once the library has loaded it from its own table: nothing is downloaded."""
    from tiktoken import get_encoding

    count_with("tiktoken", "")
    return get_encoding("cl100k_base")


def _well_formed(text: str) -> str:
    """The text with every lone surrogate, which no tokenizer takes, replaced."""
    return text.encode(errors="replace").decode()
