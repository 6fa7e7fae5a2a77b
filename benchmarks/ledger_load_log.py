"""What a worker of the load test says: one line before each call and one after it.

A line is written by one system call, so a worker that is killed leaves whole lines: what it said
before it died is all that it knew.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

BEGUN, DONE = "begun", "done"

Key = tuple[str, ...]
"""A round: the names of its scope, then its number."""

Entry = dict[str, Any]

Refusals = Mapping[type[Exception], str]
"""Errors that are an answer, and what to call each."""


class WorkerLog:
    """The log of one worker, only ever appended to."""

    def __init__(self, path: Path) -> None:
        """Make the file."""
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, entry: Entry) -> None:
        """Append one line."""
        os.write(self._file, json.dumps(entry).encode() + b"\n")

    def call(
        self, name: str, work: Callable[[], object], refusals: Refusals, **facts: object
    ) -> bool:
        """Make one call between two lines.

        Args:
            name: Of the call.
            work: The call.
            refusals: Errors that are an answer.
            facts: What to remember of it.

        Returns:
            Whether it did what it was asked for.
        """
        self.write({"call": name, "outcome": BEGUN, **facts})
        started = time.perf_counter()
        try:
            work()
            outcome = DONE
        except tuple(refusals) as error:
            outcome = next(word for kind, word in refusals.items() if isinstance(error, kind))
        took = time.perf_counter() - started
        self.write({"call": name, "outcome": outcome, "ms": round(1e3 * took, 3), **facts})
        return outcome == DONE


@dataclass(slots=True)
class Told:
    """What all workers said.

    Attributes:
        settled: Rounds whose settling returned, with the usage.
        settling: Rounds whose settling began, with the usage.
        sent: Rounds whose announcement returned.
        outcomes: How often each call ended in each way.
        milliseconds: How long each call took that did what it was asked for.
    """

    settled: dict[Key, Entry] = field(default_factory=dict)
    settling: dict[Key, Entry] = field(default_factory=dict)
    sent: set[Key] = field(default_factory=set)
    outcomes: dict[tuple[str, str], int] = field(default_factory=dict)
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Remember one line."""
        call, outcome = entry["call"], entry["outcome"]
        self.outcomes[call, outcome] = self.outcomes.get((call, outcome), 0) + 1
        if outcome == DONE:
            self.milliseconds.setdefault(call, []).append(entry["ms"])
        if "round" not in entry:
            return
        key = (*entry["scope"], str(entry["round"]))
        if call == "settle":
            kept = self.settled if outcome == DONE else self.settling
            kept[key] = entry["usage"]
        elif call == "sending" and outcome == DONE:
            self.sent.add(key)

    def count(self, outcome: str) -> int:
        """How many calls ended in that way."""
        return sum(count for (_, ended), count in self.outcomes.items() if ended == outcome)


def told_by(entries: Iterable[Entry]) -> Told:
    """The sum of all lines."""
    told = Told()
    for entry in entries:
        told.add(entry)
    return told


def read_logs(folder: Path) -> Iterator[Entry]:
    """Every whole line of every log in a folder."""
    for path in sorted(folder.glob("*.log")):
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)
