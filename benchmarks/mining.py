"""How fast is a history mined, in how much memory, and does it come out as it did elsewhere?

    python benchmarks/mining.py [--repo .] [--limit 500] [--against FILE] [--json]

Baseline in the same run: git writes the diffs of as many commits, and nobody reads them.
``--against`` compares with a history file of the same repository and prints none of its rows.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from estimators.history import mine
from estimators.mining.git_command import command, environment, find_git_directory
from estimators.mining.mining_report import MiningReport
from estimators.observed import read_history
from token_budget.counting import TokenCounter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from estimators.observed import ObservedFile, ObservedPhase

EXACT = ("existing_tokens", "final_tokens", "lines_added", "lines_removed", "hunks")
WITHIN_ONE_PERCENT = ("ndjson_tokens", "diff_tokens")
READ_BYTES = 1 << 20
KILOBYTES_OF_MAXRSS = 1 if sys.platform != "darwin" else 1 / 1024


def main(
    repo: Annotated[Path, typer.Option(help="The repository to mine.")] = Path(),
    limit: Annotated[int, typer.Option(min=1, help="Phases at the most.")] = 500,
    against: Annotated[Path | None, typer.Option(help="A history file to compare with.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print every figure beside its baseline."""
    report = MiningReport()
    phases: list[ObservedPhase] = []
    counter = TokenCounter(cached_counts=0)
    counter.count("the engine loads its table outside the measured time")
    before = megabytes(resource.RUSAGE_SELF)
    mined = seconds(lambda: phases.extend(mine(repo, counter.count, limit=limit, report=report)))
    rows = speed_rows(mined, report, before)
    rows += baseline_rows(seconds(lambda: read_log(repo, report.commits)), report)
    compared = comparison(phases, read_history([against])) if against else []
    if as_json:
        skipped = {"skipped": report.skipped, "left_out": report.left_out}
        print(json.dumps({"rows": rows, "against": compared, **skipped}, indent=2))
        return
    console = Console()
    console.print(table(rows))
    console.print("skipped:", dict(report.skipped), "left out:", dict(report.left_out))
    if compared:
        console.print(table(compared))


def speed_rows(
    taken: tuple[float, float], report: MiningReport, megabytes_before: float
) -> list[dict[str, Any]]:
    """Speed by the clock and by processor time, git's included, and memory."""
    wall, cpu = taken
    more = megabytes(resource.RUSAGE_SELF) - megabytes_before
    return [
        row("phases mined", report.mined, "", f"of {report.commits:,} commits"),
        row("phases a second and core", report.mined / cpu, "1/s", "git included; aim over 40"),
        row("phases a second", report.mined / wall, "1/s", "by the clock"),
        row("peak memory", megabytes(resource.RUSAGE_SELF), "MB", f"{more:.0f} by mining"),
        row("peak memory of a git process", megabytes(resource.RUSAGE_CHILDREN), "MB", "mapped"),
    ]


def baseline_rows(taken: tuple[float, float], report: MiningReport) -> list[dict[str, Any]]:
    wall, cpu = taken
    per_core = report.mined / cpu
    return [
        row("git diff -p, phases a second and core", per_core, "1/s", "baseline: counts nothing"),
        row("git diff -p, phases a second", report.mined / wall, "1/s", "baseline"),
    ]


def read_log(repo: Path, commits: int) -> None:
    """Read the diffs of as many commits as were mined, and throw them away.

    ``diff-tree`` writes the same bytes as ``log -p``; unlike it, it goes on behind a commit of
    which objects are missing when it is started again.
    """
    directory = find_git_directory(repo)
    listed = run(directory, "log", f"-n{commits}", "--format=%H").split()
    while listed:
        done = run_over(directory, listed)
        listed = listed[done + 1 :]


def run(directory: Path, *arguments: str) -> bytes:
    return subprocess.run(
        command(directory, *arguments), env=environment(), check=True, capture_output=True
    ).stdout


def run_over(directory: Path, commits: list[bytes]) -> int:
    """How many of the commits were read before git gave up on one."""
    arguments = command(directory, *"diff-tree --stdin -r -p -M --no-ext-diff".split())
    read = 0
    with subprocess.Popen(
        arguments,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for read, commit in enumerate(commits):
            try:
                process.stdin.write(commit + b"\nnext\n")
                process.stdin.flush()
            except BrokenPipeError:
                return read
            while (line := process.stdout.readline()) != b"next\n":
                if not line:
                    return read
        process.stdin.close()
    return read


def comparison(
    mined: Iterable[ObservedPhase], expected: Iterable[ObservedPhase]
) -> list[dict[str, Any]]:
    """How many commits and files that both have are alike."""
    known = {phase.commit: phase for phase in expected}
    pairs = [(phase, known[phase.commit]) for phase in mined if phase.commit in known]
    alike = [pair for pair in pairs if named(pair[0]) == named(pair[1])]
    files = [both for a, b in alike for both in zip(a.files, b.files, strict=True)]
    agree: Counter[str] = Counter()
    for name in (*EXACT, *WITHIN_ONE_PERCENT):
        agree[name] = sum(getattr(a, name) == getattr(b, name) for a, b in files)
    return [
        row("commits in both", len(pairs), "", f"of {len(known):,} in the file"),
        row("the same paths and actions", share(len(alike), len(pairs)), "%", "of the commits"),
        *(row(name, share(agree[name], len(files)), "%", "of files, exact") for name in EXACT),
        *(
            row(name, share(within(files, name), len(files)), "%", note(files, name, agree[name]))
            for name in WITHIN_ONE_PERCENT
        ),
    ]


def named(phase: ObservedPhase) -> list[tuple[str, str]]:
    return [(file.path, file.action) for file in phase.files]


def within(files: list[tuple[ObservedFile, ObservedFile]], name: str) -> int:
    """Files whose two figures differ by one per cent at the most."""
    return sum(abs(getattr(a, name) - getattr(b, name)) <= getattr(b, name) / 100 for a, b in files)


def note(files: list[tuple[ObservedFile, ObservedFile]], name: str, exact: int) -> str:
    mined, expected = (sum(getattr(pair[side], name) for pair in files) for side in (0, 1))
    difference = 100 * (mined - expected) / max(expected, 1)
    return f"of files, within 1 %; {share(exact, len(files)):.2f} % exact; sum {difference:+.4f} %"


def share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def row(what: str, value: float, unit: str, remark: str) -> dict[str, Any]:
    return {"what": what, "value": round(value, 4), "unit": unit, "note": remark}


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of processor time in this process and those that it started."""
    started, before = time.perf_counter(), processor_seconds()
    work()
    return time.perf_counter() - started, processor_seconds() - before


def processor_seconds() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def megabytes(who: int) -> float:
    """The most memory that was held so far."""
    return resource.getrusage(who).ru_maxrss * KILOBYTES_OF_MAXRSS / 1024


def table(rows: list[dict[str, Any]]) -> Table:
    made = Table(box=None, padding=(0, 2, 0, 0))
    for name, justify in (("what", "left"), ("value", "right"), ("", "left"), ("", "left")):
        made.add_column(name, justify="right" if justify == "right" else "left")
    for one in rows:
        made.add_row(one["what"], f"{one['value']:,.2f}", one["unit"], one["note"])
    return made


if __name__ == "__main__":
    typer.run(main)
