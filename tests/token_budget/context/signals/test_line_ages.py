from __future__ import annotations

import pytest

from token_budget.context.change_history import ChangeHistory, FileChange, PastCommit, line_key
from token_budget.context.signals.line_ages import chunk_ages, recently_written, written_together
from token_budget.context.values import Chunk

KEYS = [line_key(line) for line in ("import this", "}", "    value = 1", "value = 2")]
A, B, C = (Chunk(path, 1, 9, 5, "", "") for path in "abc")
CHUNKS = [Chunk("a", 1, 2, 5, "", ""), Chunk("a", 3, 4, 5, "", "")]


def history(*commits):
    """From added lines, newest first."""
    return ChangeHistory(
        [
            PastCommit(str(age), "", (FileChange("a", None, tuple(map(line_key, added))),))
            for age, added in enumerate(commits)
        ]
    )


def test_a_chunk_knows_the_commits_that_wrote_its_lines():
    found = chunk_ages(CHUNKS, KEYS, history(["value = 1"], [], ["value = 2", "value = 1"]))
    assert found == {CHUNKS[1]: (0, 2)}


def test_lines_that_stand_everywhere_tell_nothing():
    assert chunk_ages(CHUNKS, KEYS, history(["}"])) == {}


def test_lines_of_other_files_tell_nothing():
    other = [Chunk("b", 1, 4, 5, "", "")]
    assert chunk_ages(other, KEYS, history(["value = 1"])) == {}


def test_new_commits_count_more_and_many_more_than_one():
    found = recently_written({CHUNKS[0]: (0,), CHUNKS[1]: (0, 20)}, 20.0)
    assert found[CHUNKS[0]] == 1.0
    assert found[CHUNKS[1]] == pytest.approx(1.3679, abs=1e-4)


def test_chunks_are_tied_to_likely_ones_by_the_commits_that_wrote_both():
    ages = {A: (3, 9), B: (3,), C: (5,)}
    found = written_together(ages, {A: 0.8, C: 0.0})
    assert found.keys() == {A, B}
    assert found[B] > 0


def test_a_commit_that_wrote_many_chunks_ties_each_of_them_less():
    others = {Chunk("x", line, line, 1, "", ""): (3,) for line in range(1, 50)}
    tied = written_together({A: (3, 9), B: (9,)} | others, {A: 1.0})
    assert tied[B] > max(tied[one] for one in others)


def test_a_likely_chunk_that_no_commit_wrote_ties_nothing():
    assert written_together({B: (1,)}, {A: 1.0}) == {}
