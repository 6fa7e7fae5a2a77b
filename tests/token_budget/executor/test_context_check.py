from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.embeddings.use import without_embedder
from token_budget.context.selected import ContextItem, ContextSelection
from token_budget.executor.context_check import MARGINS, UNCOUNTED, ContextCheck

BUDGET = 1_000


def selection(tokens, *warnings, rendered="text"):
    item = ContextItem("a.py", "whole", ((1, 9),), tokens, ("words",), 1.0)
    return ContextSelection(
        items=(item,),
        left_out=(),
        mode="lexical",
        reason="",
        tokens=tokens,
        budget=BUDGET,
        soft_cap=None,
        warnings=warnings,
        rendered=rendered,
        shown={"a.py": "0" * 64},
        share_of_best=1.0,
        considered=1,
        history="",
        embedding=without_embedder(),
    )


def full(rate):
    """A context that fills its budget, as it is estimated at a rate."""
    return selection(BUDGET)


def test_what_the_api_counts_within_the_budget_is_taken_and_says_what_was_counted():
    check = ContextCheck(full)
    check.counted(BUDGET)
    assert check.to_count() is None
    assert check.selection.counted == BUDGET
    assert not check.selection.warnings


def test_what_is_chosen_anew_is_counted_again():
    rates = []
    check = ContextCheck(lambda rate: rates.append(rate) or full(rate))
    check.counted(1_500)
    assert check.to_count() is not None
    assert check.selection.counted is None
    check.counted(990)
    assert check.to_count() is None
    assert check.selection.counted == 990
    assert rates == [1.0, pytest.approx(1.5 * MARGINS[0])]
    assert len([one for one in check.selection.warnings if "chosen anew" in one]) == 1


def test_what_never_fits_is_not_shown_and_that_is_said():
    check = ContextCheck(full)
    counts = 0
    while check.to_count() is not None:
        check.counted(2 * BUDGET)
        counts += 1
    assert counts == 1 + len(MARGINS)
    assert not check.selection.rendered
    assert not check.selection.items
    assert not check.selection.shown
    assert check.selection.tokens == 0
    assert check.selection.warnings[-1].endswith("the phase goes without")


def test_where_nothing_is_left_for_another_one_none_is_shown():
    kept = iter([selection(BUDGET), None])
    check = ContextCheck(lambda rate: next(kept))
    check.counted(2 * BUDGET)
    assert check.to_count() is None
    assert not check.selection.rendered
    assert "chosen anew" in check.selection.warnings[-1]


def test_what_cannot_be_counted_is_an_estimate_and_says_so():
    check = ContextCheck(lambda rate: selection(900, "a warning"))
    check.counted(None)
    assert check.to_count() is None
    assert check.selection.counted is None
    assert check.selection.warnings == ("a warning", UNCOUNTED)


def test_a_second_outage_leaves_what_was_chosen_anew():
    check = ContextCheck(full)
    check.counted(1_200)
    check.counted(None)
    assert check.to_count() is None
    assert check.selection.rendered
    assert check.selection.warnings[-1] == UNCOUNTED


@pytest.mark.parametrize("chosen", [None, selection(0, rendered="")])
def test_nothing_is_asked_about_nothing(chosen):
    check = ContextCheck(lambda rate: chosen)
    assert check.to_count() is None
    assert check.selection == chosen
    with pytest.raises(ValueError, match="nothing"):
        check.counted(1)


@given(st.floats(0.5, 4.0), st.lists(st.floats(0.8, 1.3), min_size=3, max_size=3))
def test_what_is_shown_never_exceeds_the_budget_as_the_api_counts_it(factor, surprises):
    """Text differs in how many tokens of the API one that we count is."""
    real = iter(factor * surprise for surprise in surprises)
    check = ContextCheck(lambda rate: selection(BUDGET, rendered=f"{BUDGET / rate}"))
    while (chosen := check.to_count()) is not None:
        check.counted(math.ceil(float(chosen.rendered) * next(real)))
    assert not check.selection.rendered or check.selection.counted <= BUDGET
