"""A walk through the paths of a text: which are to be delivered, which are only referred to.

"Add tests for src/a.py in tests/test_a.py" delivers the second path and refers to the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING

from estimators.reading.wording import (
    ends_in_reference,
    is_renaming,
    leading_action,
    leading_verb,
    says_only_an_action,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimators.reading.layers import Layers
    from estimators.reading.mentions import Mention
    from estimators.reading.peeling import Span

LIST = re.compile(r"(?:[\s,;&+|.]|(?<!\w)(?:and|or|plus|also|then|as well as)(?!\w))*")
"""What stands between the paths of one list, and nothing else."""

_SEPARATOR = re.compile(r"[,;&+|\n]|\.\s|(?<!\w)(?:and|or|plus|then)(?!\w)")
_ARROW = re.compile(r"\s*(?:-+>|=+>|[→⇒⟶])\s*")
_NOTE = re.compile(r"\s*(?:[:：—–]|-{1,2}\s|[-=]>|[→⇒⟶])")
_END_OR_NOTE = re.compile(rf"\s*(?:$|[(（\[|])|{_NOTE.pattern}")
_PLACES = frozenset({"to", "into", "in", "onto"})
_BEFORE_A_NEW_NAME = frozenset({"to", "into", "as"})

_REACH = 80
"""How far behind one path the words that speak of it and the next may end: characters."""

_LONGEST_LEAD = 1000
"""How far before a path the words that lead to it may start: characters. A list shares its lead, so
this bounds what thousands of paths behind one long text take."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A path of a text, and where its words are.

    Attributes:
        path: As written.
        lead: The parts of the text that lead to it: one, or that of an earlier path and its own.
        start: Where its own words start, and those behind the path before it end.
        end: Where it ends, new path included.
        is_wanted: It is to be delivered, not only referred to.
        in_list: Nothing but "," or "and" parts it from the path before it.
        new_path: Where a renamed file goes, as written.
    """

    path: str
    lead: tuple[Span, ...]
    start: int
    end: int
    is_wanted: bool
    in_list: bool = False
    new_path: str | None = None


def wanted_paths(layers: Layers, mentions: Sequence[Mention]) -> list[Draft]:
    """The paths that a text asks for; if it only refers to paths, the first, with its list.

    Args:
        layers: The text.
        mentions: All paths in it, in its order.
    """
    drafts: list[Draft] = []
    wanted: Draft | None = None
    is_open = {one.start for one in layers.mentions}
    for mention, following in zip_longest(mentions, mentions[1:]):
        if drafts and (renamed := _renamed(layers, drafts[-1], mention)):
            drafts[-1] = renamed
        elif mention.start in is_open and _is_a_path(layers, drafts, mention, following):
            drafts.append(_draft(layers, drafts[-1] if drafts else None, wanted, mention))
            wanted = drafts[-1] if drafts[-1].is_wanted else wanted
    first_list = drafts[:1] + list(takewhile(lambda one: one.in_list, drafts[1:]))
    return [one for one in drafts if one.is_wanted] or first_list


def joined(text: str, spans: tuple[Span, ...]) -> str:
    """The parts of ``text`` at ``spans``."""
    return " ".join(text[start:end].strip() for start, end in spans)


def _is_a_path(
    layers: Layers, drafts: list[Draft], mention: Mention, following: Mention | None
) -> bool:
    """Whether an uncertain path stands alone: an action or a list before it, a note behind it."""
    if mention.certain:
        return True
    start = drafts[-1].end if drafts else 0
    if mention.start - start > _REACH:
        return False
    before = layers.spoken[start : mention.start]
    is_placed = LIST.fullmatch(before) if drafts else says_only_an_action(before)
    if not is_placed:
        return False
    goes_on = following and LIST.fullmatch(layers.written, mention.end, following.start)
    return bool(goes_on or _END_OR_NOTE.match(layers.written, mention.end))


def _draft(layers: Layers, last: Draft | None, wanted: Draft | None, mention: Mention) -> Draft:
    """Judge a path by the words since the last one; ``wanted`` is the last to be delivered."""
    start, end = last.end if last else 0, mention.start
    gap = layers.spoken[start:end]
    whole = (max(0, end - _LONGEST_LEAD), end)
    draft = Draft(mention.path, (whole,), start, mention.end, not ends_in_reference(gap))
    if last is None:
        return draft
    if LIST.fullmatch(gap):
        return replace(draft, lead=last.lead, start=end, is_wanted=last.is_wanted, in_list=True)
    separator = next(reversed(list(_SEPARATOR.finditer(gap))), None)
    if separator is None:
        is_place = len(words := words_of(gap)) == 1 and words[0] in _PLACES
        return replace(draft, lead=((start, end),) if wanted else (whole,), is_wanted=is_place)
    clause = start + separator.end(), end
    return replace(
        draft,
        lead=_lead(layers, wanted, clause) if wanted else (whole,),
        start=start + separator.start(),
        is_wanted=draft.is_wanted and _is_outside_a_note(layers, gap, clause, mention),
    )


def _lead(layers: Layers, wanted: Draft, clause: Span) -> tuple[Span, ...]:
    """A clause with an action of its own stands alone; another continues the one before it."""
    is_own = leading_verb(layers.spoken[slice(*clause)]) is not None
    return (clause,) if is_own else (wanted.lead[0], clause)


def _is_outside_a_note(layers: Layers, gap: str, clause: Span, mention: Mention) -> bool:
    """Whether the list goes on: in "a.py: adds x, b.py: adds y" the second path ends the note."""
    opens_an_entry = not words_of(layers.spoken[slice(*clause)])
    has_a_note = _END_OR_NOTE.match(layers.written, mention.end) is not None
    return _NOTE.match(gap) is None or (opens_an_entry and has_a_note)


def _renamed(layers: Layers, draft: Draft, mention: Mention) -> Draft | None:
    """``draft`` with its new path, if the words between say that ``mention`` is that, or was."""
    if mention.start - draft.end > _REACH:
        return None
    between = layers.written[draft.end : mention.start]
    to_mention = replace(draft, new_path=mention.path, end=mention.end)
    if _ARROW.fullmatch(between):
        return to_mention
    *verbs, link = words_of(between) or [""]
    if not says_only_an_action(" ".join(verbs)):
        return None
    if link == "from" and is_renaming(verbs):
        return replace(draft, path=mention.path, new_path=draft.path, end=mention.end)
    leads_to_it = not verbs and leading_action(joined(layers.spoken, draft.lead)) == "rename"
    is_rename = link in _BEFORE_A_NEW_NAME and (is_renaming(verbs) or leads_to_it)
    return to_mention if is_rename else None
