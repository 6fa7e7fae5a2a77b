"""A worker of the load test: it reserves, grows, sends, settles, releases, and may die anywhere."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.ledger_load_log import WorkerLog
from token_budget.errors import BudgetExhausted, LeaseEnded, LedgerUnavailable
from token_budget.ledger import Amount, Ledger, Limit, Usage
from token_budget.prices import PriceBook

if TYPE_CHECKING:
    from collections.abc import Callable

    from token_budget.ledger import Reservation

MODEL = "load-model"
PRICES = {MODEL: {"input_mtok": 1, "output_mtok": 5}}
"""A token of the prompt costs a millionth of a dollar, one of the answer five."""

TTL_SECONDS = 3.0
"""Short, so that leases of dead workers end within a run of some seconds."""

RUN_TOKENS = 200_000
"""The limit of a run: some tens of attempts, so that every run is filled up under contention."""

PHASES = 3
ROUNDS = 3
ABANDONED, SETTLED_TWICE, DYING = 0.02, 0.05, 0.02
"""Shares: of attempts that are never released, of rounds that are settled a second time, and of
rounds whose worker kills itself between send and settle, where workers die at all."""

WARM_PAIRS = 12
"""Made before the time begins: a server plans a statement anew until it was run ten times."""

REFUSALS: dict[type[Exception], str] = {
    BudgetExhausted: "refused",
    LeaseEnded: "lease ended",
    LedgerUnavailable: "unavailable",
}


@dataclass(frozen=True, slots=True)
class Task:
    """What one worker is to do.

    Attributes:
        place: The ledger's URL; of a baseline, its file.
        folder: Where its log goes.
        name: Its own, and that of the first scope.
        until: When to stop, by the machine's steady clock.
        seed: Of its choices.
        dying: Whether it kills itself now and then.
        organisation: The first name of every scope of the test.
        since: When to begin, by the same clock: a rate counts no process that is only starting.
    """

    place: str
    folder: str
    name: str
    until: float
    seed: int
    dying: bool = False
    organisation: str = "organisation"
    since: float = 0.0

    @property
    def log(self) -> Path:
        """Its log."""
        return Path(self.folder) / f"{self.name}.log"

    @property
    def going(self) -> bool:
        """Whether there is time left."""
        return time.monotonic() < self.until


def open_ledger(task: Task) -> Ledger:
    """The ledger of a task."""
    return Ledger(task.place, prices=PriceBook(PRICES), owner=task.name)


def work(task: Task) -> None:
    """Make attempts until the time is over."""
    with open_ledger(task) as ledger:
        worker = Worker(task, ledger)
        while task.going:
            worker.attempt()


def pair_up(task: Task) -> None:
    """Reserve and settle in a tree of three scopes, nothing else, until the time is over.

    The log says how often at its end.
    """
    scope, numbers = (task.organisation, "run", "phase"), count(task.seed * 10_000_000)
    with open_ledger(task) as ledger:
        for _ in range(WARM_PAIRS):
            _pair(ledger, scope, next(numbers))
        time.sleep(max(task.since - time.monotonic(), 0.0))
        pairs = 0
        while task.going:
            _pair(ledger, scope, next(numbers))
            pairs += 1
    WorkerLog(task.log).write({"pairs": pairs})


def _pair(ledger: Ledger, scope: tuple[str, ...], number: int) -> None:
    held = ledger.reserve(scope, amount_of(1_500, 1_000), sending=number)
    held.settle(number, Usage(1_500, 700), model=MODEL)


def amount_of(prompt: int, ceiling: int) -> Amount:
    """What a request may take at the most."""
    return Amount(ceiling, prompt + ceiling, prompt + 5 * ceiling, calls=1)


class Worker:
    """One process of the load."""

    def __init__(self, task: Task, ledger: Ledger) -> None:
        """Go on in the run that was begun last."""
        self._task, self._ledger = task, ledger
        self._log = WorkerLog(task.log)
        self._chance = random.Random(task.seed)
        runs = [scope[1] for scope in ledger.limited_scopes() if self._is_run(scope)]
        self._attempts = 0
        self._enter(int(max(runs, default="run-00000").removeprefix("run-")))

    def attempt(self) -> None:
        """One attempt of some rounds."""
        self._attempts += 1
        phase = f"phase-{self._chance.randrange(PHASES)}"
        scope = (*self._run, phase, f"{self._task.name}-{self._attempts}")
        made: list[Reservation] = []
        first = amount_of(self._chance.randrange(500, 4_000), 500)
        if not self._call(
            "reserve", lambda: made.append(self._ledger.reserve(scope, first, ttl=TTL_SECONDS))
        ):
            self._enter(self._number + 1)
            return
        for number in range(self._chance.randint(1, ROUNDS)):
            if not self._round(made[0], number):
                break
        if self._chance.random() >= ABANDONED:
            self._call("release", made[0].release)

    def _round(self, held: Reservation, number: int) -> bool:
        """One round; whether the next one may follow."""
        prompt, ceiling = self._chance.randrange(500, 4_000), self._chance.randrange(200, 4_000)
        amount = amount_of(prompt, ceiling)
        if self._chance.random() < 0.5 and not self._call("grow", lambda: held.grow(amount)):
            return False
        facts = {"scope": held.scope, "round": number}
        if not self._call("sending", lambda: held.sending(number, amount), **facts):
            return False
        if self._task.dying and self._chance.random() < DYING:
            os.kill(os.getpid(), signal.SIGKILL)
        usage = Usage(prompt, self._chance.randrange(1, ceiling + 1))
        times = 2 if self._chance.random() < SETTLED_TWICE else 1
        return all(
            self._call(
                "settle",
                lambda: held.settle(number, usage, model=MODEL),
                usage=[usage.input, usage.output],
                **facts,
            )
            for _ in range(times)
        )

    def _call(self, name: str, work: Callable[[], object], **facts: object) -> bool:
        return self._log.call(name, work, REFUSALS, **facts)

    def _enter(self, number: int) -> None:
        """Begin a run, or join it; its limit is set by everyone, to the same."""
        self._number = number
        self._run = (self._task.organisation, f"run-{number:05d}")
        limit = Limit(total_tokens=RUN_TOKENS, micro_usd=3 * RUN_TOKENS)
        self._call("limit", lambda: self._ledger.set_limit(self._run, limit))

    def _is_run(self, scope: tuple[str, ...]) -> bool:
        return len(scope) == 2 and scope[0] == self._task.organisation
