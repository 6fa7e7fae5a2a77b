"""Deliverables as people write them: one line of text in, typed values out."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from estimators.deliverable import Deliverable
from estimators.reading.counts import counts_in
from estimators.reading.mentions import find_mentions
from estimators.reading.resolve import ParsedDeliverables, merge_duplicates, resolve, together
from estimators.reading.targets import find_targets, without_marks
from estimators.reading.workspace import WorkspaceView, has_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from estimators.reading.mentions import Mention

__all__ = [
    "ParsedDeliverables",
    "WorkspaceView",
    "merge_duplicates",
    "parse_deliverable",
    "parse_deliverables",
    "resolve",
]

_LIST_MARK = r"(?:[-*+•‣◦]|\d{1,4}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?"
_LEADING_MARK = re.compile(rf"\A\s*{_LIST_MARK}")
_LONGEST_HEADING = 200
"""How much of the text above a list leads each of its items: characters."""
_ITEM_START = re.compile(rf"\n(?=[ \t]*{_LIST_MARK})")


def parse_deliverable(text: str, workspace: WorkspaceView | None = None) -> ParsedDeliverables:
    """Read one entry of a spec.

    Args:
        text: ``src/a.py (new module)``, ``Update src/a.py``, ``src/a.py -> src/b.py``, prose ...
        workspace: Decides what the words leave open, and expands directories and globs.

    Returns:
        One deliverable for each path; one of prose, without a path, if there is none.

    Raises:
        DeliverableError: A path is absolute, leaves the workspace, or is no possible name.
    """
    parsed = together(_parse_item(item, workspace) for item in _items(text, workspace))
    return _merged(_written_as(text, parsed))


def parse_deliverables(
    texts: Iterable[str], workspace: WorkspaceView | None = None
) -> ParsedDeliverables:
    """Read all entries of a phase, in order; entries for the same file are merged, with a warning.

    Raises:
        DeliverableError: As `parse_deliverable`.
    """
    return _merged(together(parse_deliverable(text, workspace) for text in texts))


def _merged(parsed: ParsedDeliverables) -> ParsedDeliverables:
    merged = merge_duplicates(parsed.deliverables)
    return ParsedDeliverables(merged.deliverables, (*parsed.warnings, *merged.warnings))


def _written_as(text: str, parsed: ParsedDeliverables) -> ParsedDeliverables:
    deliverables = tuple(replace(one, text=text) for one in parsed.deliverables)
    return ParsedDeliverables(deliverables, parsed.warnings)


def _items(text: str, workspace: WorkspaceView | None) -> Iterator[str]:
    """The items of a list in one text, without their marks; a heading leads every item.

    Below a path, the items of a list are the path's notes, and the text is one entry.
    """
    first, *others = _ITEM_START.split(text)
    is_marked = _LEADING_MARK.match(first) is not None
    is_list = is_marked or (any(map(_names_a_path, others)) and not _names_a_path(first))
    if not is_list or has_file(workspace, text.strip()):
        yield text
        return
    heading = "" if is_marked else f"{first.strip()[-_LONGEST_HEADING:]} "
    for item in (first, *others) if is_marked else others:
        yield heading + _LEADING_MARK.sub("", item)


def _names_a_path(line: str) -> bool:
    return any(one.certain for one in find_mentions(line))


def _parse_item(text: str, workspace: WorkspaceView | None) -> ParsedDeliverables:
    mentions = find_mentions(text, workspace)
    targets = find_targets(text, mentions, workspace)
    if not targets:
        return _prose(text)
    named = (
        Deliverable(
            target.path,
            action=target.action,
            new_path=target.new_path,
            note=target.note,
            counts=target.counts,
        )
        for target in targets
    )
    resolved = together(resolve(one, workspace) for one in named)
    warnings = (*_unquoted_spaces(text, mentions), *resolved.warnings)
    return ParsedDeliverables(resolved.deliverables, warnings)


def _prose(text: str) -> ParsedDeliverables:
    note = without_marks(text)
    if not note:
        return ParsedDeliverables((), ("an empty deliverable is left out",))
    return ParsedDeliverables((Deliverable(None, note=note, counts=counts_in(note)),))


def _unquoted_spaces(text: str, mentions: Sequence[Mention]) -> Iterator[str]:
    """A warning for every two paths that may be one path with a space."""
    for before, after in pairwise(mentions):
        if text[before.end : after.start].strip(" ") == "" and before.end < after.start:
            yield (
                f"{before.path} {after.path} is read as two paths: "
                "put a path with spaces in backticks"
            )
