"""How much each feature counts: fitted, and checked on repositories that it was not fitted on.

The score of a chunk is the sum of its features times their weights; the likelihood of a chunk is
the softmax of the scores of all. The weights maximise the likelihood of the chunks that past
commits changed (a conditional logit, McFadden 1974; ridge 0.001; signals bounded to 0 or more),
from the commit's message alone and with all its files but one given, each repository and task
counting alike.

Fitted on click, scrapy, pluggy (Python), axum (Rust), changesets (TypeScript), express (JavaScript)
and monolog (PHP), 40 commits each, every third of the newest; checked on httpx, llm, textual
(Python), gin (Go), pinia (TypeScript and Vue), jq (C), mockito (Java) and sinatra (Ruby).
"""

from __future__ import annotations

from types import MappingProxyType

WEIGHTS = MappingProxyType(
    {
        "chunk words": 3.77,
        "identifiers": 0.63,
        "file words rank": 0.60,
        "path": 0.90,
        "named": 1.63,
        "scope": 1.0,
        "similar commits": 0.17,
        "messages of file rank": 0.10,
        "messages of lines": 1.48,
        "written lately": 1.75,
        "written in time": 0.21,
        "co-change": 1.37,
        "imported": 1.13,
        "importing": 0.1,
        "namesake": 0.1,
        "sibling": 0.40,
        "likely co-change": 1.69,
        "likely imported": 0.40,
        "likely namesake": 0.73,
        "likely sibling": 0.29,
        "embedding": 1.0,
        "size": 0.10,
        "size of file": -0.43,
    }
)
"""Four are not fitted. No commit has a scope or an embedder: a file in scope counts less than one
that is named, and the nearest chunk as a quarter of the best match of words, so that a poor
embedder does little harm. ``importing`` and ``namesake`` came out as 0 beside co-change, and are
kept at 0.1 for workspaces without history."""

SIGNAL_OF_FEATURE = MappingProxyType(
    {
        "chunk words": "words",
        "identifiers": "identifiers",
        "file words rank": "words of file",
        "path": "path",
        "named": "named",
        "scope": "scope",
        "similar commits": "similar commits",
        "messages of file rank": "similar commits",
        "messages of lines": "commit messages",
        "written lately": "recent changes",
        "written in time": "recent changes",
        "co-change": "co-change",
        "imported": "imports",
        "importing": "imports",
        "namesake": "tests",
        "sibling": "siblings",
        "likely co-change": "co-change",
        "likely imported": "imports",
        "likely namesake": "tests",
        "likely sibling": "siblings",
        "embedding": "embedding",
    }
)
"""What a feature is called where a person reads why something was selected."""
