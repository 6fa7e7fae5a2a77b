"""The paths that a text asks for, with what its words say of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING

from estimators.reading.counts import counts_in
from estimators.reading.layers import layers_of
from estimators.reading.walk import LIST, joined, wanted_paths
from estimators.reading.wording import leading_action, leading_verb, trailing_action
from estimators.reading.workspace import has_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimators.deliverable import Action
    from estimators.reading.layers import Layers
    from estimators.reading.mentions import Mention
    from estimators.reading.peeling import Span
    from estimators.reading.walk import Draft
    from estimators.reading.workspace import WorkspaceView

_REMEMBERED = 4096
"""Texts whose division is kept: a phase is planned again and again with the same entries."""
_MARKS_AROUND_A_NOTE = " \t\r\n,;:|&+-–—→⇒=>.、。，；："
_OPENERS, _CLOSERS = " ([{<\"'`*“«（「", " )]}>\"'`*”»）」"
_JOINING_WORDS = re.compile(r"^(?:and|or|plus)\b\s*|\s*\b(?:and|or|plus)$")
_ONE_BRACKET = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|（([^（）]*)）")


@dataclass(frozen=True, slots=True)
class Target:
    """A path that is to be delivered.

    Attributes:
        path: As written.
        new_path: Where a renamed file goes, as written.
        action: What the words around it say; None if they leave it open.
        note: The words around it.
        counts: Amounts with their nouns in the note, such as ("tests", 15).
    """

    path: str
    new_path: str | None
    action: Action | None
    note: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """What the words around a path say; ``verb`` is the action of the verb before it."""

    action: Action | None
    verb: Action | None
    note: str
    counts: tuple[tuple[str, int], ...]


def find_targets(
    text: str, mentions: Sequence[Mention], workspace: WorkspaceView | None = None
) -> list[Target]:
    """Divide a text among the paths that it asks for; an empty list if it asks for none.

    Args:
        text: One deliverable as written.
        mentions: The paths in it, in its order.
        workspace: Tells which of them are directories.
    """
    divided = _divided(text, tuple(mentions)) if mentions else ()
    return [_target(draft, words, workspace) for draft, words in divided]


@lru_cache(maxsize=_REMEMBERED)
def _divided(text: str, mentions: tuple[Mention, ...]) -> tuple[tuple[Draft, _Words], ...]:
    """Every path that is asked for with the words around it."""
    layers = layers_of(text, mentions)
    # The paths of one list share their words, which may be long.
    words_around = cache(partial(_words, layers))
    found: list[tuple[Draft, _Words]] = []
    trail_end, shared = len(text), (0, 0)
    for draft in reversed(wanted_paths(layers, mentions)):
        own = draft.end, trail_end
        trail = shared if LIST.fullmatch(text, *own) else own
        found.append((draft, words_around(draft.lead, trail)))
        trail_end, shared = draft.start, trail if draft.in_list else (0, 0)
    return tuple(reversed(found))


def _target(draft: Draft, words: _Words, workspace: WorkspaceView | None) -> Target:
    action = words.action
    if draft.new_path is not None:
        action = "rename"
    elif action is None and words.verb == "create" and _is_directory(draft.path, workspace):
        # What is added to a file may or may not be the whole file; in a directory it is a new one.
        action = "create"
    return Target(draft.path, draft.new_path, action, words.note, words.counts)


def _is_directory(path: str, workspace: WorkspaceView | None) -> bool:
    return path.endswith("/") or has_directory(workspace, path)


def _words(layers: Layers, lead: tuple[Span, ...], trail: Span) -> _Words:
    """Read the words around a path: those before it win, then those behind it, then asides."""
    before, behind = joined(layers.spoken, lead), slice(*trail)
    action = (
        leading_action(before)
        or trailing_action(layers.spoken[behind])
        or trailing_action(layers.asides[behind])
        or leading_action(joined(layers.asides, lead))
    )
    written = (
        joined(layers.written, lead).rstrip(_OPENERS),
        layers.written[behind].lstrip(_CLOSERS),
    )
    notes = [note for words in written if (note := without_marks(words))]
    # Apart, or a number before the path would count what stands behind it.
    counts = tuple(count for note in notes for count in counts_in(note))
    return _Words(action, leading_verb(before), " ".join(notes), counts)


def without_marks(words: str) -> str:
    """A note without the marks that part it from a path: dashes, colons, brackets around it."""
    note = _JOINING_WORDS.sub("", words.strip(_MARKS_AROUND_A_NOTE)).strip(_MARKS_AROUND_A_NOTE)
    bracket = _ONE_BRACKET.fullmatch(note)
    return str(bracket[bracket.lastindex or 0]).strip() if bracket else note
