"""Worker processes that are started together, killed at random moments, and replaced."""

from __future__ import annotations

import multiprocessing
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess

_Task = TypeVar("_Task")

LIFE_SECONDS = 3.0
"""How long a worker lives on average where workers are killed: some tens of attempts."""

CHECKED_EVERY_SECONDS = 0.05
LAST_CALL_SECONDS = 30.0
"""How long a worker may need for its last call after the time is over."""

_CONTEXT = multiprocessing.get_context("forkserver")
"""Forks of a process that has no threads and no open database, so that starting one is cheap."""

_CONTEXT.set_forkserver_preload(
    [
        "benchmarks.ledger_load_worker",
        "benchmarks.unlocked_counters",
        "sqlalchemy.dialects.sqlite.pysqlite",
        "sqlalchemy.dialects.postgresql.psycopg",
        "psycopg",
    ]
)


class Crew:
    """As many workers as there should be, until a moment."""

    def __init__(self, work: Callable[[_Task], None], task_of: Callable[[int], _Task]) -> None:
        """Nothing is started yet.

        Args:
            work: What a worker does; a function of a module.
            task_of: The task of the worker with that number; replacements have numbers too.
        """
        self._work, self._task_of = work, task_of
        self._alive: list[BaseProcess] = []
        self._started = 0
        self.died = 0
        self.failed = 0

    def run(self, workers: int, until: float, killing: random.Random | None) -> None:
        """Keep so many workers at work.

        Args:
            workers: How many.
            until: When to stop, by the machine's steady clock.
            killing: Chooses whom to kill when; None: nobody.
        """
        for _ in range(workers):
            self._start()
        next_kill = time.monotonic() + _pause(killing, workers)
        while time.monotonic() + CHECKED_EVERY_SECONDS < until:
            time.sleep(CHECKED_EVERY_SECONDS)
            if killing is not None and time.monotonic() >= next_kill and self._alive:
                killing.choice(self._alive).kill()
                next_kill = time.monotonic() + _pause(killing, workers)
            missing = workers - self._still_alive()
            # Who is done because the time is over needs no replacement.
            for _ in range(missing if time.monotonic() < until else 0):
                self._start()
        for process in self._alive:
            process.join(LAST_CALL_SECONDS)
            self._bury(process)

    def _still_alive(self) -> int:
        dead = [one for one in self._alive if not one.is_alive()]
        self._alive = [one for one in self._alive if one not in dead]
        for one in dead:
            self._bury(one)
        return len(self._alive)

    def _bury(self, process: BaseProcess) -> None:
        """Count how a worker ended; one that hangs is killed."""
        if process.is_alive():
            process.kill()
            process.join()
            self.failed += 1
            return
        process.join()
        self.died += (process.exitcode or 0) < 0
        self.failed += (process.exitcode or 0) > 0

    def _start(self) -> None:
        process = _CONTEXT.Process(target=self._work, args=(self._task_of(self._started),))
        process.start()
        self._started += 1
        self._alive.append(process)


def ready() -> None:
    """Wait until processes start at once: the first one waits for all that is loaded before it."""
    process = _CONTEXT.Process(target=int)
    process.start()
    process.join()


def started(work: Callable[[_Task], None], task: _Task) -> BaseProcess:
    """One more process, which is left alone."""
    process = _CONTEXT.Process(target=work, args=(task,))
    process.start()
    return process


def _pause(killing: random.Random | None, workers: int) -> float:
    """Seconds to the next kill, as if each worker's end had nothing to do with the others'."""
    return 0.0 if killing is None else killing.expovariate(workers / LIFE_SECONDS)
