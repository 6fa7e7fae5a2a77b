"""What telemetry keeps of the context of a phase: counts, words of ours, paths; no contents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from token_budget.context.artifacts import REPORTED_PATHS
from token_budget.context.embeddings.cap import NO_LIMIT
from token_budget.context.embeddings.use import EmbeddingMode
from token_budget.errors import LedgerValueError
from token_budget.ledger.figures import whole

LONGEST_REASON = 300
"""Characters of a reason: ours are shorter, whatever an embedder is called."""


@dataclass(frozen=True, slots=True)
class ContextFacts:
    """What was selected for a prompt, and what it took.

    Attributes:
        context_budget: What the context could take, in the model's tokens.
        context_tokens: What it took.
        context_mode: How it was ranked; see `EmbeddingMode`.
        context_reason: Why not every text by its embedding; empty: every one was.
        files_whole: Files that are in as a whole.
        files_chunks: Files of which chunks are in.
        files_outline: Files of which the outline is in.
        files_path: Files of which the path alone is in.
        files_omitted: Files of the index of which nothing is in, and no summary either.
        embedding_hits: Texts whose vector was cached.
        embedding_misses: Texts whose vector was not.
        embedding_calls: Requests to the embedder.
        texts_embedded: Texts whose vectors it gave.
        embedding_cap: Texts that it could be asked for: 0: off; -1: no limit.
        artifacts_substituted: Files that a summary stands for.
        artifact_tokens: What these summaries took.
        artifact_tokens_avoided: What the files would have taken beyond that.
        substituted_paths: The first of these files by name, `REPORTED_PATHS` at the most.
    """

    context_budget: int
    context_tokens: int
    context_mode: EmbeddingMode
    context_reason: str
    files_whole: int
    files_chunks: int
    files_outline: int
    files_path: int
    files_omitted: int
    embedding_hits: int
    embedding_misses: int
    embedding_calls: int
    texts_embedded: int
    embedding_cap: int
    artifacts_substituted: int = 0
    artifact_tokens: int = 0
    artifact_tokens_avoided: int = 0
    substituted_paths: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse figures that cannot be true.

        Raises:
            LedgerValueError: One cannot; the message names it.
        """
        for name in CONTEXT_COUNTS:
            whole(getattr(self, name), f"context_facts.{name}")
        if self.context_tokens > self.context_budget:
            most = f"at most the {self.context_budget:,} tokens of the budget"
            raise LedgerValueError("context_facts.context_tokens", self.context_tokens, most)
        if self.context_mode not in get_args(EmbeddingMode):
            expected = f"one of {', '.join(get_args(EmbeddingMode))}"
            raise LedgerValueError("context_facts.context_mode", self.context_mode, expected)
        if len(self.context_reason) > LONGEST_REASON:
            most = f"at most {LONGEST_REASON} characters"
            raise LedgerValueError("context_facts.context_reason", self.context_reason, most)
        if self.embedding_cap != NO_LIMIT:
            whole(self.embedding_cap, "context_facts.embedding_cap")
        if len(self.substituted_paths) > min(REPORTED_PATHS, self.artifacts_substituted):
            most = f"at most {REPORTED_PATHS}, of {self.artifacts_substituted} files"
            raise LedgerValueError("context_facts.substituted_paths", self.substituted_paths, most)


CONTEXT_COUNTS = tuple(
    "context_budget context_tokens files_whole files_chunks files_outline files_path files_omitted"
    " embedding_hits embedding_misses embedding_calls texts_embedded artifacts_substituted"
    " artifact_tokens artifact_tokens_avoided".split()
)
"""The fields that add up over phases."""

CONTEXT_MODES: dict[EmbeddingMode, str] = {
    "lexical": "contexts_lexical",
    "partly embedded": "contexts_partly_embedded",
    "embedded": "contexts_embedded",
}
"""The sum that counts the phases of each mode."""
