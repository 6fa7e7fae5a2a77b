"""Deliverables as people write them: texts, nested lists, mappings of groups, or whole mappings.

`flatten` turns any of these into a flat sequence of entries, each with the place where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from estimators.deliverable import Deliverable

Entry = str | Deliverable
"""One deliverable: a text still to be read, or one whose parts were given by name."""

MAXIMUM_NESTING = 20
"""Levels of lists and groups; deeper is a mistake, or an alias that contains itself."""

ENTRY_EXPECTATION = "expected a path with an optional note, or a mapping with a 'path'"

DELIVERABLE_KEYS = frozenset({"path", "action", "to", "new_path", "note", "description"})
"""What a deliverable given by its parts may say."""

_ACTIONS = ("create", "modify", "delete", "rename")


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An entry and where it stands, or why what stands there is none.

    Attributes:
        place: Such as ``phases[2].scope.deliverables.code[0]``.
        entry: The deliverable; an empty text where there is a problem.
        value: What stands there.
        problem: What was expected instead; empty: nothing is wrong.
    """

    place: str
    entry: Entry
    value: object
    problem: str = ""


def flatten(value: object, place: str, depth: int = 0) -> Iterator[PlacedEntry]:
    """Every entry below ``value``, in order, with its place.

    Lists may be nested; ``{"code": […], "tests": […]}`` is a group a key; a mapping with a
    ``path`` is one deliverable; ``{"src/a.py": "adds x"}`` is a path with its note.
    """
    if value is None:
        return
    if depth > MAXIMUM_NESTING:
        yield PlacedEntry(place, "", value, f"expected at most {MAXIMUM_NESTING} levels of nesting")
    elif isinstance(value, str):
        yield _text(value, place)
    elif isinstance(value, Deliverable):
        yield PlacedEntry(place, value, value)
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from flatten(item, f"{place}[{number}]", depth + 1)
    elif isinstance(value, Mapping) and "path" in value:
        yield _named_parts(value, place)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _group(key, item, f"{place}.{key}", depth + 1)
    else:
        yield PlacedEntry(place, "", value, ENTRY_EXPECTATION)


def _text(value: str, place: str) -> PlacedEntry:
    if value.strip():
        return PlacedEntry(place, value, value)
    return PlacedEntry(place, "", value, ENTRY_EXPECTATION)


def _group(key: object, item: object, place: str, depth: int) -> Iterator[PlacedEntry]:
    """A group's members; a key that is itself a path makes its text the note of that path."""
    if isinstance(key, str) and isinstance(item, str) and _looks_like_path(key):
        yield PlacedEntry(place, f"`{key}`: {item}", item)
    else:
        yield from flatten(item, place, depth)


def _looks_like_path(key: str) -> bool:
    return "/" in key or "." in key.strip(".")


def _named_parts(value: Mapping[object, object], place: str) -> PlacedEntry:
    """A deliverable whose parts are given by name: path, action, note and ``to`` for a rename."""
    path, action = value["path"], value.get("action")
    note = value.get("note", value.get("description", ""))
    to = value.get("to", value.get("new_path"))
    if not isinstance(path, str) or not path.strip():
        return PlacedEntry(f"{place}.path", "", path, "expected a path")
    if action is not None and action not in _ACTIONS:
        return PlacedEntry(f"{place}.action", "", action, f"expected one of {', '.join(_ACTIONS)}")
    if not isinstance(note, str):
        return PlacedEntry(f"{place}.note", "", note, "expected a text")
    if (to is not None or action == "rename") and not (isinstance(to, str) and to.strip()):
        return PlacedEntry(f"{place}.to", "", to, "expected the path that a rename leads to")
    named = Deliverable(
        path=path,
        action=action or ("rename" if to else None),  # type: ignore[arg-type]  # checked above
        new_path=to,
        note=note,
        text=path,
    )
    return PlacedEntry(place, named, value)
