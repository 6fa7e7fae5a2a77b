"""What kind of work a phase is, and the files that such work is done in.

A title that says "docs" or "bump" says little about words, and much about the kind of file.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from token_budget.context.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from token_budget.context.query import ContextQuery

WORDS_OF_KIND = {
    "tests": frozenset("test testing coverage spec flaky".split()),
    "documents": frozenset(
        "doc documentation readme typo docstring comment changelog guide tutorial example wording"
        " spelling grammar".split()
    ),
    "packaging": frozenset(
        "bump upgrade update updated release version dep dependency require required requirement"
        " drop support prepare".split()
    ),
    "automation": frozenset(
        "ci workflow action github build lint linter precommit dependabot travis".split()
    ),
}
"""Words of a title that name a kind of work, as `words.words_of` writes them."""

_VERSION_NUMBER = re.compile(r"\bv?\d+\.\d+")

_FILES_OF_KIND = {
    "tests": re.compile(
        r"(?i:(?:^|/)(?:tests?|specs?|__tests__|testing|testdata)/|(?:^|/)test_"
        r"|[_.-](?:tests?|spec)\.)|(?<=[a-z0-9])Tests?\.\w+$"
    ),
    "documents": re.compile(r"(?i:\.(?:md|rst|txt|adoc|mdx|markdown)$|(?:^|/)docs?/)"),
    "packaging": re.compile(
        r"(?i:(?:^|/)(?:package\.json|pyproject\.toml|setup\.(?:py|cfg)|cargo\.toml|go\.(?:mod|sum)"
        r"|composer\.json|gemfile|[^/]*\.gemspec|pom\.xml|[^/]*\.gradle(?:\.kts)?"
        r"|gradle\.properties|[^/]*\.(?:csproj|props)|__init__\.py|_?version\.\w+"
        r"|requirements[^/]*\.txt|tox\.ini|makefile)$)"
    ),
    "automation": re.compile(r"(?i:(?:^|/)\.(?:github|circleci)/|travis|\.ya?ml$)"),
}


def kinds_asked(query: ContextQuery) -> frozenset[str]:
    """The kinds of work that the title of a phase names; see `WORDS_OF_KIND`."""
    title = query.text.partition("\n")[0]
    said = words_of(title).keys()
    asked = {kind for kind, words in WORDS_OF_KIND.items() if not words.isdisjoint(said)}
    return frozenset(asked | ({"packaging"} if _VERSION_NUMBER.search(title) else set()))


def files_of_kind(query: ContextQuery, paths: Iterable[str], kind: str) -> dict[str, float]:
    """1 for the files of a kind, if the phase asks for work of that kind."""
    if kind not in kinds_asked(query):
        return {}
    return {path: 1.0 for path in paths if kind in _kinds_of(path)}


@lru_cache(maxsize=100_000)
def _kinds_of(path: str) -> frozenset[str]:
    return frozenset(kind for kind, files in _FILES_OF_KIND.items() if files.search(path))
