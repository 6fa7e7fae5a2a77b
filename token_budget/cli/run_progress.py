"""What a run is doing, live: tokens against estimate and ceiling, operations, spend."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from token_budget.cli.edits_table import in_line
from token_budget.executor.events import Arrived, Planned, Sent, Settled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from token_budget.executor.events import Event
    from token_budget.policy import BudgetPolicy
    from token_budget.spec import Phase

MICRO_USD = 1_000_000


class RunProgress:
    """A bar for the phase that is being carried out, and a line for each operation and round.

    It goes to standard error, so that standard output stays what the command says at its end.
    """

    def __init__(self, policy: BudgetPolicy, *, quiet: bool) -> None:
        """Show nothing yet.

        Args:
            policy: Counts tokens.
            quiet: Show nothing at all.
        """
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(file=sys.stderr, highlight=False, quiet=quiet)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeElapsedColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
        )
        self._console = self._progress.console
        self._task = self._progress.add_task("", figures="", visible=False)
        self._count = policy.counter.count
        self._rate, self._written, self._spent = 1.0, 0.0, 0
        self._median, self._ceiling = 0, 0

    def began(self, phase: Phase) -> None:
        """A phase begins."""
        self._written, self._spent = 0.0, 0
        self._progress.update(self._task, description=in_line(phase.title), visible=True)

    def watch(self, event: Event) -> None:
        """Show an event."""
        match event:
            case Planned():
                self._rate = event.plan.estimate.multiplier
                self._median = round(event.plan.estimate.visible.median)
            case Sent():
                self._ceiling = event.round.ceiling.tokens
                words = f"round {event.round.number}: {event.round.strategy}"
                bound = event.round.ceiling.bound
                self._say(f"{words}, at most {self._ceiling:,} tokens ({bound})")
            case Arrived():
                self._written += self._count(event.text) * self._rate
                for one in event.operations:
                    self._say(f"  {one.type} {in_line(one.path)}")
            case Settled():
                record = event.record
                self._spent = event.micro_usd or 0
                stopped = record.stop_reason or "broke off"
                self._say(f"round {record.round}: {stopped}, {record.output:,} tokens")
        self._update()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let somebody be asked meanwhile."""
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, soft_wrap=True)

    def _update(self) -> None:
        spent = f"${self._spent / MICRO_USD:.4f}"
        tokens = f"{round(self._written):,} of about {self._median:,} (at most {self._ceiling:,})"
        self._progress.update(
            self._task,
            total=max(self._median, 1),
            completed=min(self._written, self._median),
            figures=f"{tokens}, {spent}",
        )

    def __enter__(self) -> Self:
        """Begin to show."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        self._progress.stop()
