"""The context of a phase: what of the workspace goes into its prompt, and why.

index = ChunkIndex(Path("."))
index.refresh()
history = ChangeHistory(read_history(Path(".")).commits)
count = TokenCounter().count
budget = ContextBudget(32_000, count=count)
selection = select_context(query_for(phase), Sources(index, history), budget)
selection.rendered
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.context.artifacts import NO_SUBSTITUTIONS
from token_budget.context.errors import PinnedFilesTooLarge
from token_budget.context.fitting import expected_room, fitted, packed_with_pins
from token_budget.context.offers import offers_for
from token_budget.context.packing import Parts
from token_budget.context.pinning import NOT_THERE, pinned_paths, unshown_pins
from token_budget.context.ranking import ranked
from token_budget.context.rendering import line_ranges, rendered
from token_budget.context.selected import ContextItem, ContextSelection
from token_budget.context.values import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from token_budget.context.artifacts import Substitutions
    from token_budget.context.budget import ContextBudget
    from token_budget.context.fitting import Written
    from token_budget.context.packing import Offer, Packed, Packing
    from token_budget.context.query import ContextQuery
    from token_budget.context.ranking import Compare, RankedChunk, Ranking
    from token_budget.context.sources import Sources
    from token_budget.context.values import Form

PINNED = "pinned"
"""The reason of what goes in because the phase says so."""

BEST_CHUNKS = 3
"""The reasons of a file are those of this many of its chunks."""

SUBSTITUTED_SHARE = 0.5
"""At most this share of the budget goes to summaries; the files of others are shown themselves."""


def select_context(  # noqa: PLR0913 - three of six have a default and are given by name
    query: ContextQuery,
    sources: Sources,
    budget: ContextBudget,
    *,
    compare: Compare | None = None,
    substitutions: Substitutions = NO_SUBSTITUTIONS,
    left_out: Iterable[LeftOut] = (),
) -> ContextSelection:
    """Choose what goes into the prompt of a phase.

    Args:
        query: What the phase asks for.
        sources: The index, refreshed, and the history.
        budget: How much there is room for.
        compare: Compares texts with the phase by an embedder; None: lexical.
        substitutions: Summaries that stand in for files.
        left_out: What the index left out, for the result.

    Raises:
        PinnedFilesTooLarge: In strict mode: the pinned files do not fit whole, or are there and
            are not read.
    """
    room = expected_room(budget.tokens, budget.sized)
    # What a phase writes it has to see itself.
    stand_in = substitutions.without(query.deliverables).within(int(SUBSTITUTED_SHARE * room))
    files = sources.index.files()
    ranking = ranked(query, sources, compare)
    pinned = [path for path in pinned_paths(query, files) if path not in stand_in.texts]
    offers = offers_for(ranking, pinned, sources.index)
    desk = _Desk(sources, offers, pinned, budget, stand_in)
    written = fitted(desk.pack, desk.write, budget.count, budget.tokens, room - stand_in.tokens)
    left_out = tuple(left_out)
    unshown = unshown_pins(query, files, {one.path: one.reason for one in left_out})
    wanted = [path for path in query.read_only if path not in stand_in.texts]
    desk.check_pins(written.packing, {one: unshown[one] for one in wanted if one in unshown})
    missing = (path for path, reason in unshown.items() if reason == NOT_THERE)
    return ContextSelection(
        items=tuple(_items(written.packing, ranking, pinned)),
        left_out=(
            *left_out,
            *desk.unread,
            *(LeftOut(path, f"pinned, and {NOT_THERE}") for path in missing),
        ),
        mode=ranking.embedding.mode,
        reason=ranking.embedding.reason,
        tokens=written.tokens,
        budget=budget.tokens,
        soft_cap=budget.soft_cap,
        warnings=(*ranking.embedding.warnings, *desk.warnings(written, unshown)),
        rendered=written.text,
        shown={
            path: files[path].sha256
            for path, one in sorted(written.packing.files.items())
            if one.whole
        },
        share_of_best=written.packing.share_of_best,
        considered=len(files),
        history=sources.history.note,
        embedding=ranking.embedding,
        substitutions=stand_in if written.text else NO_SUBSTITUTIONS,
    )


class _Desk:
    """What packing and writing one selection share; drops files that change meanwhile."""

    def __init__(
        self,
        sources: Sources,
        offers: Mapping[str, Offer],
        pinned: Sequence[str],
        budget: ContextBudget,
        stand_in: Substitutions,
    ) -> None:
        self._sources, self._pinned, self._budget = sources, pinned, budget
        self._offers = {path: one for path, one in offers.items() if path not in stand_in.texts}
        self._stand_in = stand_in
        self._arrange()
        self.unread: list[LeftOut] = []

    def pack(self, room: int) -> Packing:
        share = 1.0 if self._budget.strict else self._budget.pinned_share
        while True:
            packing = packed_with_pins(self._first, self._others, room, share)
            gone = [one.path for one in packing.files.values() if self._is_gone(one)]
            if not gone:
                return packing
            for path in gone:
                del self._offers[path]
                self.unread.append(LeftOut(path, "changed while it was read"))
            self._arrange()

    def _arrange(self) -> None:
        pinned = {path: self._offers[path] for path in self._pinned if path in self._offers}
        self._first = list(pinned.values())
        self._others = Parts(one for path, one in self._offers.items() if path not in pinned)

    def write(self, packing: Packing) -> str:
        return rendered(
            packing.files.values(),
            self._pinned,
            lambda path: self._sources.lines(path) or (),
            self._sources.index.outline,
            self._stand_in.texts.items(),
        )

    def check_pins(self, packing: Packing, unshown: Mapping[str, str]) -> None:
        unread = {path: reason for path, reason in unshown.items() if reason != NOT_THERE}
        if self._budget.strict and (unread or self._cut(packing)):
            pinned = [path for path in self._pinned if path in self._offers]
            sized = self._budget.sized
            needed = {path: sized(self._offers[path].whole_tokens) for path in pinned}
            raise PinnedFilesTooLarge(self._budget.tokens, needed, unread)

    def warnings(self, written: Written, unshown: Mapping[str, str]) -> Iterator[str]:
        changed = {one.path: one.reason for one in self.unread if one.path in self._pinned}
        for path, reason in {**unshown, **changed}.items():
            yield f"{path} is pinned and not shown: {reason}"
        for path in self._cut(written.packing):
            offer, one = self._offers[path], written.packing.files.get(path)
            tokens = f"{self._budget.sized(offer.whole_tokens):,} tokens"
            yield f"{path} is pinned and does not fit whole ({tokens}): {_shown(one, offer)}"
        cap = self._budget.soft_cap
        if cap is not None and written.tokens > cap:
            yield f"{written.tokens:,} tokens: the model's price rises from {cap:,} tokens on"

    def _is_gone(self, one: Packed) -> bool:
        shown = one.whole or bool(one.chunks)
        return shown and self._sources.lines(one.path) is None

    def _cut(self, packing: Packing) -> list[str]:
        """Pinned files that are not shown whole."""
        here = (path for path in self._pinned if path in self._offers)
        return [path for path in here if path not in packing.files or not packing.files[path].whole]


def _shown(one: Packed | None, offer: Offer) -> str:
    if one is None:
        return "not shown"
    chunks = f"{len(one.chunks)} of {len(offer.chunks)} chunks"
    return f"shown as its outline and {chunks}" if one.outline else f"shown as {chunks}"


def _items(packing: Packing, ranking: Ranking, pinned: Sequence[str]) -> Iterator[ContextItem]:
    """What is in, pinned files first, then the likeliest."""
    by_path: dict[str, list[RankedChunk]] = {}
    for one in ranking.chunks:
        by_path.setdefault(one.chunk.path, []).append(one)
    order = {path: place for place, path in enumerate(pinned)}
    made = [
        _item(packed, by_path.get(path, []), ranking, is_pinned=path in order)
        for path, packed in packing.files.items()
    ]
    yield from sorted(
        made, key=lambda one: (order.get(one.path, len(order)), -one.likelihood, one.path)
    )


def _item(
    packed: Packed, ranked_chunks: Sequence[RankedChunk], ranking: Ranking, *, is_pinned: bool
) -> ContextItem:
    shown = set(packed.chunks)
    inside = [one for one in ranked_chunks if not shown or one.chunk in shown]
    signals = dict.fromkeys(
        signal for one in inside[:BEST_CHUNKS] for signal in ranking.signals_of(one.chunk)
    )
    return ContextItem(
        path=packed.path,
        form=_form(packed),
        lines=line_ranges(packed.chunks),
        tokens=packed.tokens,
        signals=(PINNED, *signals) if is_pinned else tuple(signals),
        likelihood=sum(one.likelihood for one in inside),
        outlined=packed.outline and bool(packed.chunks),
    )


def _form(packed: Packed) -> Form:
    if packed.whole:
        return "whole"
    if packed.chunks:
        return "chunks"
    return "outline" if packed.outline else "path"
