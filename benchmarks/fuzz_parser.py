"""Can the parser be made to crash, to lose or to invent something?

    python benchmarks/fuzz_parser.py [--seconds 60] [--seed 0] [--json]

Atheris searches for inputs that break what `fuzz_oracle` says must hold, guided by the coverage of
``ndjson``. It ends its process by itself, so it runs in one of its own. Exits 1 with the input when
it finds one.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.extras import imported

MOST_INPUT_BYTES = 2_048

FIRST_INPUTS = 64
"""Random inputs to begin with, of every length: from nothing, it takes the fuzzer minutes to find
that a case of several operations needs hundreds of bytes."""

TARGET = "from benchmarks.fuzz_parser import fuzz; fuzz()"


def main(
    seconds: Annotated[int, typer.Option(min=1, help="How long to search.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Where the search starts; 0: anywhere.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Search for an input that breaks the parser; print how many were tried."""
    imported("atheris")
    with tempfile.TemporaryDirectory() as folder:
        corpus, found = (Path(folder) / name for name in ("corpus", "found"))
        found.mkdir()
        write_first_inputs(corpus, seed)
        done = subprocess.run(
            [sys.executable, "-c", TARGET, *options(seconds, seed, found), str(corpus)],
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
        )
        report = report_of(done.returncode, done.stderr, found)
    print(json.dumps(report, indent=2) if as_json else sentence(report))
    if report["broken"]:
        print(done.stderr, file=sys.stderr)
        raise SystemExit(1)


def options(seconds: int, seed: int, folder: Path) -> list[str]:
    """The options of libFuzzer; an input that breaks the parser is written to the folder."""
    return [
        f"-max_total_time={seconds}",
        f"-max_len={MOST_INPUT_BYTES}",
        "-len_control=0",
        f"-seed={seed}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
    ]


def write_first_inputs(folder: Path, seed: int) -> None:
    """Fill a new folder with the inputs that the search begins with; equal seeds, equal inputs."""
    folder.mkdir()
    chance = random.Random(seed or None)
    for number in range(FIRST_INPUTS):
        size = MOST_INPUT_BYTES * (number + 1) // FIRST_INPUTS
        (folder / f"{number:03}").write_bytes(chance.randbytes(size))


def report_of(returncode: int, log: str, folder: Path) -> dict[str, Any]:
    """What libFuzzer said in its log, and the input that it left."""
    counts = re.findall(r"stat::number_of_executed_units:\s*(\d+)", log)
    covered = re.findall(r"cov: (\d+)", log)
    inputs = [path.read_bytes().hex() for path in sorted(folder.iterdir())]
    return {
        "inputs": int(counts[-1]) if counts else 0,
        "coverage": int(covered[-1]) if covered else 0,
        "broken": returncode != 0,
        "input": inputs[0] if inputs else None,
    }


def sentence(report: dict[str, Any]) -> str:
    tried = f"{report['inputs']:,} inputs tried, {report['coverage']:,} places covered"
    return f"{tried}; broken by the input {report['input']}" if report["broken"] else tried


class Provided:
    """What the fuzzer's bytes say, under the names of `fuzz_oracle.Choices`."""

    def __init__(self, provider: Any) -> None:  # noqa: ANN401 - atheris has no types
        self._provider = provider

    def integer(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return int(self._provider.ConsumeIntInRange(low, high))

    def text(self, most: int) -> str:
        """A text without lone surrogates."""
        return str(self._provider.ConsumeUnicodeNoSurrogates(most))

    def rest(self) -> bytes:
        """All bytes that are left."""
        return bytes(self._provider.ConsumeBytes(self._provider.remaining_bytes()))


def fuzz() -> None:
    """Search until the time is over; never returns."""
    atheris = imported("atheris")
    with atheris.instrument_imports(include=["ndjson"]):
        from benchmarks.fuzz_oracle import check

    def one(data: bytes) -> None:
        check(Provided(atheris.FuzzedDataProvider(data)))

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    typer.run(main)
