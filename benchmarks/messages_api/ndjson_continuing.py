"""How an NDJSON answer goes on: whole operations, and ``continue`` for the unfinished file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from benchmarks.messages_api.continuing import CHANGED, indented_by
from benchmarks.messages_api.progress import Progress, source_lines
from benchmarks.messages_api.target import content_of, done, ndjson_text, operation_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.messages_api.conversation import Conversation
    from benchmarks.messages_api.target import Operation, Target


@dataclass(frozen=True, slots=True)
class NdjsonContinuing:
    """The continuations of an answer of operations.

    Attributes:
        target: What is written, all in all.
        progress: How far it is.
        first: Whether nothing was written: the answer opens with its ``meta``.
    """

    language: ClassVar[str] = "json"

    target: Target
    progress: Progress
    first: bool

    @classmethod
    def of(cls, target: Target, conversation: Conversation) -> NdjsonContinuing:
        """The continuations at a request."""
        progress = Progress(target.operations)
        for turn in conversation.said:
            progress.read(turn)
        if conversation.started_elsewhere:
            progress.read_told(conversation)
        return cls.told(target, progress, conversation)

    @classmethod
    def told(
        cls, target: Target, progress: Progress, conversation: Conversation
    ) -> NdjsonContinuing:
        """The continuations after so much, at what the author was told."""
        if conversation.said:
            _write_again(progress, conversation)
        progress.go_to(conversation)
        return cls(target, progress, conversation.round == 1)

    @property
    def count(self) -> int:
        """The operations of the whole answer, as its author counts them."""
        return len(self.target.operations)

    def rest(self, *, lines: int = 0, units: int = 0, lie: bool = False) -> str:
        """See `Continuing`; where no file is unfinished, lines count as one edit or operation."""
        if self.first:
            return self.whole()
        begun = self._open() is not None or self.progress.modify is not None
        if lines and not begun:
            units = 1 if lines > 0 else -1
        written = self._operations(lines if begun else 0, lie=lie)
        if units < 0:
            written = written[-units:]
        return _text([*self._finished(units), *written, done(self.count)])

    def whole(self, *, changed: bool = False) -> str:
        """See `Continuing`; every second create and modify changes."""
        operations = self.target.operations
        if changed:
            operations = tuple(
                _changed(one) if not number % 2 else one for number, one in enumerate(operations)
            )
        return ndjson_text(operations, self.count)

    def incomplete(self, left_out: int, *, closed: bool) -> str:
        """See `Continuing`."""
        if self.first:
            kept = list(self.target.operations[:-left_out] if left_out else self.target.operations)
            text = ndjson_text(kept, self.count)
            return text if closed else text.removesuffix(operation_line(done(self.count)))
        operations = self._operations()
        kept = operations[: max(len(operations) - left_out, 0)]
        return _text([*kept, *([done(self.count)] if closed else [])])

    def miscounted(self, by: int) -> str:
        """See `Continuing`."""
        if self.first:
            return ndjson_text(self.target.operations, self.count + by)
        return _text([*self._operations(), done(self.count + by)])

    def reindented(self, unit: str) -> str:
        """See `Continuing`."""
        if self._open() is None:
            return self.rest()
        first, *others = self._operations()
        first = {**first, "content": indented_by(content_of(first), unit)}
        return _text([first, *others, done(self.count)])

    def _open(self) -> int | None:
        """The unfinished file: the first operation that is not finished, once it has a line."""
        index = next(self._unfinished(), None)
        return index if index is not None and self.progress.lines.get(index) else None

    def _unfinished(self) -> Iterator[int]:
        """Indices of what is to be written; what is unfinished comes first."""
        left = [one for one in range(self.count) if one not in self.progress.finished]
        yield from sorted(left, key=lambda one: not self._is_begun(one))

    def _is_begun(self, index: int) -> bool:
        return bool(self.progress.lines.get(index)) or index == self.progress.modify

    def _finished(self, units: int) -> list[Operation]:
        """The last operations that are whole, as they were written."""
        return self.progress.whole[-units:] if units > 0 else []

    def _operations(self, earlier: int = 0, *, lie: bool = False) -> list[Operation]:
        """What is to be written; the unfinished file from so many lines earlier."""
        return [
            operation
            for index in self._unfinished()
            for operation in self._operation(index, earlier, lie=lie)
        ]

    def _operation(self, index: int, earlier: int, *, lie: bool) -> Iterator[Operation]:
        operation = self.target.operations[index]
        if operation["type"] == "create" and self.progress.lines.get(index):
            yield _continued(operation, self.progress.lines[index], earlier, lie=lie)
        elif index in self.progress.edits:
            shift = (earlier > 0) - (earlier < 0)
            left = operation["edits"][max(self.progress.edits[index] - shift, 0) :]
            yield from [{**operation, "edits": left}] if left else []
        else:
            yield operation


def _write_again(progress: Progress, conversation: Conversation) -> None:
    """Take back what the author was told is missing though it is written."""
    for index in sorted(progress.finished):
        if conversation.told_missing(progress.operations[index]["path"]):
            progress.finished.discard(index)
            progress.edits.pop(index, None)
            progress.lines.pop(index, None)


def _continued(operation: Operation, written: int, earlier: int, *, lie: bool) -> Operation:
    lines = source_lines(operation)
    written = min(written, len(lines))
    begin = min(max(written - earlier, 1), len(lines))
    after = lines[(written if lie else begin) - 1].removesuffix("\n").removesuffix("\r")
    content = content_of(operation)[sum(map(len, lines[:begin])) :]
    return {"type": "continue", "path": operation["path"], "after": after, "content": content}


def _changed(operation: Operation) -> Operation:
    match operation["type"]:
        case "create":
            return {**operation, **_changed_content(operation)}
        case "modify":
            edits = [{**edit, **_changed_edit(edit)} for edit in operation["edits"]]
            return {**operation, "edits": edits}
        case _:
            return operation


def _changed_content(operation: Operation) -> Operation:
    if "lines" in operation:
        return {"lines": [CHANGED, *operation["lines"]]}
    return {"content": f"{CHANGED}\n{content_of(operation)}"}


def _changed_edit(edit: Operation) -> Operation:
    return {name: f"{edit[name]}{CHANGED}" for name in ("new", "content") if name in edit}


def _text(operations: list[Operation]) -> str:
    return "".join(map(operation_line, operations))
