"""Is a cut-off answer completed, by us and by what is done elsewhere, whoever writes it?

    python -m benchmarks.continuation_recovery [--repo PATH ...] [--commits 3] [--json]

Real commits are the answers, in each format; they are cut at 5 to 99 per cent of their tokens, and
every author of the test server goes on with them, faithfully or not. Round limit and floor are
lifted. Baselines on the same cuts: regenerate with 1.5 times the ceiling; prefill and put together,
for models that take a prefill; "please continue" and put together. An author that is not told how
to go on writes the very next characters there, or misbehaves on top of that.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchmarks.continuation_commits import first_commits
from benchmarks.continuation_http import connected
from benchmarks.continuation_tables import (
    MEANINGS,
    aims_table,
    baseline_table,
    ours_table,
)
from benchmarks.continuation_targets import FORMS, Case, cases_of
from benchmarks.continuation_verdicts import VERDICTS, hidden, is_owed, verdict
from benchmarks.continuation_ways import WAYS, completed
from benchmarks.messages_api.authors import AUTHORS
from benchmarks.messages_api.target import Target
from token_budget.cli.output import plain_console
from token_budget.models import ModelCatalogue
from token_budget.prices import PriceBook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.continuation_commits import ChangedFiles
    from benchmarks.continuation_targets import Form
    from benchmarks.continuation_ways import Ended, Way
    from token_budget.price_sheet import PriceSheet

SHARES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
"""The ceilings: shares of the tokens of the whole answer."""

MODEL = "claude-opus-5-5"
PREFILL_MODEL = "claude-opus-4-5"
"""Takes a prefill; no current model does."""

LARGEST_DIFF, LEAST_TOKENS, MOST_TOKENS = 24_000, 300, 4_000
"""Of a commit, in characters; of an answer, in the model's tokens: shorter ones cut at 5 % hold
less than a line, and the time for longer ones grows with the square."""

QUARTER = 0.25
"""A file four times as long as the ceiling."""

FACTOR = 1.35
"""The server's tokens for one of ``cl100k_base``: about what current models have."""


@dataclass(slots=True)
class Tally:
    """What became of the answers of one format, author and way; grows answer by answer.

    Attributes:
        runs: How many there were.
        verdicts: How many of each verdict.
        rounds: Of all of them.
        beyond: Output tokens beyond those of the target, of answers that were completed.
        dropped: Those of lines that were cut off and came again.
        target: Output tokens of the targets, of answers that were completed.
        input: Prompt tokens at cache prices: what they cost in fresh ones.
        seams: Rounds after the first, of answers that were completed.
        worst: Tokens beyond target and dropped lines, a seam, in the worst answer.
        raised: Answers whose ceiling had to be raised.
        owed: Answers that are not exact though every operation came whole.
    """

    runs: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    beyond: int = 0
    dropped: int = 0
    target: int = 0
    input: float = 0.0
    seams: int = 0
    worst: float = 0.0
    raised: int = 0
    owed: int = 0

    def add(self, ended: Ended, found: str, target: int, prompt: float, *, owed: bool) -> None:
        """Take in one answer."""
        self.runs += 1
        self.verdicts[found] += 1
        self.rounds += ended.spent.rounds
        self.input += prompt
        self.raised += ended.raised
        self.owed += owed
        if found == "failed":
            return
        beyond, seams = ended.spent.output - target, ended.spent.rounds - 1
        self.target += target
        self.beyond += beyond
        self.dropped += ended.dropped
        self.seams += seams
        if seams:
            self.worst = max(self.worst, (beyond - ended.dropped) / seams)


def main(  # noqa: PLR0913, PLR0917 - options of a command
    repo: Annotated[list[Path] | None, typer.Option(help="Repositories; this one.")] = None,
    commits: Annotated[int, typer.Option(min=1, help="Commits of each.")] = 3,
    limit: Annotated[int, typer.Option(min=1, help="Tokens of an answer, at most.")] = MOST_TOKENS,
    author: Annotated[list[str] | None, typer.Option(help="Authors; all of them.")] = None,
    form: Annotated[list[str] | None, typer.Option(help="Formats; all of them.")] = None,
    http: Annotated[bool, typer.Option("--http", help="By HTTP and the SDK.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print a row for every format and author; exit 1 if an answer of ours is silently wrong."""
    found = first_commits(repo or [Path()], commits, 2, largest=LARGEST_DIFF)
    forms = [one for one in FORMS if one in (form or FORMS)]
    cases = [one for commit in found for one in usable_cases(commit, forms, limit)]
    rows = list(recovery_rows(cases, author or list(AUTHORS), http=http))
    long_files = long_file_row([one for commit in found for one in file_cases(commit, limit)])
    report = {"commits": len(found), "answers": len(cases), "rows": rows, "long_files": long_files}
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        _print(rows, long_files)
    if any(one["wrong"] for one in rows if one["way"] == "ours" and not one["hidden"]):
        raise SystemExit("an answer of ours was silently wrong")


def _print(rows: list[dict[str, Any]], long_files: dict[str, Any]) -> None:
    console = plain_console()
    for form in dict.fromkeys(one["form"] for one in rows):
        console.print(ours_table(rows, form), "")
    console.print(MEANINGS, "")
    for table in (baseline_table(rows), aims_table(rows, long_files)):
        console.print(table, "")


def usable_cases(commit: ChangedFiles, forms: Sequence[Form], limit: int) -> Iterator[Case]:
    """The answers of a commit that are neither too short nor too long."""
    with connected(AUTHORS["faithful"], Target.plain(""), FACTOR, http=False) as (server, _):
        for case in cases_of(commit, forms):
            if LEAST_TOKENS <= server.count(case.target.whole()) <= limit:
                yield case


def file_cases(commit: ChangedFiles, limit: int) -> Iterator[Case]:
    """The longest file of a commit as an answer that creates it."""
    longest = max(commit.files, key=lambda one: len(one.after or ""))
    if longest.after is None:
        return
    created = replace(longest, action="create", before=None, old_path=longest.path)
    yield from usable_cases(replace(commit, files=(created,)), ["ndjson"], 2 * limit)


def recovery_rows(
    cases: Sequence[Case], authors: Sequence[str], *, http: bool = False
) -> Iterator[dict[str, Any]]:
    """A row for each format, author and way."""
    for form in FORMS:
        chosen = [one for one in cases if one.form == form]
        for author in authors if chosen else ():
            for way in WAYS:
                yield row(form, author, way, tally(chosen, author, way, SHARES, http=http))


def long_file_row(cases: Sequence[Case]) -> dict[str, Any]:
    """Files four times as long as the ceiling, by the faithful author."""
    return row("ndjson", "faithful", "ours", tally(cases, "faithful", "ours", [QUARTER]))


def tally(
    cases: Sequence[Case], author: str, way: Way, shares: Sequence[float], *, http: bool = False
) -> Tally:
    """What becomes of these answers at these ceilings."""
    found = Tally()
    model = PREFILL_MODEL if way == "prefill" else MODEL
    limits = ModelCatalogue.shipped().resolve(model, "anthropic")
    prices = PriceBook().sheet(model)
    for case in cases:
        for share in shares:
            target = _target(case, way)
            with connected(AUTHORS[author], target, FACTOR, http=http) as (server, send):
                whole = server.count(target.whole())
                ceiling = max(math.ceil(share * whole), 1)
                ended = completed(way, case, send, server, limits, ceiling)
            said = verdict(case, author, ended)
            owed = way == "ours" and is_owed(case, author, said, ended)
            found.add(ended, said, whole, input_tokens(ended, prices), owed=owed)
    return found


def input_tokens(ended: Ended, prices: PriceSheet) -> float:
    """Prompt tokens at cache prices, in fresh ones that cost as much."""
    return sum(_input_tokens(usage, prices) for usage in ended.spent.usages)


def row(form: str, author: str, way: str, found: Tally) -> dict[str, Any]:
    """The figures of one row."""
    runs, seams = max(found.runs, 1), max(found.seams, 1)
    return {
        "form": form,
        "author": author,
        "hidden": hidden(author),
        "way": way,
        "runs": found.runs,
        **{name.replace(" ", "_"): found.verdicts[name] for name in VERDICTS},
        "owed": found.owed,
        "rounds": round(found.rounds / runs, 2),
        "beyond_percent": round(100 * found.beyond / max(found.target, 1), 2),
        "tokens_a_seam": round((found.beyond - found.dropped) / seams, 1),
        "worst_tokens_a_seam": round(found.worst, 1),
        "dropped_a_seam": round(found.dropped / seams, 1),
        "input_tokens": round(found.input / runs),
        "raised": found.raised,
    }


def _target(case: Case, way: Way) -> Target:
    """What the author has in mind: who is asked to go on, without being told how, writes text."""
    return Target.plain(case.target.whole()) if way == "please continue" else case.target


def _input_tokens(usage: Mapping[str, Any], prices: PriceSheet) -> float:
    life = usage["cache_creation"]
    read = usage["cache_read_input_tokens"]
    written = life["ephemeral_5m_input_tokens"], life["ephemeral_1h_input_tokens"]
    tier = prices.tier(usage["input_tokens"] + read + sum(written))
    if tier is None:
        return float(usage["input_tokens"] + read + sum(written))
    rates = (tier.cache_read, tier.cache_write_5m, tier.cache_write_1h)
    cached = sum(rate * count for rate, count in zip(rates, (read, *written), strict=True))
    return float(usage["input_tokens"] + cached / tier.input)


if __name__ == "__main__":
    typer.run(main)
