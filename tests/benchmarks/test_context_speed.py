from __future__ import annotations

import json
import os

from typer.testing import CliRunner

from benchmarks import context_speed
from benchmarks.context_speed import make_workspace, measured, peak_megabytes


def test_the_workspace_has_as_many_files_as_asked_for_and_they_have_text(tmp_path):
    size = make_workspace(tmp_path, 25)
    files = list(tmp_path.rglob("*.py"))
    assert len(files) == 25
    assert size == sum(path.stat().st_size for path in files) > 0


def test_files_may_be_cut_to_their_first_lines(tmp_path):
    make_workspace(tmp_path, 25, lines=3)
    counts = [path.read_bytes().count(b"\n") for path in tmp_path.rglob("*.py")]
    assert len(counts) == 25
    assert max(counts) == 3


def test_every_figure_is_measured():
    rows = {row["what"]: row for row in measured(files=30, lines=0, vectors=50)}
    assert {"first index", "search", "selection", "re-index", "batch looked up"} <= rows.keys()
    assert "30 files, 0 left out" in rows["first index"]["note"]
    assert rows["re-index"]["note"].startswith("10 files changed")
    assert all(row["value"] >= 0 for row in rows.values())
    assert rows["peak memory"]["value"] > 10


def test_a_process_that_is_gone_has_no_peak():
    assert peak_megabytes(2**30) == 0
    assert peak_megabytes(os.getpid()) > 10


def test_one_json_object_is_printed(monkeypatch):
    import typer

    app = typer.Typer()
    app.command()(context_speed.main)
    found = CliRunner().invoke(app, ["--files", "12", "--vectors", "0", "--json"])
    rows = json.loads(found.stdout)["rows"]
    assert "batch looked up" not in {row["what"] for row in rows}
