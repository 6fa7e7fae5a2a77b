"""Do the books say what the workers say, and does each of their sums?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from token_budget.ledger.amounts import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.ledger_load_log import Key, Told

Row = dict[str, Any]
USED = ("spent", "overrun", "held", "unknown")


@dataclass(frozen=True, slots=True)
class Findings:
    """What a comparison of books and logs found; all but the first three must be 0.

    Attributes:
        rounds: Settled rounds in the books.
        unknown: Rounds that were sent and that nobody settled.
        reclaimed: Leases that expired and were ended by whoever came next.
        overruns: Rounds that used more than was held.
        lost: Rounds that the books lack, or have with another usage, although settling returned;
            and calls that the sums of an account lack.
        double: Calls that the sums of an account have beyond its settled rounds.
        invented: Settled rounds that no worker settled.
        unlisted: Rounds that were sent and never settled, and do not stand under unknown.
        unbalanced: Accounts of which a sum is not that of their rounds and leases.
        violations: Accounts in which more is spent, held or unknown than a limit allows.
    """

    rounds: int
    unknown: int
    reclaimed: int
    overruns: int
    lost: int
    double: int
    invented: int
    unlisted: int
    unbalanced: int
    violations: int

    @property
    def faults(self) -> dict[str, int]:
        """What must not be there, and is."""
        return {name: n for name, n in asdict(self).items() if n and name not in _NO_FAULTS}


_NO_FAULTS = ("rounds", "unknown", "reclaimed")


def compare(told: Told, books: Iterable[Row]) -> Findings:
    """Compare what workers said with every row of the books."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for row in books:
        tables[row["table"]].append(row)
    rounds = {round_key(row): row for row in tables["round"]}
    settled = {key: row for key, row in rounds.items() if row["state"] == "settled"}
    accounts = tables["account"]
    sums = summed(tables["round"], tables["reservation"])
    calls = [row["spent_calls"] + row["overrun_calls"] - _calls(sums, row) for row in accounts]
    return Findings(
        rounds=len(settled),
        unknown=sum(row["state"] == "unknown" for row in rounds.values()),
        reclaimed=sum(row["lease"] == "expired" for row in tables["reservation"]),
        overruns=sum(has_overrun(row) for row in rounds.values()),
        lost=max(missing(told.settled, settled), -min([0, *calls])),
        double=max([0, *calls]),
        invented=len(settled.keys() - told.settling.keys() - told.settled.keys()),
        unlisted=unlisted(told, rounds),
        unbalanced=sum(not balanced(sums, row) for row in accounts),
        violations=sum(violated(row) for row in accounts),
    )


def round_key(row: Row) -> Key:
    """The round of a row."""
    return (*row["scope"], str(row["round"]))


def missing(told: Mapping[Key, list[int]], settled: Mapping[Key, Row]) -> int:
    """Rounds whose settling returned, and that the books lack or have with other figures."""
    return sum(
        key not in settled or [settled[key]["input"], settled[key]["output"]] != usage
        for key, usage in told.items()
    )


def unlisted(told: Told, rounds: Mapping[Key, Row]) -> int:
    """Rounds that were sent, whose settling never began, and that are not unknown."""
    open_ = told.sent - told.settling.keys() - told.settled.keys()
    certain = sum(key not in rounds or rounds[key]["state"] != "unknown" for key in open_)
    # Settling that began and did not return was entered as a whole, or not at all.
    between = (told.settling.keys() - told.settled.keys()) & told.sent
    states = [rounds[key]["state"] if key in rounds else "" for key in between]
    return certain + sum(state not in ("settled", "unknown") for state in states)


def has_overrun(row: Row) -> bool:
    """Whether a row has an overrun of any kind."""
    return any(row[f"overrun_{kind}"] for kind in KINDS)


def violated(row: Row) -> bool:
    """Whether an account has more spent, held and unknown than a limit of it allows."""
    return any(
        (limit := row[f"limit_{kind}"]) is not None
        and row[f"spent_{kind}"] + row[f"held_{kind}"] + row[f"unknown_{kind}"] > limit
        for kind in KINDS
    )


Sums = dict[tuple[int, str], int]


def summed(rounds: Iterable[Row], reservations: Iterable[Row]) -> Sums:
    """What each account should say: by its id and column, from rounds and leases alone."""
    sums: Sums = defaultdict(int)
    accounts = {}
    for row in reservations:
        accounts[row["id"]] = [int(one) for one in row["accounts"].split(",")]
        _add(sums, accounts[row["id"]], "held", row, "held")
    for row in rounds:
        counted = accounts[row["reservation"]]
        _add(sums, counted, "spent", row, "spent")
        _add(sums, counted, "overrun", row, "overrun")
        if row["state"] in ("sent", "unknown"):
            _add(sums, counted, "held" if row["state"] == "sent" else "unknown", row, "hold")
    return sums


def balanced(sums: Sums, row: Row) -> bool:
    """Whether every sum of an account is that of its rounds and leases."""
    return all(
        row[f"{prefix}_{kind}"] == sums.get((row["id"], f"{prefix}_{kind}"), 0)
        for prefix in USED
        for kind in KINDS
    )


def _add(sums: Sums, accounts: list[int], column: str, row: Row, source: str) -> None:
    for kind in KINDS:
        value = row[f"{source}_{kind}"]
        for account in accounts if value else ():
            sums[account, f"{column}_{kind}"] += value


def _calls(sums: Sums, row: Row) -> int:
    return sums.get((row["id"], "spent_calls"), 0) + sums.get((row["id"], "overrun_calls"), 0)
