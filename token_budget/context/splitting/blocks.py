"""Blocks of lines, nested as their authors nested them, and how they become chunks.

The rule is that of cAST (Zhang et al. 2025, arXiv:2506.15655): a block that fits is kept whole, one
that does not is replaced by what it is made of, and small neighbours are merged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from token_budget.context.splitting.plain_lines import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

TARGET_LINES = 40
"""Lines of a chunk: what retrieval over code commonly uses; larger blocks are split."""

TARGET_CHARACTERS = 1_600
"""Characters of a chunk: about 400 tokens of code."""

SLACK = 1.25
"""A chunk may be this much over its target where a rest would be left alone otherwise."""

REST = 0.2
"""A chunk under this share of the target is a rest, and joins a neighbour where it can."""

DEEPEST = 60
"""Blocks nested deeper than this are split by their lines; no one writes such code by hand."""

NAME_CHARACTERS = 160
"""The names of a merged chunk are cut to this many characters."""

_LEADING = re.compile(r"\s*(?:#|//|/\*|\*|--|@|<!--|;;)")
"""A line that belongs to the definition below it: a comment, a decorator or an attribute."""


def _nothing() -> Sequence[Block]:
    return ()


class Block(NamedTuple):
    """Lines that belong together; counted from 1, both included.

    Attributes:
        first: The first line.
        last: The last line.
        name: What they define; "": nothing that has a name.
        children: Makes the blocks inside, in any order; called only when they are needed.
        takes_comments: Comments and decorators directly above belong to it.
    """

    first: int
    last: int
    name: str = ""
    children: Callable[[], Sequence[Block]] = _nothing
    takes_comments: bool = False


@dataclass(frozen=True, slots=True)
class ChunkSize:
    """How large a chunk should be; whichever bound is reached first counts.

    Raises:
        ValueError: A bound is not positive.
    """

    lines: int = TARGET_LINES
    characters: int = TARGET_CHARACTERS

    def __post_init__(self) -> None:
        for name, value in (("lines", self.lines), ("characters", self.characters)):
            if value < 1:
                raise ValueError(f"{name}: expected 1 or more, found {value!r}")


class _Measure:
    """How much of a chunk's target a range of lines takes: 1.0 is all of it."""

    def __init__(self, lines: Sequence[str], size: ChunkSize) -> None:
        self._size = size
        self._ends = [0, *accumulate(len(line) + 1 for line in lines)]

    def __call__(self, first: int, last: int) -> float:
        characters = self._ends[last] - self._ends[first - 1]
        return max((last - first + 1) / self._size.lines, characters / self._size.characters)


def chunk_lines(
    lines: Sequence[str], blocks: Sequence[Block], size: ChunkSize | None = None
) -> list[Block]:
    """The chunks of a file, in order: they cover it without gaps and do not overlap.

    Args:
        lines: The file.
        blocks: Its outermost blocks; lines outside all of them are split by blank lines.
        size: The target; None: the default.

    Returns:
        Blocks without children; none for a file without lines.
    """
    if not lines:
        return []
    measure = _Measure(lines, size or ChunkSize())
    whole = Block(1, len(lines), "", lambda: blocks)
    if measure(1, len(lines)) <= 1:
        return [Block(1, len(lines), _names(block.name for block in blocks))]
    return _joined_rests(_split(lines, whole, measure, 0), measure)


def _split(lines: Sequence[str], block: Block, measure: _Measure, depth: int) -> list[Block]:
    if measure(block.first, block.last) <= 1 or block.first == block.last:
        return [Block(block.first, block.last, block.name)]
    units = list(_covering(lines, block, block.children() if depth < DEEPEST else ()))
    if len(units) == 1:
        named = units[0]._replace(name=units[0].name or block.name)
        units = [named] if _is_deeper(units[0], block, depth) else _by_lines(lines, block, depth)
    pieces: list[Block] = []
    for unit in units:
        inner = unit._replace(name=unit.name or block.name)
        pieces += _split(lines, inner, measure, depth + 1)
    return _merged(pieces, measure)


def _is_deeper(unit: Block, block: Block, depth: int) -> bool:
    """Whether a block of the same lines has something inside that is worth a look."""
    has_inside = unit.children is not _nothing and unit.children is not block.children
    return has_inside and depth < DEEPEST


def _by_lines(lines: Sequence[str], block: Block, depth: int) -> list[Block]:
    starts = paragraphs(lines, block.first, block.last, finest=depth >= DEEPEST)
    lasts = [start - 1 for start in starts[1:]] + [block.last]
    return [Block(*ends, block.name) for ends in zip(starts, lasts, strict=True)]


def _covering(lines: Sequence[str], whole: Block, children: Iterable[Block]) -> Iterator[Block]:
    """The children with what stands between them, so that every line is in exactly one."""
    done: Block | None = None
    for child in sorted(_apart(lines, whole, children), key=lambda block: block.first):
        start = whole.first if done is None else done.last + 1
        gap = lines[start - 1 : child.first - 1]
        if gap and done and not any(line.strip() for line in gap):
            done = done._replace(last=child.first - 1)
        elif gap:
            if done:
                yield done
            done = Block(start, child.first - 1)
        if done:
            yield done
        done = child
    if done is None:
        yield Block(whole.first, whole.last)
        return
    rest = lines[done.last : whole.last]
    if any(line.strip() for line in rest):
        yield done
        done = Block(done.last + 1, whole.last)
    yield done._replace(last=whole.last)


def _apart(lines: Sequence[str], whole: Block, children: Iterable[Block]) -> Iterator[Block]:
    """The children inside ``whole`` with their comments; those that share a line as one."""
    current: Block | None = None
    for child in sorted(children, key=lambda block: (block.first, -block.last)):
        first, last = max(child.first, whole.first), min(child.last, whole.last)
        if first > last:
            continue
        if current and first <= current.last:
            larger = child if last - first > current.last - current.first else current
            current = larger._replace(first=current.first, last=max(current.last, last))
            continue
        floor = whole.first if current is None else current.last + 1
        if current:
            yield current
        if child.takes_comments:
            first = _with_comments(lines, first, floor)
        current = child._replace(first=first, last=last)
    if current:
        yield current


def _with_comments(lines: Sequence[str], first: int, floor: int) -> int:
    while first > floor and _LEADING.match(lines[first - 2]):
        first -= 1
    return first


def _merged(pieces: Sequence[Block], measure: _Measure) -> list[Block]:
    """Neighbours as one while they fit."""
    merged: list[Block] = []
    for piece in pieces:
        if merged and measure(merged[-1].first, piece.last) <= 1:
            merged[-1] = _join(merged[-1], piece)
        else:
            merged.append(piece)
    return merged


def _joined_rests(pieces: Sequence[Block], measure: _Measure) -> list[Block]:
    """What is left alone of a split goes to the block before it, or after it, if that bears it."""
    joined: list[Block] = []
    for piece in pieces:
        is_rest = (
            joined
            and min(measure(piece.first, piece.last), measure(joined[-1].first, joined[-1].last))
            < REST
        )
        if is_rest and measure(joined[-1].first, piece.last) <= SLACK:
            joined[-1] = _join(joined[-1], piece)
        else:
            joined.append(piece)
    return joined


def _join(left: Block, right: Block) -> Block:
    return Block(left.first, right.last, _names((*left.name.split(", "), right.name)))


def _names(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(name for name in names if name))[:NAME_CHARACTERS]
