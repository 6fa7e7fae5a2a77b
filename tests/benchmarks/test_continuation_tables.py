from __future__ import annotations

import io

import pytest
from rich.console import Console

from benchmarks.continuation_recovery import Tally, row
from benchmarks.continuation_tables import aims_table, baseline_table, ours_table
from benchmarks.continuation_ways import Ended, Spent


def row_of(author, way, found, *, form="ndjson"):
    tally = Tally()
    ended = Ended({}, Spent(rounds=3, output=1_150), dropped=30)
    tally.add(ended, found, 1_000, 2_000.0, owed=False)
    return row(form, author, way, tally)


ROWS = [
    row_of("faithful", "ours", "exact"),
    row_of("skips lines", "ours", "wrong"),
    row_of("skips lines and lies", "ours", "wrong"),
    row_of("tabs for spaces", "ours", "wrong"),
    row_of("faithful", "regenerate", "failed"),
    row_of("faithful", "ours", "exact", form="diff"),
]


def shown(table):
    output = io.StringIO()
    Console(file=output, width=140).print(table)
    return [" ".join(line.split()) for line in output.getvalue().split("\n")]


def test_a_row_has_the_figures_of_its_tally():
    found = row_of("faithful", "ours", "exact")
    assert (found["runs"], found["exact"], found["failed"], found["rounds"]) == (1, 1, 0, 3)
    assert (found["beyond_percent"], found["input_tokens"]) == (15, 2_000)
    assert (found["tokens_a_seam"], found["dropped_a_seam"]) == (60, 15)


def test_an_answer_that_failed_has_no_tokens_beyond_its_own():
    assert row_of("faithful", "ours", "failed")["beyond_percent"] == 0


@pytest.mark.parametrize(
    ("author", "marked"),
    [
        ("skips lines", "skips lines 1"),
        ("skips lines and lies", "skips lines and lies* 1"),
        ("tabs for spaces", "tabs for spaces+ 1"),
    ],
)
def test_authors_whose_words_cannot_show_it_are_marked(author, marked):
    assert any(line.startswith(marked) for line in shown(ours_table(ROWS, "ndjson")))
    assert not any(author in line for line in shown(ours_table(ROWS, "diff")))


def test_every_way_stands_beside_ours():
    found = shown(baseline_table(ROWS))
    assert "ndjson faithful ours 100.0 0.0 0.0 0.0 0.0 3.0 15.0 2,000" in found
    assert "ndjson faithful regenerate 0.0 0.0 100.0 0.0 0.0 3.0 0.0 2,000" in found
    assert "ndjson misbehaving ours 0.0 0.0 0.0 0.0 100.0 3.0 15.0 2,000" in found


def test_aims_stand_beside_what_was_reached():
    found = shown(aims_table(ROWS, ROWS[0]))
    assert "NDJSON, faithful: exact 100 % 100.0 % (1 of 1)" in found
    assert "misbehaving, silently wrong 0 1 of 1" in found
    assert "misbehaving, silently wrong, lying about the place - 1 of 1" in found
    assert "1 files four times the ceiling: exact 100 % 100.0 % (1 of 1)" in found
