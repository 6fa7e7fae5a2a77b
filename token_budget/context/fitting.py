"""Fill a budget, and never exceed it: pack, write, count what was written, and pack again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_budget.context.packing import Packing, pack
from token_budget.context.pinning import pack_pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from token_budget.context.packing import Offer, Parts

PINNED_SHARE = 0.6
"""Pinned files that are larger than this share of the budget leave the rest to what was found:
with all of it spent on a few large files, the prompt would lack what they depend on. Of 72 missing
files 54 % were found in 8,000 tokens with a share of 0.75, 47 % with 0.9 and 58 % with 0.5, which
cuts more of the pinned ones."""

FRAME_TOKENS = 48
"""What stands around all files: ``cl100k_base`` tokens."""

FULL = 0.985
"""A section that fills this share of its budget is not packed again to fill it better."""

ATTEMPTS = 4
"""How often a section is packed again to fill its budget; each time it is counted as a whole."""


@dataclass(frozen=True, slots=True)
class Written:
    """A packing as it will be sent.

    Attributes:
        packing: What is in it.
        text: The section of the prompt; empty for nothing.
        tokens: Of the text, as the given counter counts: the model's tokens.
    """

    packing: Packing
    text: str
    tokens: int


def packed_with_pins(
    pinned: Sequence[Offer], others: Parts, room: int, pinned_share: float
) -> Packing:
    """Pinned files first, then whatever is worth most.

    Args:
        pinned: The files that must come first.
        others: What may be taken of all other files.
        room: ``cl100k_base`` tokens.
        pinned_share: Of the room, for pinned files that do not fit in it whole.
    """
    room -= FRAME_TOKENS
    share = pinned_share if others.offers else 1.0
    done = pack_pinned(pinned, max(int(room * share), 0))
    left = room - sum(one.tokens for one in done.values())
    rest = pack(others, left)
    tokens = room - left + rest.tokens
    return Packing({**done, **rest.files}, tokens, rest.value, rest.at_most)


def fitted(
    make: Callable[[int], Packing],
    write: Callable[[Packing], str],
    count: Callable[[str], int],
    budget: int,
    room: int,
) -> Written:
    """The fullest section that stays within the budget.

    Args:
        make: Packs so many ``cl100k_base`` tokens.
        write: Writes a packing as it will be sent.
        count: Counts the model's tokens of a text.
        budget: The model's tokens.
        room: ``cl100k_base`` tokens that the budget is expected to hold.
    """
    best: Written | None = None
    for _ in range(ATTEMPTS):
        written = _written(make(room), write, count)
        if written.tokens <= budget:
            if best and written.tokens <= best.tokens:
                break
            best = written
            if written.tokens >= FULL * budget or not written.tokens:
                break
        room = _next_room(room, written.tokens, budget)
    while best is None:
        room = room * 3 // 4
        written = _written(make(room), write, count)
        best = written if written.tokens <= budget or room <= 0 else None
    return best if best.tokens <= budget else Written(Packing({}, 0, 0.0, 0.0), "", 0)


def expected_room(budget: int, sized: Callable[[int], int]) -> int:
    """The most ``cl100k_base`` tokens whose expected size in the model's tokens is in the budget.

    Args:
        budget: The model's tokens.
        sized: What so many ``cl100k_base`` tokens are in the model's own; must not fall.
    """
    low, high = 0, max(budget, 1)
    while sized(high) <= budget and high < 8 * max(budget, 1):
        high *= 2
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sized(middle) <= budget else (low, middle - 1)
    return low


def _written(
    packing: Packing, write: Callable[[Packing], str], count: Callable[[str], int]
) -> Written:
    text = write(packing) if packing.files else ""
    return Written(packing, text, count(text) if text else 0)


def _next_room(room: int, tokens: int, budget: int) -> int:
    """The room that would have filled the budget, a little less where it was overfull."""
    if not tokens:
        return 2 * room
    exact = room * budget / tokens
    return int(exact if tokens <= budget else 0.99 * exact)
