"""Collects what reading an answer gives, in bounded memory, and sums it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ndjson.errors import LimitExceeded
from ndjson.held_back import HeldBack
from ndjson.operations import Done, Meta
from ndjson.partial import Note, Parsed, Partial, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ndjson.operations import Operation
    from ndjson.partial import Unfinished

KEPT_REPORTS = 1_000
"""How many rejected lines, and how many notes, are kept: more tell a person nothing."""

EXCERPT_CHARACTERS = 120
"""How much of a line an excerpt shows."""

EXCERPT_BYTES = 4 * EXCERPT_CHARACTERS

CUT_STOP_REASONS = frozenset(("max_tokens", "model_context_window_exceeded"))
"""The stop reasons of the Messages API that mean that the answer was cut off."""


def excerpt(data: bytes) -> str:
    """How ``data`` begins, as text."""
    text = data[:EXCERPT_BYTES].decode(errors="replace")
    shortened = len(data) > EXCERPT_BYTES or len(text) > EXCERPT_CHARACTERS
    return f"{text[:EXCERPT_CHARACTERS]}…" if shortened else text


class Reports:
    """What was read so far."""

    def __init__(self, objects: int) -> None:
        """Take the number of objects that may be read."""
        self._most_objects, self._objects = objects, 0
        self.parsed: list[Parsed] = []
        self._rejected: list[Rejected] = []
        self._rejected_count = 0
        self._notes: list[Note] = []
        self._note_count = 0
        self._of_path: dict[tuple[str, str], Parsed] = {}
        self._same_path: dict[Operation, Parsed] = {}
        self._usual: dict[str, tuple[int, int]] = {}
        self._summary: Meta | None = None
        self._held = HeldBack()
        self._ends_whole = False

    def count_object(self) -> None:
        """One more object was read, whatever it is.

        Raises:
            LimitExceeded: It is one too many.
        """
        self._objects += 1
        if self._objects > self._most_objects:
            raise LimitExceeded("objects", self._objects, self._most_objects)

    def keep(self, parsed: Parsed, data: bytes, *, listed: bool = False) -> None:
        """An operation was read, from the object ``data``."""
        self._ends_whole &= listed
        if self.holding:
            self._held.add(parsed, excerpt(data))
        else:
            self._give_out(parsed)

    def _give_out(self, parsed: Parsed) -> None:
        self.parsed.append(parsed)
        earlier = self._equal_before(parsed)
        if earlier is not None:
            self.note(parsed.line, "repeated", f"the same operation as on line {earlier.line}")

    def _equal_before(self, parsed: Parsed) -> Parsed | None:
        """The first operation that is equal. Contents are hashed only where kind and path agree."""
        operation = parsed.operation
        if isinstance(operation, Meta | Done):
            return None
        first = self._of_path.setdefault((operation.type, operation.path), parsed)
        if first is parsed:
            return None
        self._same_path.setdefault(first.operation, first)
        earlier = self._same_path.setdefault(operation, parsed)
        return None if earlier is parsed else earlier

    def reject(self, line: int, reason: str, data: bytes) -> None:
        """A line or object is no operation."""
        self._reject(Rejected(line, reason, excerpt(data)))

    def _reject(self, rejected: Rejected) -> None:
        self._rejected_count += 1
        if len(self._rejected) < KEPT_REPORTS:
            self._rejected.append(rejected)

    @property
    def holding(self) -> bool:
        """Whether operations are held back: they may be content of an object left open."""
        return self._held.since is not None

    def hold_back(self, line: int) -> None:
        """``line`` left its object open: hold back what is read from now on."""
        if not self.holding:
            self._held.since = line

    def reject_held(self) -> None:
        """What is held back may be content, and nothing that comes can tell any more."""
        for rejected in self._held.reject():
            self._reject(rejected)
        self._ends_whole = False

    def note(self, line: int, kind: str, text: str) -> None:
        """Something was tolerated."""
        self._note_count += 1
        if len(self._notes) < KEPT_REPORTS:
            self._notes.append(Note(line, kind, text))

    def note_usual(self, line: int, kind: str) -> None:
        """Something was tolerated that is usual: one note says on how many lines."""
        first, count = self._usual.get(kind, (line, 0))
        self._usual[kind] = (first, count + 1)

    def summary(self, meta: Meta | None) -> None:
        """A monolithic answer says what it does."""
        if not self.holding:
            self._summary = self._summary or meta

    def document_closed(self) -> None:
        """The last bracket of a list came: such an answer needs no ``done``."""
        self._ends_whole = True

    def partial(
        self,
        unfinished: Unfinished | None = None,
        exceeded: LimitExceeded | None = None,
        stop_reason: str | None = None,
    ) -> Partial:
        """The sum of it all.

        Args:
            unfinished: The object in which the answer was cut off.
            exceeded: The limit that ended the reading.
            stop_reason: Why the model stopped, as the API says it.
        """
        cut = bool(unfinished or exceeded or stop_reason in CUT_STOP_REASONS)
        kept = self._settle(unfinished, cut=cut)
        meta = next((one.operation for one in self.parsed if isinstance(one.operation, Meta)), None)
        done = next(
            (one.operation for one in reversed(self.parsed) if isinstance(one.operation, Done)),
            None,
        )
        meta = meta or self._summary
        reasons = self._cut_reasons(unfinished, done, exceeded, stop_reason)
        return Partial(
            parsed=tuple(self.parsed),
            unfinished=kept,
            meta=meta,
            done=done,
            cut_reasons=tuple(reasons),
            rejected=tuple(self._rejected),
            rejected_count=self._rejected_count,
            notes=(*self._usual_notes(), *self._notes),
            note_count=self._note_count + len(self._usual),
            warnings=tuple(self._warnings(meta, done)),
        )

    def _settle(self, unfinished: Unfinished | None, *, cut: bool) -> Unfinished | None:
        """Nothing follows: what is held back is given out or rejected, an unfinished object too."""
        if not self.holding:
            return unfinished
        if not cut and (self._held.ends_with_done or self._ends_whole):
            for parsed in self._held.release():
                self._give_out(parsed)
            return None
        self.reject_held()
        if unfinished is not None:
            self.reject(unfinished.line, self._held.reason, unfinished.raw.encode())
        return None

    def _usual_notes(self) -> Iterator[Note]:
        for kind, (line, count) in self._usual.items():
            yield Note(line, kind, "1 line" if count == 1 else f"{count:,} lines")

    def _cut_reasons(
        self,
        unfinished: Unfinished | None,
        done: Done | None,
        exceeded: LimitExceeded | None,
        stop_reason: str | None,
    ) -> Iterator[str]:
        if unfinished is not None:
            yield "unfinished line"
        if done is None and not self._ends_whole:
            yield "no done"
        if exceeded is not None:
            yield f"limit of {exceeded.limit}"
        if stop_reason in CUT_STOP_REASONS:
            yield f"stop reason {stop_reason}"

    def _warnings(self, meta: Meta | None, done: Done | None) -> Iterator[str]:
        count = sum(not isinstance(one.operation, Meta | Done) for one in self.parsed)
        for name, promise in (("meta", meta), ("done", done)):
            if promise and promise.operations not in (None, count):
                yield f"{name} says {promise.operations} operations; {count} were read"
        yield from self._held.warnings()
        if done is not None and not isinstance(self.parsed[-1].operation, Done):
            yield "operations follow the done line"
