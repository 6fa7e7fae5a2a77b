"""Signs thinking, and knows it again: its own words, after the same conversation."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from benchmarks.messages_api.prompts import content_blocks, conversation_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CHANGED_WORDS = "{place}: Invalid `signature` in `thinking` block"
CHANGED_PREFIX = (
    "{place}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be "
    "modified. These blocks must remain as they were in the original response."
)


class Signer:
    """Signs with a key of its own: nothing has to be remembered."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, thinking: str, messages: Sequence[Mapping[str, Any]]) -> str:
        """The signature of words that were thought after these messages."""
        return f"{self._seal(thinking)}.{self._seal(conversation_text(messages))}"

    def complaint(self, messages: Sequence[Mapping[str, Any]]) -> str | None:
        """What the API says of the first thinking block that is not as it was given out."""
        return next(self._complaints(messages), None)

    def _complaints(self, messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        for number, message in enumerate(messages):
            blocks = content_blocks(message.get("content"))
            for place, block in enumerate(blocks):
                if block.get("type") != "thinking":
                    continue
                before = [*messages[:number], {**message, "content": blocks[:place]}]
                fault = self._fault(block, before if place else before[:-1])
                if fault:
                    yield fault.format(place=f"messages.{number}.content.{place}")

    def _fault(self, block: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> str | None:
        expected = self.sign(str(block.get("thinking")), before)
        words, _, prefix = str(block.get("signature")).partition(".")
        expected_words, _, expected_prefix = expected.partition(".")
        if words != expected_words:
            return CHANGED_WORDS
        return CHANGED_PREFIX if prefix != expected_prefix else None

    def _seal(self, text: str) -> str:
        data = text.encode(errors="surrogatepass")
        return base64.b64encode(hmac.digest(self._key, data, hashlib.sha256)).decode()
