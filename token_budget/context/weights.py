"""How much each feature counts: fitted, and checked on repositories that it was not fitted on.

The score of a chunk is the sum of its features times their weights; the likelihood of a chunk is
the softmax of the scores of all. The weights maximise the likelihood of the chunks that past
commits changed (a conditional logit, McFadden 1974; ridge 0.001; signals bounded to 0 or more),
each repository counting alike: from the commit's message alone and, counting 0.35 as much, with all
its files but one given.

Fitted on 25 repositories, 30 commits each, every third of the newest: anyio, click, datasette,
marshmallow, pluggy, scrapy, structlog, tox (Python), cobra, task (Go), axum, clap, just, minijinja
(Rust), changesets, got, hono, zustand (TypeScript), express, fastify (JavaScript), commons-lang
(Java), okio (Kotlin), Polly (C#), rack (Ruby) and monolog (PHP). Checked on others: see
``benchmarks/context_recall.py``.

Tried, and no better by leave-repositories-out: hidden layers (0.2 percentage points), a nested
logit of files and chunks, the recall itself as what is maximised, pseudo-relevance feedback, calls
between the likely chunks, and the neighbours of a chunk in its file.
"""

from __future__ import annotations

from types import MappingProxyType

WEIGHTS = MappingProxyType(
    {
        "chunk words": 1.28,
        "chunk words rank": 0.43,
        "identifiers": 0.92,
        "definitions": 0.57,
        "file words rank": 0.10,
        "path": 0.67,
        "named": 0.50,
        "scope": 1.00,
        "documents": 0.89,
        "tests": 0.78,
        "packaging": 1.02,
        "automation": 0.59,
        "similar commits": 1.01,
        "lines of similar commits": 0.88,
        "messages of file": 0.90,
        "messages of lines": 0.34,
        "written lately": 1.10,
        "written in time": 0.25,
        "co-change": 1.52,
        "imported": 0.47,
        "importing": 0.10,
        "namesake": 0.12,
        "sibling": 0.30,
        "likely written together": 0.71,
        "likely co-change": 1.27,
        "likely namesake": 0.40,
        "likely sibling": 0.16,
        "embedding": 1.00,
        "first chunk": 0.39,
        "size": 0.18,
        "size of file": -0.34,
    }
)
"""Four are not fitted. No commit has a scope or an embedder: a file in scope counts less than one
that is named, and the nearest chunk as a quarter of the best match of words, so that a poor
embedder does little harm. ``importing`` and ``namesake`` came out as 0 beside co-change, and are
kept at 0.1 for workspaces without history."""

SIGNAL_OF_FEATURE = MappingProxyType(
    {
        "chunk words": "words",
        "chunk words rank": "words",
        "identifiers": "identifiers",
        "definitions": "definitions",
        "file words rank": "words of file",
        "path": "path",
        "named": "named",
        "scope": "scope",
        "documents": "kind of work",
        "tests": "kind of work",
        "packaging": "kind of work",
        "automation": "kind of work",
        "similar commits": "similar commits",
        "lines of similar commits": "similar commits",
        "messages of file": "commit messages",
        "messages of lines": "commit messages",
        "written lately": "recent changes",
        "written in time": "recent changes",
        "co-change": "co-change",
        "imported": "imports",
        "importing": "imports",
        "namesake": "tests",
        "sibling": "siblings",
        "likely written together": "co-change",
        "likely co-change": "co-change",
        "likely namesake": "tests",
        "likely sibling": "siblings",
        "embedding": "embedding",
    }
)
"""What a feature is called where a person reads why something was selected."""
