"""The prompt cache: beginnings of prompts that are known, by their exact content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.messages_api.prompts import Life, PromptBlock

LIFE_SECONDS: dict[Life, float] = {"5m": 300.0, "1h": 3_600.0}
"""How long a beginning is known after its last use."""

LOOK_BACK_BLOCKS = 20
"""A breakpoint finds a known beginning at its own block or this many before (API documentation)."""


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        """Seconds since the server began."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            ValueError: It would go back.
        """
        if seconds < 0:
            raise ValueError(f"seconds: expected 0 or more, found {seconds!r}")
        self._now += seconds


@dataclass(frozen=True, slots=True)
class CacheUse:
    """The tokens of one prompt, each counted once.

    Attributes:
        fresh: Neither read from the cache nor written to it.
        read: Read from it.
        written_5m: Written for five minutes.
        written_1h: Written for an hour.
    """

    fresh: int
    read: int = 0
    written_5m: int = 0
    written_1h: int = 0

    @property
    def total(self) -> int:
        """The whole prompt."""
        return self.fresh + self.read + self.written_5m + self.written_1h


class PromptCache:
    """Beginnings that breakpoints wrote, each with the time when it is forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: dict[str, tuple[float, Life]] = {}
        self._lock = Lock()

    def use(
        self, model: str, blocks: Sequence[PromptBlock], tokens: Sequence[int], minimum: int
    ) -> CacheUse:
        """Read what is known of a prompt, and write up to its breakpoints.

        Args:
            model: Each has a cache of its own.
            blocks: The prompt.
            tokens: Of each block.
            minimum: Shorter beginnings are not written.
        """
        chain = list(accumulate((one.key for one in blocks), _digest, initial=model))[1:]
        reach = list(accumulate(tokens))
        marks = [place for place, one in enumerate(blocks) if one.life and reach[place] >= minimum]
        with self._lock:
            known = self._longest_known(chain, marks)
            read = reach[known] if known is not None else 0
            written = self._write(blocks, chain, reach, [m for m in marks if reach[m] > read], read)
        fresh = sum(tokens) - read - sum(written.values())
        return CacheUse(fresh, read, written["5m"], written["1h"])

    def _longest_known(self, chain: Sequence[str], marks: Sequence[int]) -> int | None:
        """The block up to which the prompt is known; it is known as long again from now on."""
        for mark in reversed(marks):
            for place in range(mark, max(mark - LOOK_BACK_BLOCKS, 0) - 1, -1):
                end, life = self._ends.get(chain[place], (0.0, "5m"))
                if end > self._clock.now():
                    self._ends[chain[place]] = (self._clock.now() + LIFE_SECONDS[life], life)
                    return place
        return None

    def _write(
        self,
        blocks: Sequence[PromptBlock],
        chain: Sequence[str],
        reach: Sequence[int],
        marks: Sequence[int],
        start: int,
    ) -> dict[Life, int]:
        written: dict[Life, int] = {"5m": 0, "1h": 0}
        for mark in marks:
            life = blocks[mark].life or "5m"
            self._ends[chain[mark]] = (self._clock.now() + LIFE_SECONDS[life], life)
            written[life] += reach[mark] - start
            start = reach[mark]
        return written


def _digest(before: str, key: str) -> str:
    return hashlib.sha256(f"{before}\n{key}".encode(errors="surrogatepass")).hexdigest()
