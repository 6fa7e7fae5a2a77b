"""How long does a plan take, once loaded, from a cold start, and as runs grow?

    python benchmarks/plan_latency.py [--calls 500] [--json]

Baselines in the same run: bare ``python -c pass`` for the cold start; for growth, the time for one
deliverable or phase at the smallest size.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from token_budget import BudgetPolicy, Phase
from token_budget.spec_file import parse_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMAND = "from token_budget.cli import main; main()"
GROWTH_DELIVERABLES = (250, 500, 1_000, 2_000)
GROWTH_PHASES = (625, 1_250, 2_500, 5_000)
COLD_STARTS = 7


def main(
    calls: Annotated[int, typer.Option(help="Plans of one phase of 12 deliverables.")] = 500,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print every figure beside its baseline."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        make_workspace(workspace)
        rows = [*warm_rows(workspace, calls), *cold_rows(workspace), *growth_rows(workspace)]
    if as_json:
        print(json.dumps({"rows": rows}, indent=2))
    else:
        Console().print(table(rows))


def make_workspace(folder: Path) -> None:
    """Six files that a phase modifies, of some 2,000 tokens each."""
    for number in range(6):
        (folder / f"module_{number}.py").write_text("value = compute(1)\n" * 400, encoding="utf-8")


def phase_of(deliverables: int, description: str = "Split the module") -> Phase:
    """A phase that modifies six files and creates the others."""
    names = [f"module_{n}.py" + ("" if n < 6 else " (new module)") for n in range(deliverables)]
    return Phase(phase_id="phase", description=description, deliverables=names)


def warm_rows(workspace: Path, calls: int) -> Iterator[dict[str, Any]]:
    """Plans of one phase, once everything is loaded; a description differs from call to call."""
    policy = BudgetPolicy(workspace)
    policy.plan(phase_of(12))
    phases = (phase_of(12, f"Split the module, part {call}") for call in range(calls))
    times = sorted(seconds(lambda one=one: policy.plan(one)) for one in phases)
    yield row("plan, 12 deliverables, median", 1e3 * statistics.median(times), "ms", "aim under 1")
    yield row("plan, 12 deliverables, p99", 1e3 * times[int(0.99 * calls)], "ms", "")


def cold_rows(workspace: Path) -> Iterator[dict[str, Any]]:
    """The whole command in a new process, beside an interpreter that does nothing."""
    spec = workspace / "run.json"
    raw = [{"phase_id": f"p{n}", "deliverables": ["module_0.py", "new.py"]} for n in range(3)]
    spec.write_text(json.dumps({"phases": raw}), encoding="utf-8")
    bare = median_of(lambda: run_process(workspace, "pass"))
    imported = median_of(lambda: run_process(workspace, "import token_budget"))
    command = median_of(lambda: run_process(workspace, COMMAND, "plan", str(spec)))
    yield row("python -c pass", bare, "s", "baseline")
    yield row("import token_budget", imported - bare, "s", "over the baseline; aim under 0.1")
    yield row(
        "token-budget plan, cold",
        command,
        "s",
        f"{command - bare:.2f} over the baseline; aim under 0.7",
    )


def growth_rows(workspace: Path) -> Iterator[dict[str, Any]]:
    """One phase of many deliverables, and one run of many phases: time for each of them."""
    policy = BudgetPolicy(workspace)
    policy.plan(phase_of(12))
    sizes = [(n, seconds(lambda n=n: policy.plan(phase_of(n)))) for n in GROWTH_DELIVERABLES]
    yield from growth("deliverables in a phase", sizes)
    runs = [(n, seconds(lambda n=n: plan_run(policy, n))) for n in GROWTH_PHASES]
    yield from growth("phases in a run", runs)


def plan_run(policy: BudgetPolicy, phases: int) -> None:
    """Read and plan a run whose phases depend on each other in a row."""
    raw = [
        {"phase_id": f"p{n}", "deliverables": [f"m{n}.py"], "dependencies": [f"p{n - 1}"] * (n > 0)}
        for n in range(phases)
    ]
    for phase in parse_run({"phases": raw}).phases:
        policy.plan(phase)


def growth(what: str, measured: list[tuple[int, float]]) -> Iterator[dict[str, Any]]:
    first = measured[0][1] / measured[0][0]
    for size, took in measured:
        each = took / size
        note = f"{took:.2f} s in all; {each / first:.2f} of the time at {measured[0][0]:,}"
        yield row(f"{size:,} {what}, each", 1e3 * each, "ms", note)


def row(what: str, value: float, unit: str, note: str) -> dict[str, Any]:
    return {"what": what, "value": round(value, 4), "unit": unit, "note": note}


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median_of(work: Callable[[], object]) -> float:
    """The median of several runs, after one that warms the file cache."""
    work()
    return statistics.median(seconds(work) for _ in range(COLD_STARTS))


def run_process(folder: Path, code: str, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, cwd=folder
    )


def table(rows: list[dict[str, Any]]) -> Table:
    made = Table(box=None, padding=(0, 2, 0, 0))
    made.add_column("what")
    made.add_column("value", justify="right")
    made.add_column("")
    made.add_column("")
    for one in rows:
        made.add_row(one["what"], f"{one['value']:,.3f}", one["unit"], one["note"])
    return made


if __name__ == "__main__":
    typer.run(main)
