from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import fuzz_oracle, fuzz_parser
from benchmarks.fuzz_parser import Provided, options, report_of, sentence, write_first_inputs

LOG = """\
#2\tINITED cov: 10 ft: 11 corp: 1/1b exec/s: 0 rss: 40Mb
#900\tNEW    cov: 399 ft: 800 corp: 9/30b
stat::number_of_executed_units: 49413
"""


@pytest.fixture
def finished(monkeypatch):
    """A function that lets the fuzzer's process end in a given way."""

    def end(returncode, left=b""):
        def run(arguments, **_):
            [prefix] = [one for one in arguments if one.startswith("-artifact_prefix=")]
            if left:
                Path(f"{prefix.partition('=')[2]}crash-1").write_bytes(left)
            return subprocess.CompletedProcess(arguments, returncode, stderr=LOG)

        monkeypatch.setattr(fuzz_parser.subprocess, "run", run)
        monkeypatch.setitem(sys.modules, "atheris", object())
        app = typer.Typer()
        app.command()(fuzz_parser.main)
        return CliRunner().invoke(app, ["--seconds", "1", "--json"])

    return end


def test_the_log_is_summed_up(tmp_path):
    report = report_of(0, LOG, tmp_path)
    assert report == {"inputs": 49_413, "coverage": 399, "broken": False, "input": None}
    assert sentence(report) == "49,413 inputs tried, 399 places covered"


def test_an_input_that_breaks_the_parser_is_told(tmp_path):
    (tmp_path / "crash-1").write_bytes(b"\x01\xff")
    report = report_of(77, LOG, tmp_path)
    assert report["broken"]
    assert "broken by the input 01ff" in sentence(report)


def test_a_log_without_figures_is_no_success(tmp_path):
    assert report_of(1, "Traceback", tmp_path)["broken"]
    assert report_of(0, "", tmp_path)["inputs"] == 0


def test_the_exit_code_says_whether_it_was_broken(finished):
    assert finished(0).exit_code == 0
    broken = finished(77, b"\x01")
    assert broken.exit_code == 1
    assert '"input": "01"' in broken.stdout


def test_the_search_ends_after_the_seconds(tmp_path):
    assert {"-max_total_time=9", "-seed=3"} <= set(options(9, 3, tmp_path))


def test_equal_seeds_begin_with_equal_inputs(tmp_path):
    def inputs(name, seed):
        write_first_inputs(tmp_path / name, seed)
        return [path.read_bytes() for path in sorted((tmp_path / name).iterdir())]

    first = inputs("first", 7)
    assert first == inputs("again", 7) != inputs("other", 8)
    assert [len(one) for one in first] == sorted({len(one) for one in first})


def test_choices_come_from_the_fuzzers_bytes():
    class Provider:
        def ConsumeIntInRange(self, low, high):  # noqa: N802 - atheris's name
            return high

        def ConsumeUnicodeNoSurrogates(self, count):  # noqa: N802
            return "x" * count

        def remaining_bytes(self):
            return 2

        def ConsumeBytes(self, count):  # noqa: N802
            return b"y" * count

    made = Provided(Provider())
    assert (made.integer(0, 5), made.text(3), made.rest()) == (5, "xxx", b"yy")


def test_the_search_feeds_the_oracle(monkeypatch):
    judged = []

    class Atheris:
        FuzzedDataProvider = bytes

        def instrument_imports(self, include):
            assert include == ["ndjson"]
            return nullcontext()

        def Setup(self, arguments, one):  # noqa: N802
            self.one = one

        def Fuzz(self):  # noqa: N802
            self.one(b"input")

    monkeypatch.setitem(sys.modules, "atheris", Atheris())
    monkeypatch.setattr(fuzz_oracle, "check", judged.append)
    fuzz_parser.fuzz()
    assert [type(one) for one in judged] == [Provided]


def test_without_atheris_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "atheris", None)
    with pytest.raises(SystemExit, match=r"token-budget\[bench\]"):
        fuzz_parser.main(seconds=1, seed=0, as_json=False)
