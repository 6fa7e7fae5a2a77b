"""Who writes the answers: an author that is faithful to its target, and those that misbehave.

`AUTHORS` has one of each by name. Most of them read the request and remember nothing, so one author
may write several answers at once; `Once` and `Scripted` have a memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from benchmarks.messages_api import behaviours
from benchmarks.messages_api.conversation import Conversation, first_text
from benchmarks.messages_api.diff_continuing import DiffContinuing
from benchmarks.messages_api.ndjson_continuing import NdjsonContinuing
from benchmarks.messages_api.text_continuing import TextContinuing
from benchmarks.messages_api.whole_file_continuing import WholeFileContinuing
from benchmarks.messages_api.writing import Author, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.messages_api.behaviours import Behaviour
    from benchmarks.messages_api.continuing import Continuing
    from benchmarks.messages_api.prompts import Body
    from benchmarks.messages_api.target import Target

EFFORT_SHARES = {"low": 0.25, "medium": 0.5, "high": 1.0, "xhigh": 1.5, "max": 2.0}
"""How much of its scripted thinking an author does at each effort."""


def continuing(target: Target, conversation: Conversation) -> Continuing:
    """The continuations of an answer in its format; after a prefill, from exactly there."""
    if conversation.prefill is not None or target.format == "text":
        return TextContinuing.of(target, conversation)
    match target.format:
        case "ndjson":
            return NdjsonContinuing.of(target, conversation)
        case "diff":
            return DiffContinuing.of(target, conversation)
        case _:
            return WholeFileContinuing(target, conversation)


@dataclass(frozen=True, slots=True)
class Behaving:
    """Writes its target; in some rounds it behaves in a way of its own.

    Attributes:
        target: What it has in mind.
        behaviour: Its way.
        first_round: From this round on; it is faithful before.
    """

    target: Target
    behaviour: Behaviour = behaviours.faithful
    first_round: int = 2

    def write(self, request: Body) -> Written:
        """What it writes at this request."""
        conversation = Conversation.of(request)
        answer = continuing(self.target, conversation)
        own = conversation.round >= self.first_round
        return self.behaviour(answer) if own else behaviours.faithful(answer)


@dataclass(slots=True)
class Once:
    """Behaves in a way of its own at one request, the first that fits; it is faithful after that.

    It has a memory, as the request that follows may be the same again: make one for each attempt.
    """

    target: Target
    behaviour: Behaviour
    first_round: int = 2
    _behaved: bool = False
    _lock: Lock = field(default_factory=Lock)

    def write(self, request: Body) -> Written:
        """What it writes at this request."""
        with self._lock:
            own = not self._behaved and Conversation.of(request).round >= self.first_round
            self._behaved = self._behaved or own
        behaviour = self.behaviour if own else behaviours.faithful
        return Behaving(self.target, behaviour, 1).write(request)


@dataclass(frozen=True, slots=True)
class Raw:
    """Goes on with the very next character of its target, whatever it is asked.

    This is what a caller hopes for who asks to continue, and joins the parts as they are.
    """

    target: Target

    def write(self, request: Body) -> Written:
        """The characters that are not written yet."""
        return Written(TextContinuing.of(self.target, Conversation.of(request)).rest())


@dataclass(frozen=True, slots=True)
class Thinking:
    """An author who thinks before it writes.

    Attributes:
        author: Who writes.
        tokens: Of thinking, in the model's tokens, at the effort ``high``.
        later: The same from the second round on; None: as many.
    """

    author: Author
    tokens: int
    later: int | None = None

    def write(self, request: Body) -> Written:
        """What the author writes, after thinking."""
        effort = request.get("output_config", {}).get("effort") or "high"
        again = self.later is not None and Conversation.of(request).round > 1
        tokens = self.later if again and self.later is not None else self.tokens
        spent = round(tokens * EFFORT_SHARES[effort])
        return replace(self.author.write(request), thinking_tokens=spent)


@dataclass(slots=True)
class Scripted:
    """Writes one thing after the other, whatever it is asked; the last one again and again."""

    script: tuple[Written, ...]
    _next: int = 0
    _lock: Lock = field(default_factory=Lock)

    def write(self, request: Body) -> Written:  # noqa: ARG002 - that is its point
        """The next thing."""
        with self._lock:
            place = min(self._next, len(self.script) - 1)
            self._next += 1
        return self.script[place]


@dataclass(frozen=True, slots=True)
class ChosenByText:
    """Chooses among authors by a text that the first message of the request holds."""

    authors: Mapping[str, Author]

    def __call__(self, request: Body) -> Author:
        """The author whose key the first message holds.

        Raises:
            LookupError: There is none, or several.
        """
        said = first_text(request)
        found = [author for key, author in self.authors.items() if key in said]
        if len(found) != 1:
            raise LookupError(f"{len(found)} authors fit a request that begins {said[:80]!r}")
        return found[0]


_FROM_THE_START = 1

_BEHAVIOURS: dict[str, tuple[Behaviour, int]] = {
    "faithful": (behaviours.faithful, 2),
    "repeats lines": (behaviours.repeats_lines, 2),
    "repeats lines and lies": (behaviours.repeats_lines_and_lies, 2),
    "repeats operations": (behaviours.repeats_operations, 2),
    "skips lines": (behaviours.skips_lines, 2),
    "skips lines and lies": (behaviours.skips_lines_and_lies, 2),
    "restarts": (behaviours.restarts, 2),
    "restarts with changes": (behaviours.restarts_with_changes, 2),
    "prefaces": (behaviours.prefaces, 2),
    "apologises": (behaviours.apologises, 2),
    "fences": (behaviours.fences, 2),
    "narrows white space": (behaviours.narrows_white_space, 2),
    "tabs for spaces": (behaviours.tabs_for_spaces, 2),
    "stops early": (behaviours.stops_early, _FROM_THE_START),
    "says done early": (behaviours.says_done_early, _FROM_THE_START),
    "miscounts": (behaviours.miscounts, _FROM_THE_START),
    "returns nothing": (behaviours.returns_nothing, 2),
    "is cut at once": (behaviours.is_cut_at_once, 2),
    "is cut before a word": (behaviours.is_cut_before_a_word, 2),
    "answers something else": (behaviours.answers_something_else, 2),
}
"""Each with the round from which on an author behaves so."""

OMITTING = frozenset(
    (
        "apologises",
        "answers something else",
        "returns nothing",
        "says done early",
        "skips lines",
        "skips lines and lies",
        "stops early",
    )
)
"""Those who never send a part of their target, or not in time: no reader can get it from them.

Of those who misbehave once, the ones that skip lines still never send them.
"""

CHANGING = frozenset(("narrows white space", "restarts with changes", "tabs for spaces"))
"""Those who send a part of their target in other words."""

ONCE = ", once"
"""Ends the name of an author that misbehaves at the first such request only."""


def _registry() -> dict[str, Callable[[Target], Author]]:
    found: dict[str, Callable[[Target], Author]] = {"raw": Raw}
    for name, (behaviour, start) in _BEHAVIOURS.items():
        found[name] = partial(Behaving, behaviour=behaviour, first_round=start)
        if name != "faithful":
            found[name + ONCE] = partial(Once, behaviour=behaviour, first_round=start)
    return found


AUTHORS: dict[str, Callable[[Target], Author]] = _registry()
"""Every author by name; those of misbehaviours twice: always, and ``once``."""
