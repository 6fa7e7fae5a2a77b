"""How fast is an answer read, whole and while it arrives, beside bare JSON parsers?

    python benchmarks/ndjson_parsing.py [--megabytes 50] [--repeats 5] [--long-line 10] [--json]

The answers are made from the sources of the installed packages. Baselines in the same run: every
line by ``json.loads``, by orjson, and by pydantic's ``TypeAdapter.validate_json`` into the very
operations that the parser makes. Seconds are processor time, the best of the repeats. Every way to
read must give the operations that were written.
"""

from __future__ import annotations

import json
from functools import partial
from time import process_time
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import Field, TypeAdapter
from rich.console import Console
from rich.table import Column, Table

from benchmarks.edit_answers import MEGABYTE, operations, source_files
from benchmarks.extras import imported
from ndjson import Create, Done, Limits, Meta, Operation, Parser, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ndjson import FileOperation

CHUNK_BYTES = 4096
DELTA_CHARACTERS = 12
"""Characters of a text delta as they come from the Messages API: two to four tokens."""

BLOCK_CHARACTERS = 1_200_000
"""Deltas are cut ahead of the measured time, of so many characters at once: all of them together
would take gigabytes."""

WHOLE_AIM = 60
"""Per cent of the speed of pydantic a line."""

DELTA_AIM = 5
"""Megabytes a second."""

LONG_LINE_SHARES = (0.1, 0.2, 0.5, 1.0)

Row = dict[str, Any]
Way = tuple[str, "Callable[[str, bytes], tuple[float, Sequence[Operation]]]"]


def main(
    megabytes: Annotated[float, typer.Option(min=0.001, help="How much is read.")] = 50,
    repeats: Annotated[int, typer.Option(min=1, help="Each figure is the best of these.")] = 5,
    long_line: Annotated[float, typer.Option(min=0.001, help="The longest line: megabytes.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print every figure beside its baseline."""
    written = operations(list(source_files()), megabytes)
    text = encode([Meta(operations=len(written)), *written, Done(operations=len(written))])
    report = {
        "operations": len(written),
        "megabytes": len(text.encode()) / MEGABYTE,
        "rows": speed_rows(text, written, repeats),
        "long_lines": long_line_rows(long_line, repeats),
    }
    print(json.dumps(report, indent=2)) if as_json else show(report)


def ways(limits: Limits) -> list[Way]:
    """Every way to read an answer; each gives its seconds and what it read, in order."""
    adapter: TypeAdapter[Operation] = TypeAdapter(Annotated[Operation, Field(discriminator="type")])
    orjson = imported("orjson")
    return [
        ("json.loads a line", partial(by_line, json.loads)),
        ("orjson.loads a line", partial(by_line, orjson.loads)),
        ("pydantic validate_json a line", partial(by_line, adapter.validate_json)),
        ("Parser, whole", partial(by_parser, limits, lambda _, data: [data])),
        ("Parser, whole, as text", partial(by_parser, limits, lambda text, _: [text])),
        (f"Parser, chunks of {CHUNK_BYTES:,} bytes", partial(by_parser, limits, chunks)),
        (f"Parser, deltas of {DELTA_CHARACTERS} characters", partial(by_deltas, limits)),
    ]


BASELINE = "pydantic validate_json a line"
AIMS = {
    "Parser, whole": f"aim: {WHOLE_AIM} % of pydantic",
    f"Parser, deltas of {DELTA_CHARACTERS} characters": f"aim: over {DELTA_AIM} MB/s",
}


def by_line(
    loads: Callable[[bytes], Any], _: str, data: bytes
) -> tuple[float, Sequence[Operation]]:
    """Read every line by itself."""
    start = process_time()
    read = [loads(line) for line in data.split(b"\n") if line]
    return process_time() - start, read


def by_parser(
    limits: Limits,
    cut: Callable[[str, bytes], Sequence[str | bytes]],
    text: str,
    data: bytes,
) -> tuple[float, Sequence[Operation]]:
    """Feed the chunks into which the answer is cut ahead of the measured time."""
    pieces = cut(text, data)
    parser = Parser(limits)
    start = process_time()
    for piece in pieces:
        parser.feed(piece)
    parsed = parser.close().parsed
    seconds = process_time() - start
    return seconds, [one.operation for one in parsed]


def chunks(_: str, data: bytes) -> list[str | bytes]:
    return [data[i : i + CHUNK_BYTES] for i in range(0, len(data), CHUNK_BYTES)]


def by_deltas(limits: Limits, text: str, _: bytes) -> tuple[float, Sequence[Operation]]:
    """Feed a few characters at a time; cutting them is not measured."""
    parser, seconds = Parser(limits), 0.0
    for deltas in blocks(text):
        start = process_time()
        for delta in deltas:
            parser.feed(delta)
        seconds += process_time() - start
    start = process_time()
    parsed = parser.close().parsed
    return seconds + process_time() - start, [one.operation for one in parsed]


def blocks(text: str) -> Iterator[list[str]]:
    for begin in range(0, len(text), BLOCK_CHARACTERS):
        end = min(begin + BLOCK_CHARACTERS, len(text))
        starts = range(begin, end, DELTA_CHARACTERS)
        yield [text[i : min(i + DELTA_CHARACTERS, end)] for i in starts]


def speed_rows(text: str, written: Sequence[FileOperation], repeats: int) -> list[Row]:
    """Megabytes a second of every way, the ways taking turns.

    Raises:
        SystemExit: A way does not give what was written.
    """
    data = text.encode()
    limits = Limits(objects=len(written) + 2)
    chosen = ways(limits)
    best: dict[str, float] = {}
    for _ in range(repeats):
        for name, read in chosen:
            seconds, found = read(text, data)
            check(name, found, written)
            del found  # else the next way would have to ask the system for fresh memory
            best[name] = min(seconds, best.get(name, seconds))
    return [row(name, len(data), seconds, best[BASELINE]) for name, seconds in best.items()]


def check(name: str, found: Sequence[Any], written: Sequence[FileOperation]) -> None:
    """Compare what was read, between the ``meta`` and the ``done``; dicts by their number."""
    read = list(found[1:-1])
    same = len(read) == len(written) if isinstance(found[0], dict) else read == list(written)
    if not same:
        raise SystemExit(f"{name}: read other operations than were written")


def row(name: str, size: int, seconds: float, baseline: float) -> Row:
    return {
        "way": name,
        "megabytes_per_second": round(size / MEGABYTE / max(seconds, 1e-9), 2),
        "percent_of_pydantic": round(100 * baseline / max(seconds, 1e-9), 1),
        "aim": AIMS.get(name, ""),
    }


def long_line_rows(megabytes: float, repeats: int) -> list[Row]:
    """One line, ever longer, in small deltas: the time for a byte must not grow with the line."""
    source = "".join(text for _, text in zip_until(megabytes))
    rows: list[Row] = []
    for share in LONG_LINE_SHARES:
        content = source[: int(share * len(source))]
        written = [Create(path="long.py", content=content)]
        text = encode([Meta(), *written, Done()])
        times = []
        for _ in range(repeats):
            seconds, found = by_deltas(Limits(line_bytes=2 * len(text.encode())), text, b"")
            check("long line", found, written)
            times.append(seconds)
        rows.append(long_line_row(len(text.encode()), min(times), rows))
    return rows


def zip_until(megabytes: float) -> Iterator[tuple[str, str]]:
    """Source files until they make so many megabytes, over and over if they must."""
    left, files = megabytes * MEGABYTE, list(source_files())
    while left > 0:
        for path, text in files:
            if left <= 0:
                return
            left -= len(text.encode())
            yield path, text


def long_line_row(size: int, seconds: float, before: Sequence[Row]) -> Row:
    each = seconds / size
    first = before[0]["nanoseconds_per_byte"] if before else 1e9 * each
    return {
        "megabytes": round(size / MEGABYTE, 3),
        "megabytes_per_second": round(size / MEGABYTE / max(seconds, 1e-9), 2),
        "nanoseconds_per_byte": 1e9 * each,
        "times_the_shortest": round(1e9 * each / max(first, 1e-9), 2),
    }


def show(report: dict[str, Any]) -> None:
    title = f"{report['operations']:,} operations, {report['megabytes']:.1f} MB"
    speeds = Table("way", right("MB/s"), right("% of pydantic"), "", title=title, box=None)
    for one in report["rows"]:
        figures = f"{one['megabytes_per_second']:,.1f}", f"{one['percent_of_pydantic']:.0f}"
        speeds.add_row(one["way"], *figures, one["aim"])
    title = f"one line in deltas of {DELTA_CHARACTERS} characters"
    lines = Table(right("MB"), right("MB/s"), right("time a byte"), title=title, box=None)
    for one in report["long_lines"]:
        figures = f"{one['megabytes']:.2f}", f"{one['megabytes_per_second']:,.1f}"
        lines.add_row(*figures, f"x {one['times_the_shortest']:.2f}")
    console = Console()
    console.print(speeds)
    console.print(lines)


def right(name: str) -> Column:
    return Column(name, justify="right")


if __name__ == "__main__":
    typer.run(main)
