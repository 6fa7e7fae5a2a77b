from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.fitting import expected_room, fitted, packed_with_pins
from token_budget.context.packing import Offer, Packed, Packing, Parts
from token_budget.context.values import Chunk


def offer(path, tokens, value=0.5):
    chunk = Chunk(path, 1, 1, tokens, path, "")
    return Offer(path, (chunk,), (value,), 5)


def of_room(room):
    """A packing that takes all the room there is."""
    return Packing({"a": Packed("a", (), room)} if room > 0 else {}, max(room, 0), 1.0, 1.0)


def written(packing):
    return "x" * packing.tokens


@given(st.integers(0, 5_000), st.floats(0.05, 20.0), st.integers(0, 300))
def test_the_text_never_exceeds_the_budget_however_wrong_the_estimate(budget, rate, constant):
    def count(text):
        return int(rate * len(text)) + constant

    assert fitted(of_room, written, count, budget, budget).tokens <= budget


@given(st.integers(200, 5_000), st.floats(0.3, 3.0))
def test_the_budget_is_used_whatever_the_rate(budget, rate):
    def count(text):
        return int(rate * len(text))

    assert fitted(of_room, written, count, budget, budget).tokens >= 0.9 * budget - 5


def test_a_counter_that_is_never_content_gets_nothing():
    found = fitted(of_room, written, lambda _: 10**9, 100, 100)
    assert (found.text, found.tokens, found.packing.files) == ("", 0, {})


def test_everything_that_there_is_may_be_less_than_the_budget():
    small = of_room(10)
    assert fitted(lambda _: small, written, len, 1_000, 1_000).tokens == 10


@given(st.integers(0, 10_000), st.floats(0.2, 4.0))
def test_the_room_is_the_most_that_is_expected_to_fit(budget, rate):
    def sized(tokens):
        return int(tokens * rate)

    room = expected_room(budget, sized)
    assert sized(room) <= budget < sized(room + 1)


def test_pinned_files_go_in_before_better_ones():
    pinned, other = offer("pinned", 300, 0.0), offer("other", 300, 0.9)
    found = packed_with_pins([pinned], Parts([other]), 500, 1.0)
    assert found.files["pinned"].whole
    assert "other" not in found.files or not found.files["other"].chunks


def test_large_pinned_files_leave_room_for_others():
    pinned, other = offer("pinned", 900, 0.0), offer("other", 100, 0.9)
    found = packed_with_pins([pinned], Parts([other]), 1_000, 0.75)
    assert found.files["other"].whole
    assert not found.files.get("pinned", Packed("pinned", (), 0)).whole


@pytest.mark.parametrize("room", [-5, 0, 1])
def test_no_room_holds_nothing(room):
    assert packed_with_pins([offer("a", 5)], Parts([]), room, 0.75).files == {}
