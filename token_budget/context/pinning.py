"""What must go into a prompt first: deliverables that exist, and what the phase pins. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.context.packing import RANGE_TOKENS, packed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from token_budget.context.packing import Offer, Packed
    from token_budget.context.query import ContextQuery

NOT_THERE = "not there"

OUTLINE_PART = 0.5
"""At most this part of what a file may take goes to its outline; else chunks only."""


def pinned_paths(query: ContextQuery, paths: Collection[str]) -> tuple[str, ...]:
    """The files of the index that a phase pins: what it may only read, then deliverables.

    The phases of a run often read the same files and never write the same ones: with those first,
    their prompts begin alike, and a provider's cache serves them. A pinned folder stands for every
    file below it.
    """
    known = set(paths)
    wanted: list[str] = []
    for pinned in query.read_only:
        if pinned in known:
            wanted.append(pinned)
        else:
            below = "" if pinned in {"", "."} else f"{pinned}/"
            wanted.extend(sorted(path for path in known if path.startswith(below)))
    wanted.extend(path for path in query.deliverables if path in known)
    return tuple(dict.fromkeys(wanted))


def unshown_pins(
    query: ContextQuery, paths: Collection[str], left_out: Mapping[str, str]
) -> dict[str, str]:
    """What a phase wants shown and the index does not have, each with the reason.

    Args:
        query: What the phase asks for; a deliverable that is nowhere is yet to be written.
        paths: The files of the index.
        left_out: What was left out of it, each with the reason.
    """
    found = {path: left_out[path] for path in query.deliverables if path in left_out}
    for pinned in query.read_only:
        if pinned not in {"", "."} and not _holds(paths, pinned):
            elsewhere = "all of it is left out" if _holds(left_out, pinned) else NOT_THERE
            found[pinned] = left_out.get(pinned, elsewhere)
    return found


def _holds(paths: Collection[str], pinned: str) -> bool:
    """Whether a file, or a folder with something in it, is among some paths."""
    return pinned in paths or any(path.startswith(f"{pinned}/") for path in paths)


def pack_pinned(offers: Iterable[Offer], allowance: int) -> dict[str, Packed]:
    """Every pinned file: whole if it fits in an equal share, else as much as the share holds.

    What small files leave of their shares is divided among the larger ones. A file whose share does
    not even hold a part of it goes in as its path alone, or not at all.

    Args:
        offers: The pinned files.
        allowance: ``cl100k_base`` tokens for all of them.
    """
    waiting = sorted(offers, key=lambda offer: (offer.whole_tokens, offer.path))
    done: dict[str, Packed] = {}
    left = allowance
    for place, offer in enumerate(waiting):
        one = _fitting(offer, left // (len(waiting) - place))
        if one is not None:
            done[offer.path] = one
            left -= one.tokens
    return done


def _fitting(offer: Offer, share: int) -> Packed | None:
    """As much of one file as a share holds; None: not even its path."""
    if offer.whole_tokens <= share:
        return packed(offer, offer.chunks, outline=False)
    with_outline = 0 < offer.outline_tokens <= OUTLINE_PART * share - offer.frame_tokens
    left = share - packed(offer, (), outline=with_outline).tokens
    left -= offer.frame_tokens
    numbers = []
    for number in sorted(range(len(offer.chunks)), key=lambda number: _worth(offer, number)):
        price = offer.chunks[number].tokens + RANGE_TOKENS
        if price <= left:
            numbers.append(number)
            left -= price
    chunks = tuple(offer.chunks[number] for number in sorted(numbers))
    one = packed(offer, chunks, outline=with_outline)
    return one if one.tokens <= share else None


def _worth(offer: Offer, number: int) -> tuple[float, int]:
    """Sorts chunks: the most value a token first."""
    return -offer.values[number] / (offer.chunks[number].tokens + RANGE_TOKENS), number
