"""A selection as telemetry keeps it: counts, words of ours, and a few paths."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from token_budget.telemetry.context_facts import LONGEST_REASON, ContextFacts

if TYPE_CHECKING:
    from token_budget.context.selected import ContextSelection


def facts_of(selection: ContextSelection) -> ContextFacts:
    """What is recorded of a context: nothing that a file says."""
    forms = Counter(one.form for one in selection.items)
    used, instead = selection.embedding, selection.substitutions
    return ContextFacts(
        context_budget=selection.budget,
        context_tokens=selection.tokens,
        context_mode=used.mode,
        context_reason=used.reason[:LONGEST_REASON],
        files_whole=forms["whole"],
        files_chunks=forms["chunks"],
        files_outline=forms["outline"],
        files_path=forms["path"],
        files_omitted=_omitted(selection),
        embedding_hits=used.hits,
        embedding_misses=used.misses,
        embedding_calls=used.calls,
        texts_embedded=used.texts_embedded,
        embedding_cap=used.cap,
        artifacts_substituted=instead.count,
        artifact_tokens=instead.tokens,
        artifact_tokens_avoided=max(instead.avoided_tokens - instead.tokens, 0),
        substituted_paths=instead.paths,
    )


def _omitted(selection: ContextSelection) -> int:
    """How many files of the index are not in, in any form."""
    inside = {one.path for one in selection.items} | selection.substitutions.texts.keys()
    return max(selection.considered - len(inside), 0)
