"""What a workspace has learnt as one plain object, and as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.cli.output import plain_console
from token_budget.errors import DamagedState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.table import Table

    from token_budget.estimator_store import EstimatorStore
    from token_budget.learnt import Learnt

Report = dict[str, Any]


def state_report(workspace: Path, store: EstimatorStore | None) -> Report:
    """What is learnt in a workspace as one plain object; None: it has no state."""
    from token_budget.learnt import Learnt
    from token_budget.migrations import SCHEMA_VERSION
    from token_budget.storage_place import state_url

    return {
        "state": state_url(workspace),
        "exists": store is not None,
        "schema_version": None if store is None else SCHEMA_VERSION,
        "merged_origins": 0 if store is None else len(store.origins()) - 1,
        **learnt_report(Learnt() if store is None else store.learnt()),
        "mined_commits": {} if store is None else store.mined(),
        "observed_answers": 0 if store is None else store.observed(),
    }


def learnt_report(known: Learnt) -> Report:
    """From how much was learnt, by format, and by model family and effort."""
    thinking: Report = {}
    for (family, effort), one in sorted(known.thinking.records.items()):
        counts = {"answers": one.answers, "truncated": one.truncated}
        thinking.setdefault(family, {})[effort] = counts
    return {
        "formats": {
            name: {"phases": one.phases, "truncated": one.truncated}
            for name, one in sorted(known.adaptations.items())
        },
        "thinking": thinking,
    }


def forgettable_report(store: EstimatorStore, *, mined: bool) -> Report:
    """What a reset would forget; what is damaged can be forgotten too."""
    from token_budget.learnt import Learnt

    try:
        known, damage = store.learnt(), None
    except DamagedState as error:
        known, damage = Learnt(), str(error)
    commits = sum(store.mined().values()) if mined else 0
    answers = store.observed()
    own = {"damage": damage, "mined_commits": commits, "observed_answers": answers}
    return {**learnt_report(known), **own}


def forgotten_sentence(report: Report) -> str:
    """What `forgettable_report` says, for people."""
    what = f"a damaged state ({report['damage']})" if report["damage"] else sentence(report)
    commits, answers = report["mined_commits"], report["observed_answers"]
    return ", ".join(
        (
            what,
            *([f"{commits:,} mined commits"] if commits else []),
            *([f"{answers:,} recorded answers"] if answers else []),
        )
    )


def sentence(report: Report) -> str:
    """From how much was learnt, for people."""
    phases = [f"{one['phases']:,} phases of {name}" for name, one in report["formats"].items()]
    answers = sum(
        one["answers"] for efforts in report["thinking"].values() for one in efforts.values()
    )
    return ", ".join([*(phases or ["no phase"]), f"thinking of {answers:,} answers"])


def print_state(report: Report) -> None:
    """A line that says where the state is, then a table of each kind of thing in it."""
    from rich.text import Text

    console = plain_console()
    if not report["exists"]:
        console.print(Text(f"no state: nothing was learnt yet ({report['state']})"))
        return
    console.print(Text(f"{report['state']}, schema {report['schema_version']}"))
    for table in _tables(report):
        console.print("", table)
    if report["observed_answers"]:
        console.print(Text(f"recorded answers: {report['observed_answers']:,}"))
    if report["merged_origins"]:
        console.print(Text(f"merged from {report['merged_origins']:,} other states"))


def _tables(report: Report) -> Iterator[Table]:
    formats = [(name, *one.values()) for name, one in report["formats"].items()]
    yield _table(("format", "phases", "cut off"), formats or [("nothing learnt", "", "")])
    thinking = [
        (f"{family}, effort {effort}", *one.values())
        for family, efforts in report["thinking"].items()
        for effort, one in efforts.items()
    ]
    yield _table(("thinking", "answers", "cut off"), thinking or [("nothing learnt", "", "")])
    mined = list(report["mined_commits"].items())
    yield _table(("repository", "mined commits"), mined or [("none", "")])


def _table(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    for number, name in enumerate(names):
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    for first, *others in rows:
        table.add_row(Text(first), *(f"{one:,}" if one != "" else "" for one in others))
    return table
