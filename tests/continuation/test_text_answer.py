from __future__ import annotations

from continuation.text_answer import TextAnswer

FIRST = "The first sentence of a text that is going to be cut off in its mid"
REST = "dle, and that goes on afterwards."


def test_a_text_that_came_in_one_part_is_proven():
    answer = TextAnswer().joined(FIRST + REST, cut=False)
    assert (answer.text, answer.proven) == (FIRST + REST, True)


def test_a_seam_in_a_text_is_not_proven():
    answer = TextAnswer().joined(FIRST, cut=True).joined(REST, cut=False)
    assert (answer.text, answer.proven) == (FIRST + REST, False)


def test_a_text_that_was_cut_off_and_to_which_nothing_was_added_is_not_proven():
    answer = TextAnswer().joined(FIRST, cut=True).joined("", cut=False)
    assert (answer.text, answer.proven) == (FIRST, False)
    assert not answer.evidence().closed


def test_a_last_part_of_white_space_ends_a_text():
    answer = TextAnswer().joined(FIRST + REST, cut=True).joined("\n", cut=False)
    assert answer.evidence().closed


def test_a_round_before_which_nothing_came_is_no_seam():
    answer = TextAnswer().joined("", cut=True).joined(FIRST, cut=False)
    assert answer.proven
