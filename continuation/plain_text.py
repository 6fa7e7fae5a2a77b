"""Joins plain text that was cut off with what came next.

Nothing in plain text proves a seam, so every result is unproven; it says how the parts were joined,
what was dropped, and what looks wrong. In this order:

1. Nothing came: nothing changes.
2. The part starts over: it begins with all that was kept, or is a beginning of that. Only what is
   new is added. A part that begins like the kept text and then differs is refused.
3. The part begins with the last words of the kept text (an *overlap*): they are dropped from it.
4. Otherwise it is added as it is.

An overlap or a restart counts from `part.TELLING_CHARACTERS` characters that are no white space.
Where text repeats itself, so that the overlap could as well be shorter, longer or meant as one more
repetition, no join is more plausible than another: that is a `SeamMismatch`.

A preface is dropped only if an overlap or a restart follows it; otherwise it is noted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from continuation.errors import SeamMismatch, shown
from continuation.markdown_fences import Fence, closes, opening_fence
from continuation.part import tells
from continuation.seam import overlaps

RESTART_CHARACTERS = 40
"""A part that begins with this many of the kept text's first characters (no white space), and then
differs, is another version of it; fewer may be a common opening, such as that of a list item."""

PLACE = "the text at the seam"

_PREFACE = re.compile(
    r"\s*(?:sure|certainly|of course|okay|ok|absolutely|apologies|sorry|i apologi[sz]e|i'm sorry|"
    r"here(?:'s| is| are)|continuing|resuming|picking up|let me (?:continue|go on)|"
    r"i(?:'ll| will) (?:continue|go on|resume))\b[^\n]*\n\s*",
    re.IGNORECASE,
)
"""How models open an answer that should have gone on in the middle."""

How = Literal["nothing", "restart", "overlap", "added", "prefill"]


@dataclass(frozen=True, slots=True)
class TextSeam:
    """Two parts of a text as one.

    Attributes:
        text: It.
        dropped: What was left out of the second part: it stands in the first, or is a preface.
        how: How they were joined.
        notes: Signs that the second part may not go on with the first.
    """

    text: str
    dropped: str
    how: How
    notes: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """Never: nothing in plain text can prove a seam."""
        return False


def join_text(kept: str, later: str) -> TextSeam:
    """The kept text with the next part.

    Raises:
        SeamMismatch: The part is another version of the text, or two joins are equally plausible.
    """
    if not kept or not later:
        return TextSeam(kept + later, "", "added" if later else "nothing")
    found = _repeating(kept, later)
    preface = _PREFACE.match(later)
    if found is None and preface:
        found = _repeating(kept, later[preface.end() :])
        found = found and replace(found, dropped=preface[0] + found.dropped)
    return found or TextSeam(kept + later, "", "added", _signs(kept, later))


def prefill_text(kept: str) -> tuple[str, str]:
    """What can be sent as the assistant's beginning, and the white space taken off its end."""
    sent = kept.rstrip()
    return sent, kept[len(sent) :]


def join_prefilled(kept: str, later: str) -> TextSeam:
    """The kept text with what the model wrote after `prefill_text` of it.

    The white space that was not sent is put back. What the model writes of it itself is not there
    twice; if it writes other white space, that is taken: it goes on with what was sent.
    """
    sent, blank = prefill_text(kept)
    own = later[: len(later) - len(later.lstrip())]
    if own.startswith(blank):
        return TextSeam(sent + later, blank, "prefill", _signs(kept, later))
    if blank.startswith(own):
        return TextSeam(kept + later[len(own) :], own, "prefill", _signs(kept, later))
    note = f"the white space at the seam was {shown(blank)}, and comes as {shown(own)}"
    return TextSeam(sent + later, "", "prefill", (note, *_signs(kept, later)))


def _repeating(kept: str, later: str) -> TextSeam | None:
    """The seam, if the part begins with something that was kept."""
    if kept.startswith(later) and tells(later):
        return TextSeam(kept, later, "restart")
    size = min(len(kept), len(later))
    lengths = overlaps(kept[len(kept) - size :], later[:size])
    telling = [length for length in islice(lengths, 2) if tells(later[:length])]
    if telling:
        return _dropping(kept, later, telling)
    same = _common_beginning(kept, later)
    if _count(same) >= RESTART_CHARACTERS:
        expected = f"to begin with all that was kept, or to go on after {shown(kept[-40:])}"
        raise SeamMismatch(
            PLACE, expected, f"another version of it from {shown(later[len(same) :])}"
        )
    return None


def _dropping(kept: str, later: str, telling: list[int]) -> TextSeam:
    """The seam with an overlap, if that is the only plausible one."""
    length, shorter = telling[0], telling[-1] if len(telling) > 1 else 0
    repeated = later[:length]
    if length == len(kept):
        return TextSeam(later, repeated, "restart")
    if length <= 2 * shorter or kept[: len(kept) - length].endswith(repeated):
        expected = "words that stand only once at the end of what was kept"
        raise SeamMismatch(PLACE, expected, f"{shown(repeated)}, which repeats itself there")
    return TextSeam(kept + later[length:], repeated, "overlap")


def _signs(kept: str, later: str) -> tuple[str, ...]:
    """What looks wrong in a part that is added as it is."""
    first = next((line for line in later.split("\n") if line.strip()), "")
    notes = []
    if not first:
        notes.append("the part is only white space")
    if _PREFACE.match(f"{first}\n"):
        notes.append(f"it begins like a preface: {shown(first)}")
    within = _open_fence(kept)
    if opening_fence(first) and (within is None or not closes(first, within)):
        where = "within the one that is open" if within else "at the seam"
        if within or not kept.endswith("\n"):
            notes.append(f"it opens a fence {where}: {shown(first)}")
    return tuple(notes)


def _open_fence(text: str) -> Fence | None:
    """The fence that is open at the end of a text."""
    found: Fence | None = None
    for line in text.split("\n"):
        if found is None:
            found = opening_fence(line)
        elif closes(line, found):
            found = None
    return found


def _common_beginning(one: str, other: str) -> str:
    pairs = zip(one, other, strict=False)
    end = next((place for place, (left, right) in enumerate(pairs) if left != right), None)
    return one[: min(len(one), len(other)) if end is None else end]


def _count(text: str) -> int:
    return sum(map(len, text.split()))
