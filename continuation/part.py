"""A piece of a file that was cut off, and the place in it from which it is gone on with."""

from __future__ import annotations

from dataclasses import dataclass

TELLING_CHARACTERS = 10
"""A fragment, or repeated lines, with this many characters that are no white space hardly stand
twice in a row by chance. Fewer, such as those of ``}`` and a blank line, often do."""

RETURNED_LINES = 3
"""At most so many lines become the fragment, blank ones aside."""


@dataclass(frozen=True, slots=True)
class Part:
    r"""A piece of a file that was cut off.

    Attributes:
        content: The lines that are kept: empty, or it ends with ``\n``.
        fragment: What came after them.
    """

    content: str
    fragment: str = ""

    @property
    def text(self) -> str:
        """All that came."""
        return self.content + self.fragment

    @property
    def whole_lines(self) -> Part:
        r"""The same with every whole line as content: the fragment has no ``\n``."""
        end = _begin_of_line(self.text, len(self.text))
        return Part(self.text[:end], self.text[end:])

    @property
    def telling(self) -> Part:
        """The same with a fragment that can tell the line that comes next.

        Where the cut fell between two lines, or too little came of one, it takes the line before
        as well; and more, up to one that none of them equals: a model that goes on after what it
        wrote, not after what is kept, names the last line, and must not be taken for one that
        repeats it. Where no such lines tell enough, those that tell most; else the part itself.
        """
        text, end, told = self.text, len(self.content), self
        for _ in range(RETURNED_LINES):
            if tells(told.fragment):
                break
            end = _begin_of_line(text, len(text[:end].rstrip()))
            if end and text[_begin_of_line(text, end - 1) : end] not in _lines_of(text[end:]):
                told = Part(text[:end], text[end:])
        return told


def tells(text: str) -> bool:
    """Whether a text hardly stands somewhere by chance: see `TELLING_CHARACTERS`."""
    return len("".join(text.split())) >= TELLING_CHARACTERS


def _lines_of(text: str) -> list[str]:
    r"""All lines of a text, each with its ``\n``, if it has one."""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [text.rpartition("\n")[2]]


def _begin_of_line(text: str, place: int) -> int:
    """Where the line begins in which a place is."""
    return text.rfind("\n", 0, place) + 1
