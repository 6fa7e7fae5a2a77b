"""A prompt as a row of blocks: what is counted, cached and signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Life = Literal["5m", "1h"]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PromptBlock:
    """One tool, one block of the system prompt, or one block of a message.

    Attributes:
        place: Such as ``messages.2.content.0``.
        key: All that makes it what it is, and whose it is: equal blocks have equal keys.
        text: What is counted.
        life: Of the cache breakpoint at its end; None: there is none.
    """

    place: str
    key: str
    text: str
    life: Life | None = None


def prompt_blocks(body: Body) -> tuple[PromptBlock, ...]:
    """The blocks of a request, in the order in which the API caches them.

    A ``cache_control`` of the request itself stands at its last block.
    """
    found = tuple(_blocks(body))
    automatic = body.get("cache_control")
    if not automatic or not found:
        return found
    last = found[-1]
    return (*found[:-1], PromptBlock(last.place, last.key, last.text, _life(body)))


def content_blocks(content: object) -> list[dict[str, Any]]:
    """The content of a message, or a system prompt, as blocks; what is neither has none."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []


def conversation_text(messages: Sequence[Mapping[str, Any]]) -> str:
    """All that was said, in one canonical text, whatever its cache breakpoints."""
    said = [
        (one.get("role"), [_bare(block) for block in content_blocks(one.get("content"))])
        for one in messages
    ]
    return canonical(said)


def canonical(value: object) -> str:
    """A JSON value as one text; equal values give equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _blocks(body: Body) -> Iterator[PromptBlock]:
    for number, tool in enumerate(body.get("tools") or ()):
        yield _block(f"tools.{number}", "tools", tool)
    for number, block in enumerate(content_blocks(body.get("system"))):
        yield _block(f"system.{number}", "system", block)
    for number, message in enumerate(body["messages"]):
        for place, block in enumerate(content_blocks(message.get("content"))):
            owner = f"{number} {message.get('role')}"
            yield _block(f"messages.{number}.content.{place}", owner, block)


def _block(place: str, owner: str, block: Mapping[str, Any]) -> PromptBlock:
    bare = _bare(block)
    text = canonical(bare)
    counted = bare["text"] if isinstance(bare.get("text"), str) else text
    return PromptBlock(place, f"{owner} {text}", counted, _life(block))


def _bare(block: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != "cache_control"}


def _life(block: Mapping[str, Any]) -> Life | None:
    control = block.get("cache_control")
    if not control:
        return None
    return "1h" if control.get("ttl") == "1h" else "5m"
