"""Takes the Markdown fence off an answer that is nothing but a fenced block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from continuation.markdown_fences import closes, nests, opening_fence

if TYPE_CHECKING:
    from continuation.markdown_fences import Fence


def unwrap(text: str) -> str:
    r"""What a finished answer holds inside of its fence.

    The fence is taken off only when it is round everything: its opening line, with or without a
    tag, is the first thing in the text but for white space, and the first fence that closes it, as
    CommonMark has it, is the last. The content is given byte for byte, with its final line end:
    that belongs to its last line. Fences within are kept; when they are as long as the outer one,
    they stand in pairs, each opened with a tag. Any other text is given back as it is.
    """
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    last = next((number for number in reversed(range(len(lines))) if lines[number].strip()), None)
    if first is None or last is None:
        return text
    fence = opening_fence(lines[first])
    if fence is None or _closing_line(lines, first, fence) != last:
        return text
    return "".join(f"{line}\n" for line in lines[first + 1 : last])


def _closing_line(lines: list[str], first: int, fence: Fence) -> int | None:
    """The line that closes a fence, where blocks with a tag may stand within."""
    inner = 0
    for number in range(first + 1, len(lines)):
        if closes(lines[number], fence):
            if not inner:
                return number
            inner -= 1
        inner += nests(lines[number], fence)
    return None
