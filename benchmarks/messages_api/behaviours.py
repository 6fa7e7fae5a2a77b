"""Ways in which an author misbehaves where it should go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.messages_api.writing import Written

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.messages_api.continuing import Continuing

    Behaviour = Callable[[Continuing], Written]

LINES = 3
"""Source lines that are repeated or skipped."""

HANDFUL = 6
"""Tokens of an answer that is cut again at once: less than the head of an operation."""

MISCOUNTED_BY = 3

PREFACE = "Sure, continuing from where I left off:\n\n"
APOLOGY = "I'm sorry, my answer was cut off because it was too long. Please ask for less at a time."
OTHER = (
    "Sourdough needs a starter of flour and water, which is fed every day for a week.\n\n"
    "1. Mix 50 g of flour with 50 g of water.\n2. Let it rest at 24 °C until it has doubled.\n"
)


def faithful(answer: Continuing) -> Written:
    """Goes on as it was asked to."""
    return Written(answer.rest())


def repeats_lines(answer: Continuing) -> Written:
    """Goes on a few lines earlier, and says so."""
    return Written(answer.rest(lines=LINES))


def repeats_lines_and_lies(answer: Continuing) -> Written:
    """Says that it goes on in the right place; a few lines before it come again."""
    return Written(answer.rest(lines=LINES, lie=True))


def repeats_operations(answer: Continuing) -> Written:
    """Writes the last operations, or hunks, again."""
    return Written(answer.rest(units=2))


def skips_lines(answer: Continuing) -> Written:
    """Goes on a few lines later, and says so."""
    return Written(answer.rest(lines=-LINES))


def skips_lines_and_lies(answer: Continuing) -> Written:
    """Says that it goes on in the right place; a few lines after it are missing."""
    return Written(answer.rest(lines=-LINES, lie=True))


def restarts(answer: Continuing) -> Written:
    """Begins again, with the same words."""
    return Written(answer.whole())


def restarts_with_changes(answer: Continuing) -> Written:
    """Begins again, and some files say something else."""
    return Written(answer.whole(changed=True))


def prefaces(answer: Continuing) -> Written:
    """Says that it goes on, and goes on."""
    return Written(PREFACE + answer.rest())


def apologises(_: Continuing) -> Written:
    """Says that it is sorry, and nothing else."""
    return Written(APOLOGY)


def fences(answer: Continuing) -> Written:
    """Opens a new Markdown fence."""
    return Written(f"```{answer.language}\n{answer.rest()}\n```\n")


def narrows_white_space(answer: Continuing) -> Written:
    """Indents the rest of the unfinished file by two spaces instead of four."""
    return Written(answer.reindented("  "))


def tabs_for_spaces(answer: Continuing) -> Written:
    """Indents the rest of the unfinished file by tabs instead of four spaces."""
    return Written(answer.reindented("\t"))


def stops_early(answer: Continuing) -> Written:
    """Leaves out the last operation, and ends without saying that it is whole."""
    return Written(answer.incomplete(1, closed=False))


def says_done_early(answer: Continuing) -> Written:
    """Leaves out the last operation, and says that it is whole."""
    return Written(answer.incomplete(1, closed=True))


def miscounts(answer: Continuing) -> Written:
    """Says that there are more operations, or lines, than there are."""
    return Written(answer.miscounted(MISCOUNTED_BY))


def returns_nothing(_: Continuing) -> Written:
    """Ends at once."""
    return Written()


def is_cut_at_once(answer: Continuing) -> Written:
    """Is cut off after a handful of tokens."""
    return Written(answer.rest(), most_tokens=HANDFUL)


def is_cut_before_a_word(answer: Continuing) -> Written:
    """Is cut off before it has written anything."""
    return Written(answer.rest(), most_tokens=0)


def answers_something_else(_: Continuing) -> Written:
    """Writes about another topic."""
    return Written(OTHER)
