"""The context of a phase, counted by the API before it is sent, and chosen anew if it is too long.

    check = ContextCheck(choose)
    while (selection := check.to_count()) is not None:
        check.counted(ask_the_api(selection.rendered))
    check.selection

Sans-I/O: what has been counted stays within the budget as the API counts it. What could not be
counted is estimated, and the selection says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from token_budget.context.selected import ContextSelection

Choose = Callable[[float], "ContextSelection | None"]
"""A context whose length is estimated with so many of the model's tokens for one that we expect."""

MARGINS = (1.02, 1.1)
"""What is chosen anew must fit although other text may be denser than the text that was counted: by
this much the first time, and the second. After that the phase goes without a context."""

UNCOUNTED = "the API could not count the context: its length is estimated"


class ContextCheck:
    """One context on its way into a prompt; not safe to be used by several threads at once.

    Attributes:
        selection: What is to be shown; None: nothing is.
    """

    def __init__(self, choose: Choose) -> None:
        """Choose a context for the first time.

        Args:
            choose: Chooses it; None: there is no room for one.
        """
        self._choose, self._rate, self._margins = choose, 1.0, iter(MARGINS)
        self._notes: tuple[str, ...] = ()
        self._done = False
        self.selection = choose(self._rate)

    def to_count(self) -> ContextSelection | None:
        """What the API should count next; None: nothing any more."""
        if self._done or self.selection is None or not self.selection.rendered:
            return None
        return self.selection

    def counted(self, tokens: int | None) -> None:
        """The API has counted what `to_count` gave.

        Args:
            tokens: Its tokens; None: the API could not be asked.

        Raises:
            ContextError: Another context cannot be chosen.
            ValueError: There was nothing to count.
        """
        selection = self.to_count()
        if selection is None:
            raise ValueError("counted: expected to be told what to_count gave, which was nothing")
        if tokens is not None and tokens > selection.budget:
            self._shorten(selection, tokens)
            return
        self._done = True
        self._show(replace(selection, counted=tokens), "" if tokens is not None else UNCOUNTED)

    def _shorten(self, selection: ContextSelection, tokens: int) -> None:
        said = f"the API counts {tokens:,} tokens of context, not {selection.tokens:,}"
        margin = next(self._margins, None)
        if margin is None:
            self._show(selection.emptied(), f"{said}: the phase goes without")
            return
        self._rate *= margin * tokens / selection.tokens
        anew = self._choose(self._rate) or selection.emptied()
        self._show(anew, f"{said}: chosen anew")

    def _show(self, selection: ContextSelection, note: str) -> None:
        """Take a selection, with everything that was said on the way to it."""
        self._notes += (note,) if note else ()
        warnings = dict.fromkeys((*selection.warnings, *self._notes))
        self.selection = replace(selection, warnings=tuple(warnings))
