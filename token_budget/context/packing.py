"""Which parts of which files go into a budget: as whole files, chunks, outlines or paths. Pure.

Every part has a value and a price in tokens; the parts with the most value a token are taken until
the budget is full. That is not always the best there is, but how far it can be off is known: see
`Packing.share_of_best`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from token_budget.context.values import Chunk

FILE_TOKENS = 16
"""What stands around a file in the prompt, besides its path: ``cl100k_base`` tokens."""

RANGE_TOKENS = 12
"""The mark of what was left out between two chunks: ``cl100k_base`` tokens."""

PATH_TOKENS = 4
"""What stands around a path in the list of paths: ``cl100k_base`` tokens."""

OUTLINE_SHARE = 0.03
"""What an outline is worth of the whole file: it shows what there is, and not a line to change. A
judgement, not a fit: low enough that outlines take next to nothing from the chunks."""

PATH_SHARE = 0.003
"""What a path alone is worth of the whole file."""

WHOLE_FROM = 0.7
"""A file of which chunks with this share of its tokens are in is shown whole if there is room."""


@dataclass(frozen=True)
class Offer:
    """One file that may go in.

    Attributes:
        path: The file.
        chunks: All its chunks, in order.
        values: The value of each chunk, 0 or more; any unit, the same for all files.
        path_tokens: Tokens of the path.
        outline_tokens: Tokens of the outline; 0: it has none.
    """

    path: str
    chunks: tuple[Chunk, ...]
    values: tuple[float, ...]
    path_tokens: int
    outline_tokens: int = 0

    @property
    def whole_tokens(self) -> int:
        """Tokens of the whole file with what stands around it."""
        return sum(chunk.tokens for chunk in self.chunks) + self.frame_tokens

    @property
    def frame_tokens(self) -> int:
        """Tokens of what stands around any part of the file."""
        return FILE_TOKENS + self.path_tokens


@dataclass(frozen=True, slots=True)
class Packed:
    """What is taken of one file.

    Attributes:
        path: The file.
        chunks: The chunks, in order; all of them: the whole file; none: see the others.
        tokens: The price of all of it: ``cl100k_base`` tokens, about.
        whole: All chunks are in; an empty file has none.
        outline: The outline is in.
    """

    path: str
    chunks: tuple[Chunk, ...]
    tokens: int
    whole: bool = False
    outline: bool = False


@dataclass(frozen=True, slots=True)
class Packing:
    """What goes in.

    Attributes:
        files: By path, in no order that matters.
        tokens: The price of all: ``cl100k_base`` tokens, about.
        value: What it is worth, in the unit of the offers.
        at_most: What no choice within the budget can exceed.
    """

    files: Mapping[str, Packed]
    tokens: int
    value: float
    at_most: float

    @property
    def share_of_best(self) -> float:
        """At least this share of the value of the best choice was reached, 0 to 1."""
        return min(self.value / self.at_most, 1.0) if self.at_most > 0 else 1.0


class _Part(NamedTuple):
    """One thing that may be taken; sorted, the best come first."""

    worth: float  # negative value a token
    path: str
    number: int  # of the chunk; -1 the outline, -2 the path alone
    value: float
    tokens: int


class Parts:
    """What may be taken of some files; made once, though it is packed into several budgets."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        """Take the files, each once."""
        self.offers = {offer.path: offer for offer in offers}
        self.best_first = sorted(part for one in self.offers.values() for part in _parts(one))
        self._bound = _Bound(self.best_first)
        self._everything = sum(sum(offer.values) for offer in self.offers.values())

    def at_most(self, budget: int) -> float:
        """What no choice within a budget can exceed."""
        # A file is worth no more than all its chunks, though the bound counts its path beside them.
        return min(self._bound.within(budget), self._everything)


def pack(parts: Parts, budget: int) -> Packing:
    """Take the parts with the most value a token that fit.

    Args:
        parts: What may be taken.
        budget: ``cl100k_base`` tokens.
    """
    offers = parts.offers
    taken = _taken(parts, budget)
    files = {path: _packed(offers[path], each) for path, each in taken.items()}
    files = _rounded_up(files, offers, budget)
    value = sum(_value(offers[path], one) for path, one in files.items())
    spent = sum(one.tokens for one in files.values())
    return Packing(files, spent, value, max(value, parts.at_most(budget)))


def _taken(parts: Parts, budget: int) -> dict[str, list[_Part]]:
    taken: dict[str, list[_Part]] = {}
    left = float(budget)
    for part in parts.best_first:
        if part.tokens > left:
            continue
        price = _price(part, parts.offers[part.path], taken.get(part.path))
        if price <= left:
            taken.setdefault(part.path, []).append(part)
            left -= price
    return taken


def _parts(offer: Offer) -> list[_Part]:
    everything = sum(offer.values)
    parts = [
        _part(offer.path, number, value, chunk.tokens + RANGE_TOKENS)
        for number, (chunk, value) in enumerate(zip(offer.chunks, offer.values, strict=True))
        if value > 0
    ]
    if not parts:
        return []
    if offer.outline_tokens:
        parts.append(_part(offer.path, -1, OUTLINE_SHARE * everything, offer.outline_tokens))
    parts.append(_part(offer.path, -2, PATH_SHARE * everything, offer.path_tokens + PATH_TOKENS))
    return parts


def _part(path: str, number: int, value: float, tokens: int) -> _Part:
    return _Part(-value / max(tokens, 1), path, number, value, tokens)


def _price(part: _Part, offer: Offer, taken: Sequence[_Part] | None) -> float:
    """What a part costs beside what is taken of its file; more than any budget: it adds nothing."""
    if part.number == -2:
        return float("inf") if taken else part.tokens
    if part.number == -1 and taken and any(one.number >= 0 for one in taken):
        return float("inf")
    framed = bool(taken) and any(one.number != -2 for one in taken or ())
    return part.tokens + (0 if framed else offer.frame_tokens)


def _packed(offer: Offer, taken: Iterable[_Part]) -> Packed:
    numbers = sorted(part.number for part in taken)
    chunks = tuple(offer.chunks[number] for number in numbers if number >= 0)
    return packed(offer, chunks, outline=-1 in numbers and not chunks)


def packed(offer: Offer, chunks: tuple[Chunk, ...], *, outline: bool) -> Packed:
    """These chunks of a file, in order, with their price; a whole file needs no outline."""
    if len(chunks) == len(offer.chunks):  # none of an empty file
        return Packed(offer.path, chunks, offer.whole_tokens, whole=True)
    if not chunks and not outline:
        return Packed(offer.path, (), offer.path_tokens + PATH_TOKENS)
    tokens = offer.frame_tokens + sum(chunk.tokens + RANGE_TOKENS for chunk in chunks)
    if outline:
        tokens += offer.outline_tokens + (offer.frame_tokens if chunks else 0)
    return Packed(offer.path, chunks, tokens, outline=outline)


def _rounded_up(
    files: Mapping[str, Packed], offers: Mapping[str, Offer], budget: int
) -> dict[str, Packed]:
    """Files of which most is in, whole, as far as there is room."""
    left = budget - sum(one.tokens for one in files.values())
    rounded = dict(files)
    for path, one in sorted(files.items()):
        whole = offers[path].whole_tokens
        if one.chunks and one.tokens >= WHOLE_FROM * whole and whole - one.tokens <= left:
            left -= whole - one.tokens
            rounded[path] = packed(offers[path], offers[path].chunks, outline=False)
    return rounded


def _value(offer: Offer, one: Packed) -> float:
    if not one.chunks:
        return (OUTLINE_SHARE if one.outline else PATH_SHARE) * sum(offer.values)
    shown = {chunk.first_line for chunk in one.chunks}
    each = zip(offer.chunks, offer.values, strict=True)
    return sum(value for chunk, value in each if chunk.first_line in shown)


class _Bound:
    """The value if parts could be cut and frames cost nothing: no choice is worth more.

    The relaxation of Dantzig (1957); marks between chunks, which a whole file saves, are left out.
    """

    def __init__(self, parts: Sequence[_Part]) -> None:
        marks = [RANGE_TOKENS if part.number >= 0 else 0 for part in parts]
        tokens = np.maximum(np.array([part.tokens for part in parts]) - np.array(marks), 1.0)
        values = np.array([part.value for part in parts])
        order = np.argsort(-values / tokens, kind="stable")
        self._tokens = _summed(tokens[order])
        self._values = _summed(values[order])

    def within(self, budget: int) -> float:
        return float(np.interp(budget, self._tokens, self._values))


def _summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(values)])
