from __future__ import annotations

import pytest

from token_budget.context.change_history import (
    MOST_FILES,
    ChangeHistory,
    FileChange,
    PastCommit,
)
from token_budget.context.signals.line_ages import changed_together, changes, chunk_ages
from token_budget.context.touched_lines import HunkPlace
from token_budget.context.values import Chunk

CHUNKS = [Chunk("a", 1, 2, 5, "", ""), Chunk("a", 3, 4, 5, "", "")]


def replaced(line):
    """A hunk that replaces one line, counted from 1."""
    return HunkPlace(line - 1, 1, line - 1, 1)


def history(*commits):
    """From the hunks in the file ``a``, newest first."""
    return ChangeHistory(
        [
            PastCommit(str(age), "", (FileChange("a", None, tuple(hunks)),) if hunks else ())
            for age, hunks in enumerate(commits)
        ]
    )


def test_a_chunk_knows_the_commits_that_changed_it():
    found = chunk_ages(CHUNKS, history([replaced(3)], [], [replaced(1), replaced(4)]))
    assert found == [(2,), (0, 2)]


def test_a_hunk_over_two_chunks_changed_both():
    assert chunk_ages(CHUNKS, history([HunkPlace(1, 2, 1, 2)])) == [(0,), (0,)]


def test_a_line_that_was_replaced_again_has_the_ages_of_both():
    assert chunk_ages(CHUNKS, history([replaced(3)], [replaced(3)])) == [(), (0, 1)]


def test_what_is_behind_the_end_of_the_file_is_in_no_chunk():
    assert chunk_ages(CHUNKS, history([replaced(90)])) == [(), ()]


def test_changes_of_other_files_tell_nothing():
    assert chunk_ages([Chunk("b", 1, 4, 5, "", "")], history([replaced(1)])) == [()]


def test_a_sweep_over_many_files_tells_nothing():
    sweep = tuple(FileChange(f"f{number}") for number in range(MOST_FILES))
    commit = PastCommit("x", "", (FileChange("a", None, (replaced(1),)), *sweep))
    assert chunk_ages(CHUNKS, ChangeHistory([commit])) == [(), ()]


def test_new_commits_count_more_and_many_more_than_one():
    assert changes([(0,), (0, 20)], 20.0) == [1.0, pytest.approx(1.3679, abs=1e-4)]


def test_chunks_are_tied_to_likely_ones_by_the_commits_that_changed_both():
    first, second, third = changed_together([(3, 9), (3,), (5,)], {0: 0.8, 2: 0.0})
    assert first > 0
    assert second > 0
    assert third == 0


def test_a_commit_that_changed_many_chunks_ties_each_of_them_less():
    _, narrow, *wide = changed_together([(3, 9), (9,), *[(3,)] * 49], {0: 1.0})
    assert narrow > max(wide)


def test_a_likely_chunk_that_no_commit_changed_ties_nothing():
    assert changed_together([(), (1,)], {0: 1.0}) == [0.0, 0.0]
