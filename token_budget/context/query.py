"""What a phase asks of the workspace: weighted words, names written as code, paths. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from token_budget.context.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from estimators.deliverable import Deliverable
    from token_budget.spec import Phase

TITLE_WEIGHT = 2.0
"""A word of the title, or of the first line of the description, counts this often; 1 and 3.5 did no
better over twelve repositories."""

TEXT_WEIGHT = 1.0
"""A word of the rest of the description, of notes, criteria and deliverables."""

ASIDE_WEIGHT = 0.3
"""A word of the run's goal, of the category or of the id: what other phases have, too."""

_TRAILER = re.compile(
    r"^(?:co-authored-by|signed-off-by|reviewed-by|acked-by|tested-by|cc|change-id|git-svn-id)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"\b[a-z]+://\S+", re.IGNORECASE)
_PATH = re.compile(r"[\w@./-]*\w")
_HERE = re.compile(r"^(?:\.{0,2}/|\.{2,})+")
"""What leads nowhere at the beginning of a path, and an ellipsis before one."""

_CODE = re.compile(
    r"`(?P<quoted>[^`\n]+)`"
    r"|\b(?P<name>\w+_\w+|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*|\w+\.\w[\w.]*|\w+(?=\(\)))"
)


@dataclass(frozen=True, slots=True)
class ContextQuery:
    """What is looked for.

    Attributes:
        text: The phase in words, for embedders.
        words: Each word, as `words.words_of` writes it, with its weight.
        identifiers: Those of the words that the text writes as code.
        names: What may be a path or the name of a file, in lower case.
        deliverables: Paths that the phase writes; they need not exist.
        read_only: Files and folders that the prompt should show.
        scope: Files and folders that the phase is about.
    """

    text: str
    words: Mapping[str, float]
    identifiers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    deliverables: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()


def query_for(phase: Phase, deliverables: Sequence[Deliverable] = ()) -> ContextQuery:
    """What a phase asks for.

    Args:
        phase: The phase.
        deliverables: Its deliverables, resolved against the workspace, such as a plan's.
    """
    passages = [(weight, clean(text)) for weight, text in _passages(phase, deliverables)]
    texts = [text for weight, text in passages if text and weight != ASIDE_WEIGHT]
    written = "\n".join(texts)
    return ContextQuery(
        text=written,
        words=MappingProxyType(weighted_words(passages)),
        identifiers=identifiers_of(written),
        names=names_of(written),
        deliverables=_paths(deliverables),
        read_only=tuple(dict.fromkeys(map(_tidy, phase.scope.read_only_context))),
        scope=tuple(dict.fromkeys(map(_tidy, phase.scope.paths))),
    )


def weighted_words(passages: Iterable[tuple[float, str]]) -> dict[str, float]:
    """Every word with the highest weight of a passage that has it; repetition adds nothing."""
    weights: dict[str, float] = {}
    for weight, text in passages:
        for word in words_of(text):
            weights[word] = max(weight, weights.get(word, 0.0))
    return weights


def identifiers_of(text: str) -> frozenset[str]:
    """The words of what is written as code: in backticks, or spelled as no plain word is."""
    found = (match["quoted"] or match["name"] for match in _CODE.finditer(text))
    return frozenset(word for name in found for word in words_of(name))


def names_of(text: str) -> frozenset[str]:
    """What may be a path or the name of a file, in lower case, without a leading ``./``."""
    return frozenset(_HERE.sub("", found.lower()) for found in _PATH.findall(text)) - {""}


def clean(text: str) -> str:
    """A text without addresses of web pages and the trailers of commit messages."""
    return _ADDRESS.sub(" ", _TRAILER.sub("", text)).strip()


def _passages(phase: Phase, deliverables: Sequence[Deliverable]) -> Iterator[tuple[float, str]]:
    first, _, rest = phase.description.strip().partition("\n")
    yield TITLE_WEIGHT, phase.display_name or ""
    yield TITLE_WEIGHT, first
    yield TEXT_WEIGHT, rest
    for criterion in phase.acceptance_criteria:
        yield TEXT_WEIGHT, criterion
    for one in deliverables:
        yield TEXT_WEIGHT, " ".join(filter(None, (one.path, one.new_path, one.note or one.text)))
    for aside in (phase.phase_id, phase.goal, phase.task_category or ""):
        yield ASIDE_WEIGHT, aside


def _paths(deliverables: Iterable[Deliverable]) -> tuple[str, ...]:
    paths = (path for one in deliverables for path in (one.path, one.new_path) if path)
    return tuple(dict.fromkeys(paths))


def _tidy(path: str) -> str:
    return path.strip().removeprefix("./").rstrip("/")
