"""What the words around a path say: what happens to the file, and how many of what."""

from __future__ import annotations

import re
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from estimators.deliverable import Action

_VERBS: dict[Action, str] = {
    "create": "create creates created creating creation add adds added adding new introduce "
    "introduces introduced write writes generate generates scaffold",
    "modify": "modify modifies modified modifying modification modifications update updates "
    "updated updating change changes changed changing edit edits edited editing fix fixes fixed "
    "fixing refactor refactors refactored refactoring extend extends extended extending improve "
    "improves improved improving improvements enhance enhances enhanced enhancing enhancements "
    "upgrade upgrades upgraded upgrading adjust adjusts adjusted adjustments rewrite rewrites "
    "rewritten rework patch revise amend bump tweak tweaks simplify optimize optimise split "
    "extract migrate convert replace additions existing",
    "delete": "delete deletes deleted deleting deletion remove removes removed removing removal "
    "drop drops dropped rm",
    "rename": "rename renames renamed renaming move moves moved moving",
}
ACTION_WORDS: dict[str, Action] = {
    word: action for action, words in _VERBS.items() for word in words.split()
}
"""The words that name an action, in lower case."""

# Done to a part of a file, an action is another one for the file itself: a function that is
# deleted leaves a modified file, and one that is added may need a new file.
_OF_A_PART: dict[Action, Action | None] = {
    "create": None,
    "modify": "modify",
    "delete": "modify",
    "rename": "modify",
}
_FILLERS = frozenset(
    "a an the this that it its to be is are was will shall should must need needs i we you please "
    "also then next now just first finally and file files path brand entirely completely of all "
    "both status action type old obsolete unused".split()
)
_PREPOSITIONS = frozenset(
    "in into inside within to from for on onto at by with without via using through across under "
    "of as that which when while where because so after before if than and or but covering "
    "including containing instead during until".split()
)
# Between a verb and a path these say that the verb's object is not the path itself.
_LOCATIVES = frozenset(
    "in into inside within to from for on onto by with via using through across under".split()
)
_REFERENCES = frozenset(
    "from for of with by per via see like than use uses using import imports importing following "
    "against matching mirroring copy duplicate clone call calls on after".split()
)
# What takes something out of a file changes the file that stands behind "from".
_TAKING = frozenset({"delete", "rename"})
_TAKING_WORDS = frozenset({"extract", "split"})
_WHOLE_FILES = frozenset(
    "file files module modules script scripts document documents page pages package packages "
    "directory directories folder folders".split()
)
_PARTS_OF_FILES = frozenset(
    "function functions method methods endpoint endpoints field fields option options flag flags "
    "parameter parameters argument arguments section sections column columns property properties "
    "setting settings entry entries key keys test tests case cases class classes import imports "
    "route routes helper helpers command commands constant constants dependency dependencies type "
    "types rule rules feature features step steps job jobs check checks".split()
)

_WORD = re.compile(r"[\w'’-]+")
_CLAUSE_END = re.compile(r"[,;:.()\[\]|&]+|\s[-–—+]+\s|\b(?:and|then)\b")


def leading_action(lead: str) -> Action | None:
    """What the words before a path say of it: "Update", "New file:", "remove dead code from".

    Returns:
        The action on the file as a whole; None if the words leave it open.
    """
    verb, *rest = _phrase(lead)
    action = ACTION_WORDS.get(verb)
    if action is None or _is_about_the_whole(action, rest, ends_in_colon=_ends_in_colon(lead)):
        return action
    moves_in = action == "rename" and rest[-1] in {"to", "into"}
    return None if moves_in else _OF_A_PART[action]


def leading_verb(lead: str) -> Action | None:
    """The action of the verb before a path, whatever its object: "create" for "add tests to"."""
    return ACTION_WORDS.get(_phrase(lead)[0])


def _ends_in_colon(lead: str) -> bool:
    return lead.rstrip().endswith(":")


def _is_about_the_whole(action: Action, rest: list[str], *, ends_in_colon: bool) -> bool:
    """Whether a verb before a path has the path as its object, not something inside the file."""
    is_apart = bool(rest) and (ends_in_colon or rest[-1] in _LOCATIVES)
    if not is_apart:
        return True
    thing = _object(rest)
    if not thing:
        return ends_in_colon or (action == "rename" and rest[-1] == "from")
    return thing[-1] in _WHOLE_FILES or set(thing) <= _FILLERS


def trailing_action(trail: str) -> Action | None:
    """What the words behind a path say of it: "modifications", "(new module)", "[DELETED]".

    Only the first words count: what a note tells later is about the work, not the file.
    """
    clauses = (_without_fillers(clause) for clause in _clauses(trail))
    verb, *rest = next(filter(None, clauses), [""])
    action = ACTION_WORDS.get(verb)
    if action is None:
        return None
    thing = _object(rest)
    last = thing[-1] if thing else "file"
    is_whole = last not in _PARTS_OF_FILES if verb == "new" else last in _WHOLE_FILES
    return action if is_whole else _OF_A_PART[action]


def ends_in_reference(lead: str) -> bool:
    """Whether a path behind ``lead`` is only referred to: "tests for", "see", "based on"."""
    words = words_of(lead)
    if not words or words[-1] not in _REFERENCES:
        return False
    verb = _phrase(lead)[0]
    takes = ACTION_WORDS.get(verb) in _TAKING or verb in _TAKING_WORDS
    return not (takes and words[-1] in {"from", "of"})


def says_only_an_action(lead: str) -> bool:
    """Whether ``lead`` holds nothing but an action and words without a meaning of their own."""
    return all(word in ACTION_WORDS or word in _FILLERS for word in words_of(lead))


def is_renaming(words: list[str]) -> bool:
    """Whether one of ``words`` says that a file gets another name."""
    return any(ACTION_WORDS.get(word) == "rename" for word in words)


def words_of(text: str) -> list[str]:
    """The words of ``text`` in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def _clauses(text: str) -> list[list[str]]:
    return [words_of(clause) for clause in _CLAUSE_END.split(text)]


def _phrase(lead: str) -> list[str]:
    """The first action word that opens a clause, and all the words behind it; [""] without one."""
    clauses = _clauses(lead)
    for number, clause in enumerate(clauses):
        words = _without_fillers(clause)
        if words and words[0] in ACTION_WORDS:
            return [*words, *(word for later in clauses[number + 1 :] for word in later)]
    return [""]


def _without_fillers(words: list[str]) -> list[str]:
    return list(dropwhile(_FILLERS.__contains__, words))


def _object(words: list[str]) -> list[str]:
    """What a verb acts on: the words up to the first preposition."""
    return list(takewhile(lambda word: word not in _PREPOSITIONS, words))
