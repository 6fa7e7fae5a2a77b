"""How an answer of whole files goes on after a cut: as NDJSON."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar

from benchmarks.messages_api.continuing import CHANGED, common_length, indented_by
from benchmarks.messages_api.ndjson_continuing import NdjsonContinuing
from benchmarks.messages_api.progress import LONGEST_ESCAPE, Progress
from benchmarks.messages_api.target import Target, content_of, whole_file_parts

if TYPE_CHECKING:
    from benchmarks.messages_api.conversation import Conversation
    from benchmarks.messages_api.target import FilePart, Operation


class WholeFileContinuing:
    """The continuations of an answer of whole files: the first round in its own shape."""

    language: ClassVar[str] = "json"

    def __init__(self, target: Target, conversation: Conversation) -> None:
        """Read how far the files are."""
        self._target = target
        self._parts = list(whole_file_parts(target))
        progress = Progress(target.operations)
        for turn in conversation.said:
            self._read(turn, progress)
        if conversation.started_elsewhere:
            progress.read_told(conversation)
        self._ndjson = NdjsonContinuing.told(target, progress, conversation)

    def rest(self, *, lines: int = 0, units: int = 0, lie: bool = False) -> str:
        """See `Continuing`."""
        if self._ndjson.first:
            return self.whole()
        return self._ndjson.rest(lines=lines, units=units, lie=lie)

    def whole(self, *, changed: bool = False) -> str:
        """See `Continuing`; every second file changes."""
        if not changed:
            return self._target.whole()
        operations = [
            one if number % 2 else {**one, "content": f"{CHANGED}\n{content_of(one)}"}
            for number, one in enumerate(self._target.operations)
        ]
        return self._of(operations).whole()

    def incomplete(self, left_out: int, *, closed: bool) -> str:
        """See `Continuing`; a first round that is incomplete is a whole answer of fewer files."""
        if not self._ndjson.first:
            return self._ndjson.incomplete(left_out, closed=closed)
        operations = self._target.operations
        return self._of(list(operations[: max(len(operations) - left_out, 0)])).whole()

    def miscounted(self, by: int) -> str:
        """See `Continuing`; whole files count nothing."""
        return self.whole() if self._ndjson.first else self._ndjson.miscounted(by)

    def reindented(self, unit: str) -> str:
        """See `Continuing`."""
        if not self._ndjson.first:
            return self._ndjson.reindented(unit)
        return indented_by(self.whole(), unit)

    def _of(self, operations: list[Operation]) -> Target:
        return Target.whole_files(operations, self._target.shape)

    def _read(self, turn: str, progress: Progress) -> None:
        """Take in a turn: in the shape of the first round, or as NDJSON."""
        opening = self._parts[0].text if self._parts else ""
        if turn.startswith(opening[: len(turn)].split("\n")[0]):
            self._read_files(turn, progress)
        else:
            progress.read(turn)

    def _read_files(self, turn: str, progress: Progress) -> None:
        reached = common_length(self._target.whole(), turn)
        ends = accumulate(len(one.text) for one in self._parts)
        files = [(one, end) for one, end in zip(self._parts, ends, strict=True) if one.begin >= 0]
        for index, (part, end) in enumerate(files):
            if end - _after_the_close(part, self._target) <= reached:
                progress.finish(index)
            else:
                written = part.text[part.begin : max(reached - end + len(part.text), part.begin)]
                lines = _line_ends(written[: part.end - part.begin], self._target)
                progress.lines[index] = max(lines, progress.lines.get(index, 0))


def _after_the_close(part: FilePart, target: Target) -> int:
    """Characters of a part that come after the file is closed."""
    closing = part.text[part.end :]
    if target.shape == "json":
        return len(closing) - len('"}')
    return len(closing) - len(closing.rstrip("\n")) - 1


def _line_ends(written: str, target: Target) -> int:
    r"""The whole lines in a piece of content; in JSON, a line ends with an escape."""
    if target.shape == "fences":
        return written.count("\n")
    for dropped in range(LONGEST_ESCAPE + 1):
        try:
            return str(json.loads(f'"{written[: len(written) - dropped]}"')).count("\n")
        except ValueError:
            continue
    return 0
