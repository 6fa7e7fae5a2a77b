"""A response of the API, made from what an author writes and what the request allows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.messages_api.abilities import Abilities
    from benchmarks.messages_api.prompt_cache import CacheUse
    from benchmarks.messages_api.tokens import TokenMeasure
    from benchmarks.messages_api.writing import ToolCall, Written

SHOWN_THINKING = "Weighing what to write, and in which order. "
"""Thinking comes back as a summary: its text says nothing of how many tokens it took."""

SUMMARISED = 40
"""One sentence of the summary stands for this many tokens."""

LONGEST_SUMMARY = 50
"""Sentences of a summary at the most."""


class Allowance(NamedTuple):
    """How many tokens may be written, and what it is called when they run out."""

    tokens: int
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, before it is put on the wire.

    Attributes:
        blocks: The content.
        stop_reason: Why it ends there.
        output_tokens: All that was written, thinking included.
        thinking_tokens: Those of thinking.
        stop_sequence: The one that was met.
        cut_input: The JSON, so far, of the tool call that was cut off, as streams show it.
    """

    blocks: tuple[dict[str, Any], ...]
    stop_reason: str
    output_tokens: int
    thinking_tokens: int = 0
    stop_sequence: str | None = None
    cut_input: str | None = None

    @property
    def text(self) -> str:
        """Its text blocks, one after the other."""
        return "".join(one["text"] for one in self.blocks if one["type"] == "text")


def compose(
    written: Written,
    allowance: Allowance,
    measure: TokenMeasure,
    stop_sequences: Sequence[str],
    sign: Callable[[str], str],
) -> Answer:
    """The answer as far as the allowance lets it come.

    Args:
        written: What the author writes.
        allowance: The room; thinking, text and tool calls take from it in this order.
        measure: Of tokens.
        stop_sequences: Of the request.
        sign: The signature of a thinking text.
    """
    sheet = _Sheet(allowance, measure, full=not allowance.tokens)
    if written.thinking_tokens:
        sheet.think(written.thinking_tokens, sign)
    text, met = _before_stop(written.text, stop_sequences)
    sheet.write(text)
    for number, call in enumerate(() if met is not None else written.tool_calls):
        sheet.call(call, number)
    reason = "stop_sequence" if met is not None else written.stop_reason
    return sheet.answer(reason, met)


def allowance(
    body: Mapping[str, Any], model: Abilities, prompt: int, most: int | None
) -> Allowance:
    """What may be written: the smallest of the ceiling, the window and what the author says.

    Args:
        body: The request.
        model: Who writes.
        prompt: Its tokens.
        most: See `Written.most_tokens`.
    """
    room = model.context_window - prompt
    ceiling = body["max_tokens"] if most is None else min(body["max_tokens"], most)
    if room < ceiling:
        return Allowance(room, "model_context_window_exceeded")
    return Allowance(ceiling, "max_tokens")


def message(answer: Answer, identifier: str, model: str, use: CacheUse) -> dict[str, Any]:
    """The JSON of a response."""
    return {
        "id": identifier,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": list(answer.blocks),
        "stop_reason": answer.stop_reason,
        "stop_sequence": answer.stop_sequence,
        "stop_details": _stop_details(answer.stop_reason),
        "usage": usage(answer, use),
    }


def usage(answer: Answer, use: CacheUse) -> dict[str, Any]:
    """What is billed."""
    return {
        "input_tokens": use.fresh,
        "cache_creation_input_tokens": use.written_5m + use.written_1h,
        "cache_read_input_tokens": use.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": use.written_5m,
            "ephemeral_1h_input_tokens": use.written_1h,
        },
        "output_tokens": answer.output_tokens,
        "output_tokens_details": {"thinking_tokens": answer.thinking_tokens},
        "service_tier": "standard",
    }


@dataclass(slots=True)
class _Sheet:
    """An answer that is being written, until its allowance runs out."""

    allowance: Allowance
    measure: TokenMeasure
    blocks: list[dict[str, Any]] = field(default_factory=list)
    used: int = 0
    thinking_tokens: int = 0
    full: bool = False
    cut_input: str | None = None

    @property
    def room(self) -> int:
        return 0 if self.full else self.allowance.tokens - self.used

    def think(self, tokens: int, sign: Callable[[str], str]) -> None:
        """Thinking that leaves no room for an answer was cut off: it has no signature."""
        sentences = min(max(tokens // SUMMARISED, 1), LONGEST_SUMMARY)
        self.full = tokens >= self.room
        self.thinking_tokens = min(tokens, self.allowance.tokens)
        self.used += self.thinking_tokens
        if not self.thinking_tokens:
            return
        words = SHOWN_THINKING * sentences
        signature = "" if self.full else sign(words)
        self.blocks.append({"type": "thinking", "thinking": words, "signature": signature})

    def write(self, text: str) -> None:
        kept = self._taken(text)
        if kept:
            self.blocks.append({"type": "text", "text": kept})

    def call(self, call: ToolCall, number: int) -> None:
        if self.room <= 0:
            self.full = True
            return
        raw = json.dumps(call.input, ensure_ascii=False)
        kept = self._taken(raw)
        whole = not self.full
        self.cut_input = None if whole else kept
        self.blocks.append(
            {
                "type": "tool_use",
                "id": call.identifier or f"toolu_{number:024d}",
                "name": call.name,
                "input": call.input if whole else {},
            }
        )

    def answer(self, reason: str, met: str | None) -> Answer:
        least = min(1, self.allowance.tokens)  # an empty answer is billed too
        return Answer(
            blocks=tuple(self.blocks),
            stop_reason=self.allowance.reason if self.full else reason,
            output_tokens=self.allowance.tokens if self.full else max(self.used, least),
            thinking_tokens=self.thinking_tokens,
            stop_sequence=None if self.full else met,
            cut_input=self.cut_input,
        )

    def _taken(self, text: str) -> str:
        """As much of a text as there is room for."""
        if self.full or not text:
            return ""
        kept = self.measure.cut(text, self.room)
        self.full = kept != text
        self.used += self.measure.count(kept)
        return kept


def _before_stop(text: str, stop_sequences: Sequence[str]) -> tuple[str, str | None]:
    """The text before the first stop sequence in it, and which one that is."""
    found = [(text.find(one), one) for one in stop_sequences if one and one in text]
    if not found:
        return text, None
    place, met = min(found)
    return text[:place], met


def _stop_details(reason: str) -> dict[str, str] | None:
    if reason != "refusal":
        return None
    explanation = "This request triggered restrictions on harmful content."
    return {"type": "refusal", "category": "general_harms", "explanation": explanation}
