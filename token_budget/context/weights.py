"""How much each feature counts: fitted, and checked on repositories that it was not fitted on.

The score of a chunk is the sum of its features times their weights; the likelihood of a chunk is
the softmax of the scores of all. ``python -m benchmarks.context_fit`` fits the weights and says
how; ``data/context_weights.json`` holds them, with the repositories and commits of the fit. On
*find* of these 40 repositories, each held out, the share of changed hunks shown at 8,000, 27,000
and 50,000 tokens is 79.2, 88.9 and 93.2 %; by reciprocal rank fusion it is 46.3, 74.4 and 84.9 %.

Tried, and no better by leave-repositories-out: hidden layers (0.2 percentage points), a nested
logit of files and chunks, the recall itself as what is maximised, pseudo-relevance feedback, calls
between the likely chunks, the neighbours of a chunk in its file, how often a file changes, chunks
of half and of one and a half times the size.
"""

from __future__ import annotations

import json
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS_FILE = "context_weights.json"
"""Among the data of `token_budget`."""

JUDGED = MappingProxyType({"scope": 1.0, "embedding": 1.0})
"""What no fit can say, because no commit has a scope or an embedder: a file in scope counts less
than one that is named, and the nearest chunk less than the best match of words, so that a poor
embedder does little harm."""


def _shipped() -> Mapping[str, Any]:
    file = resources.files("token_budget") / "data" / WEIGHTS_FILE
    return MappingProxyType(json.loads(file.read_text(encoding="utf-8")))


SHIPPED = _shipped()
"""What the fit wrote: the weights, how they were fitted, on what."""

FIRST_WEIGHTS = MappingProxyType({**SHIPPED["first"], **JUDGED})
"""Of the first ranking, whose likeliest files and chunks speak for those around them."""

WEIGHTS = MappingProxyType({**SHIPPED["weights"], **JUDGED})
"""Of the ranking."""

SIGNAL_OF_FEATURE = MappingProxyType(
    {
        "chunk words": "words",
        "chunk words rank": "words",
        "identifiers": "identifiers",
        "definitions": "definitions",
        "file words": "words of file",
        "file words rank": "words of file",
        "path": "path",
        "named": "named",
        "scope": "scope",
        "documents": "kind of work",
        "tests": "kind of work",
        "packaging": "kind of work",
        "automation": "kind of work",
        "similar commits": "similar commits",
        "places of similar commits": "similar commits",
        "messages of file": "commit messages",
        "messages of places": "commit messages",
        "changed lately": "recent changes",
        "co-change": "co-change",
        "imported": "imports",
        "importing": "imports",
        "namesake": "tests",
        "sibling": "siblings",
        "likely changed together": "co-change",
        "likely co-change": "co-change",
        "likely imported": "imports",
        "likely importing": "imports",
        "likely namesake": "tests",
        "likely sibling": "siblings",
        "embedding": "embedding",
    }
)
"""What a feature is called where a person reads why something was selected."""
