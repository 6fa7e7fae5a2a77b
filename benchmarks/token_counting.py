"""How fast are the token counters, and what would four characters a token be worth?

Counts the sources of the packages that are installed beside this interpreter with every engine
that is present, and with `TokenCounter` before and after it has seen the texts. All totals must be
identical. Run it as ``python -m benchmarks.token_counting [--megabytes N] [--json]``.
"""

from __future__ import annotations

import json
import statistics
import sysconfig
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from token_budget.count_engines import Engine, count_with
from token_budget.counting import TokenCounter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MEGABYTE = 1_000_000
CHARACTERS_PER_TOKEN = 4
"""The usual rule of thumb: the baseline."""


@dataclass(frozen=True, slots=True)
class Speed:
    """One way to count all texts: its total, its seconds, and megabytes of UTF-8 a second."""

    name: str
    tokens: int
    seconds: float
    megabytes_per_second: float


@dataclass(frozen=True, slots=True)
class RuleOfThumb:
    """Errors of four characters a token in per cent; those of files are without their sign."""

    total_percent: float
    median_file_percent: float
    p95_file_percent: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured, on so many files, megabytes and tokens."""

    files: int
    megabytes: float
    tokens: int
    speeds: list[Speed]
    four_characters_a_token: RuleOfThumb


def source_texts(folder: Path, megabytes: float) -> list[str]:
    """The Python files under a folder, by path, until they make so many megabytes."""
    texts, left = [], megabytes * MEGABYTE
    for path in sorted(folder.rglob("*.py")):
        content = path.read_bytes()
        if left <= 0:
            break
        try:
            texts.append(content.decode())
        except UnicodeDecodeError:
            continue  # a test file of some package, in an older encoding
        left -= len(content)
    return texts


def engines() -> list[Engine]:
    """Every engine that is installed."""
    return ["tiktoken", "bpe-openai"] if find_spec("bpe_openai") else ["tiktoken"]


def speed(name: str, count: Callable[[str], int], texts: Sequence[str]) -> Speed:
    """Count every text once."""
    size = sum(len(text.encode()) for text in texts) / MEGABYTE
    start = perf_counter()
    tokens = sum(map(count, texts))
    seconds = perf_counter() - start
    return Speed(name, tokens, seconds, size / seconds)


def speeds(texts: Sequence[str]) -> Iterator[Speed]:
    """Every engine alone, then `TokenCounter` with it: cold, and with all counts remembered."""
    for engine in engines():
        count_with(engine, "loads the engine, so that no figure below has it in it")
        yield speed(engine, partial(count_with, engine), texts)
        counter = TokenCounter(engine, cached_counts=len(texts) + 1)
        yield speed(f"TokenCounter, {engine}, cold", counter.count, texts)
        yield speed(f"TokenCounter, {engine}, cached", counter.count, texts)


def rule_of_thumb(texts: Sequence[str]) -> RuleOfThumb:
    """How wrong four characters a token are."""
    pairs = [(len(text) / CHARACTERS_PER_TOKEN, TokenCounter().count(text)) for text in texts]
    errors = [100 * (guess / real - 1) for guess, real in pairs if real]
    sizes = sorted(map(abs, errors))
    total = 100 * (sum(guess for guess, _ in pairs) / sum(real for _, real in pairs) - 1)
    return RuleOfThumb(total, statistics.median(sizes), sizes[int(0.95 * (len(sizes) - 1))])


def report(megabytes: float) -> Report:
    """Measure everything.

    Raises:
        SystemExit: Two ways to count disagree.
    """
    texts = source_texts(Path(sysconfig.get_path("purelib")), megabytes)
    found = list(speeds(texts))
    if len({one.tokens for one in found}) != 1:
        raise SystemExit(f"the totals differ: {[(one.name, one.tokens) for one in found]}")
    size = sum(len(text.encode()) for text in texts) / MEGABYTE
    return Report(len(texts), size, found[0].tokens, found, rule_of_thumb(texts))


def show(found: Report) -> None:
    title = f"{found.files:,} files, {found.megabytes:.1f} MB, {found.tokens:,} tokens"
    table = Table("counter", Column("MB/s", justify="right"), title=title)
    for one in found.speeds:
        table.add_row(one.name, f"{one.megabytes_per_second:,.1f}")
    rule = found.four_characters_a_token
    console = Console()
    console.print(table)
    console.print(f"four characters a token: {rule.total_percent:+.1f} % in all; a file is off by")
    console.print(f"{rule.median_file_percent:.1f} % (median), {rule.p95_file_percent:.1f} % (p95)")


def main(
    megabytes: Annotated[float, typer.Option(min=0.01, help="How much source to count.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure every token counter on the sources of installed packages."""
    found = report(megabytes)
    print(json.dumps(asdict(found), indent=2)) if as_json else show(found)


if __name__ == "__main__":
    typer.run(main)
