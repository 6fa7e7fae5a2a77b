"""The part of the prompt that shows the workspace: deterministic, what stays the same first.

The prompt cache of a provider covers a prefix, so what phases share comes before what one phase
was given: pinned files first, those that are only read before those that are written, then whole
files, parts, outlines and paths, each sorted by path.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from token_budget.context.packing import Packed
    from token_budget.context.values import Chunk

HEAD = """<workspace>
Files of the workspace as they are now. Where a file is not shown whole, a line in brackets says \
which of its lines are left out.
"""
FOOT = "</workspace>\n"


def rendered(
    files: Iterable[Packed],
    pinned: Sequence[str],
    lines: Callable[[str], Sequence[str]],
    outline: Callable[[str], str],
    substitutes: Iterable[tuple[str, str]] = (),
) -> str:
    """The section of the prompt, wrappers and all; nothing for no files.

    Args:
        files: What is shown of each file.
        pinned: Paths that come first, in this order.
        lines: The lines of a file, without their ends.
        outline: The outline of a file.
        substitutes: Paths, each with the summary that stands for the file.
    """
    order = {path: place for place, path in enumerate(pinned)}
    ordered = sorted(files, key=lambda one: (order.get(one.path, len(order)), _rank(one), one.path))
    parts = [_substitute(*one) for one in sorted(substitutes)]
    parts += [piece for one in ordered for piece in _file(one, lines, outline)]
    paths = [one.path for one in ordered if not (one.whole or one.chunks or one.outline)]
    if paths:
        parts.append("".join(["<paths>\n", *(f"{_plain(path)}\n" for path in paths), "</paths>\n"]))
    return "".join([HEAD, *parts, FOOT]) if parts else ""


def line_ranges(chunks: Iterable[Chunk]) -> tuple[tuple[int, int], ...]:
    """First and last lines of what chunks show, neighbours joined."""
    ranges: list[tuple[int, int]] = []
    for chunk in chunks:
        if ranges and ranges[-1][1] + 1 == chunk.first_line:
            ranges[-1] = (ranges[-1][0], chunk.last_line)
        else:
            ranges.append((chunk.first_line, chunk.last_line))
    return tuple(ranges)


def _rank(one: Packed) -> int:
    """Whole files change least from phase to phase, lists of paths most."""
    if one.whole:
        return 0
    return 1 if one.chunks else 2


def _file(
    one: Packed, lines: Callable[[str], Sequence[str]], outline: Callable[[str], str]
) -> Iterator[str]:
    path = _quoted(one.path)
    if one.outline:
        yield f"<outline path={path}>\n{_ended(outline(one.path))}</outline>\n"
    if one.whole or one.chunks:
        text = lines(one.path)
        parts = "" if one.whole else f" lines={_quoted(_named_ranges(one.chunks, len(text)))}"
        body = "".join(_body(line_ranges(one.chunks), text))
        yield f"<file path={path}{parts}>\n{body}</file>\n"


def _body(ranges: Collection[tuple[int, int]], text: Sequence[str]) -> Iterator[str]:
    """The lines of the ranges, and marks where there are others between them."""
    before = 0
    for first, last in ranges:
        yield from _left_out(before + 1, first - 1)
        yield "".join(f"{line}\n" for line in text[first - 1 : last])
        before = last
    yield from _left_out(before + 1, len(text))


def _left_out(first: int, last: int) -> Iterator[str]:
    if first == last:
        yield f"[line {first} left out]\n"
    elif first < last:
        yield f"[lines {first}-{last} left out]\n"


def _named_ranges(chunks: Iterable[Chunk], total: int) -> str:
    named = ", ".join(f"{first}-{last}" for first, last in line_ranges(chunks))
    return f"{named} of {total}"


def _substitute(path: str, summary: str) -> str:
    return f"<summary path={_quoted(path)}>\n{_ended(summary)}</summary>\n"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _quoted(value: str) -> str:
    """In double quotes; a path may hold any character, a quote and a line feed among them."""
    return json.dumps(value, ensure_ascii=False)


def _plain(path: str) -> str:
    return path if path.isprintable() else _quoted(path)
