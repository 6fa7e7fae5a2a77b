"""How far an NDJSON answer has come: read from what was written, by the standard library alone.

It shares no code with the library under test, so that a mistake there is found.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.messages_api.target import content_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.messages_api.conversation import Conversation
    from benchmarks.messages_api.target import Operation

LONGEST_ESCAPE = 12
"""Characters of a pair of escaped surrogates: so many may have to go before a string is whole."""

_CLOSINGS = ('"}', "}", '"]}', "]}")


@dataclass(slots=True)
class Progress:
    """What is written of a target, each operation by its index.

    Attributes:
        operations: The target.
        finished: Operations that are whole.
        lines: Whole source lines that are written of an unfinished create.
        edits: Edits that are written of a modify, once it is written in pieces.
        modify: The unfinished modify, of which so many edits count.
        whole: Every whole operation, as it was written, in the order of writing.
    """

    operations: Sequence[Operation]
    finished: set[int] = field(default_factory=set)
    lines: dict[int, int] = field(default_factory=dict)
    edits: dict[int, int] = field(default_factory=dict)
    modify: int | None = None
    whole: list[Operation] = field(default_factory=list)

    def read(self, turn: str) -> None:
        """Take in what one turn wrote."""
        for line in turn.split("\n"):
            if not line.lstrip().startswith("{"):
                continue
            whole = _decoded(line)
            if whole is not None:
                self.add(whole)
            else:
                self._add_cut(_decoded_beginning(line))

    def read_told(self, conversation: Conversation) -> None:
        """Take in what the author was told is kept, where the conversation does not show it."""
        for kind, path in conversation.kept:
            index = self._index("create" if kind == "continue" else kind, path)
            if index is None:
                continue
            if kind == "modify" and conversation.told_missing(path):
                self.edits[index] = self.edits.get(index, 0) + 1
            else:
                self.finish(index)
        self.finished.update(range(conversation.kept_before))

    def go_to(self, conversation: Conversation) -> None:
        """Go on with the open file and the open modify where the author was told to."""
        self._go_to_edit(conversation)
        place = conversation.place
        index = self._index("create", place.path) if place else None
        if place is None or index is None:
            return
        lines = source_lines(self.operations[index])
        written = self.lines.get(index, len(lines))
        fitting = [n for n in range(1, len(lines) + 1) if _bare(lines[n - 1]) == _bare(place.after)]
        if place.lines in fitting:
            self.lines[index] = place.lines or 0
        elif fitting:
            self.lines[index] = max((n for n in fitting if n <= written), default=fitting[0])
        self.finished.discard(index)

    def _go_to_edit(self, conversation: Conversation) -> None:
        if conversation.edits_kept is None:
            return
        path, count = conversation.edits_kept
        self.modify = self._index("modify", path)
        if self.modify is not None:
            self.edits[self.modify] = count
            self.finished.discard(self.modify)

    def finish(self, index: int) -> None:
        """Take in that an operation of the target is written."""
        self.finished.add(index)
        self.whole.append(self.operations[index])

    def add(self, written: dict[str, Any]) -> None:
        """Take in one whole operation."""
        kind, path = written.get("type"), str(written.get("path"))
        index = self._index("create" if kind == "continue" else str(kind), path)
        if index is None:
            return
        self.whole.append(written)
        target = self.operations[index]
        if kind == "modify" and written != target:
            self._add_edits(index, written.get("edits", []))
        else:
            self.finished.add(index)

    def _add_edits(self, index: int, edits: list[Any]) -> None:
        wanted = self.operations[index]["edits"]
        count = self.edits.get(index, 0)
        ends = [n + len(edits) for n in range(len(wanted)) if wanted[n : n + len(edits)] == edits]
        ahead = [end for end in ends if end > count]
        self.edits[index] = min(ahead, default=count if ends else count + len(edits))
        if self.edits[index] >= len(wanted):
            self.finished.add(index)

    def _add_cut(self, written: dict[str, Any]) -> None:
        """Take in an operation that was cut off: whole lines count, of a modify nothing does."""
        kind, path = written.get("type"), str(written.get("path"))
        index = self._index("create" if kind == "continue" else str(kind), path)
        if index is None or index in self.finished:
            return
        if kind == "modify":
            self.edits.setdefault(index, 0)
        elif kind in ("create", "continue"):
            self.lines[index] = self._reached(index, written)

    def _reached(self, index: int, written: dict[str, Any]) -> int:
        """How many lines of a create are written, with these."""
        before = self.lines.get(index, 0)
        lines = source_lines(self.operations[index])
        new = content_of(written).split("\n")[:-1]
        if written["type"] == "create":
            return max(before, len(new))
        after = _bare(str(written.get("after", "")))
        starts = [n for n in range(1, len(lines) + 1) if _bare(lines[n - 1]) == after]
        fitting = [n for n in starts if _same(lines[n : n + len(new)], new)]
        nearest = min(fitting, key=lambda n: abs(before - n), default=before)
        return max(before, min(nearest + len(new), len(lines)))

    def _index(self, kind: str, path: str) -> int | None:
        """The operation that is meant: the first that is not finished, else the last."""
        found = [
            index
            for index, one in enumerate(self.operations)
            if one["type"] == kind and one["path"] == path
        ]
        unfinished = [index for index in found if index not in self.finished]
        return next(iter(unfinished or found[-1:]), None)


def source_lines(operation: Operation) -> list[str]:
    r"""The source lines of a create, with their ends: what follows the last ``\n`` is none."""
    return [f"{line}\n" for line in content_of(operation).split("\n")[:-1]]


def _same(lines: Sequence[str], new: Sequence[str]) -> bool:
    return [one.removesuffix("\n") for one in lines] == list(new)


def _bare(line: str) -> str:
    """A line without its end."""
    return line.removesuffix("\n").removesuffix("\r")


def _decoded(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _decoded_beginning(line: str) -> dict[str, Any]:
    """What had come of an operation: as much of its line as closes to an object.

    An unfinished string of ``lines`` is left out: only whole lines count. Of a modify, what counts
    is that it was begun.
    """
    begun, is_modify, _ = line.partition(',"edits":')
    if is_modify:
        return _decoded(begun + "}") or {}
    for text, closing in _closed_beginnings(line):
        found = _decoded(text + closing)
        if found is not None:
            if closing == '"]}' and isinstance(found.get("lines"), list):
                found["lines"] = found["lines"][:-1]
            return found
    return {}


def _closed_beginnings(line: str) -> Iterator[tuple[str, str]]:
    for dropped in range(min(LONGEST_ESCAPE, len(line)) + 1):
        for closing in _CLOSINGS:
            yield line[: len(line) - dropped], closing
