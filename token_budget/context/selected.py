"""What was chosen for a prompt, and why: the results of the context budgeter."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from token_budget.context.artifacts import NO_SUBSTITUTIONS, Substitutions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from token_budget.context.embeddings.use import EmbeddingUse
    from token_budget.context.values import Form, LeftOut


@dataclass(frozen=True, slots=True)
class ContextItem:
    """One file in the prompt, or what stands for it.

    Attributes:
        path: The file.
        form: Whole, as chunks, as its outline or as its path alone.
        lines: First and last lines that are shown; none for an outline or a path.
        tokens: What it takes: ``cl100k_base`` tokens, about.
        signals: Why it is in, the strongest reason first.
        likelihood: How much of what the phase is about is expected in it, 0 to 1.
        outlined: Its outline stands before its chunks.
    """

    path: str
    form: Form
    lines: tuple[tuple[int, int], ...]
    tokens: int
    signals: tuple[str, ...]
    likelihood: float
    outlined: bool = False


@dataclass(frozen=True, slots=True)
class ContextSelection:
    """What goes into a prompt, and why.

    Attributes:
        items: In the order of the prompt's reasons: pinned first, then the likeliest.
        left_out: Files that could not be considered, and pinned ones that are missing.
        mode: ``lexical``, ``partly embedded`` or ``embedded``.
        reason: Why the mode is not ``embedded``.
        tokens: The model's tokens of ``rendered``; never above the budget.
        budget: The model's tokens that were allowed.
        soft_cap: Tokens from which the price rises; None: there is no such limit.
        warnings: What the user should know.
        rendered: The section of the prompt; empty if nothing fits.
        shown: The SHA-256 of the bytes of every file that is shown whole, for the applier.
        share_of_best: At least this share of the best value that the budget could have held.
        considered: How many files the index has.
        history: How many past commits were heard, and why not more.
        embedding: What embeddings had to do with it.
        substitutions: What stands in for files.
        counted: The tokens of ``rendered`` as the API counted them, its wrappers included, and not
            above the budget; None: nobody asked it, and ``tokens`` is an estimate.
    """

    items: tuple[ContextItem, ...]
    left_out: tuple[LeftOut, ...]
    mode: str
    reason: str
    tokens: int
    budget: int
    soft_cap: int | None
    warnings: tuple[str, ...]
    rendered: str
    shown: Mapping[str, str]
    share_of_best: float
    considered: int
    history: str
    embedding: EmbeddingUse
    substitutions: Substitutions = field(default=NO_SUBSTITUTIONS)
    counted: int | None = None

    def emptied(self) -> ContextSelection:
        """The same without anything that is shown: it turned out not to fit."""
        return replace(
            self,
            items=(),
            tokens=0,
            rendered="",
            shown={},
            share_of_best=0.0,
            substitutions=NO_SUBSTITUTIONS,
            counted=None,
        )

    @property
    def over_soft_cap(self) -> bool:
        """Whether the section alone reaches the tokens from which the price rises."""
        return self.soft_cap is not None and self.tokens > self.soft_cap
