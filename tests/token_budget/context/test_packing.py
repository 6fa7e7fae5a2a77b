from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from token_budget.context.packing import PATH_TOKENS, RANGE_TOKENS, Offer, Parts, packed
from token_budget.context.packing import pack as pack_parts
from token_budget.context.values import Chunk


def offer(path, *chunks, outline=0):
    """From (tokens, value) pairs: each chunk has ten lines."""
    made = tuple(
        Chunk(path, 10 * place + 1, 10 * place + 10, tokens, f"{path}{place}", "")
        for place, (tokens, _) in enumerate(chunks)
    )
    return Offer(path, made, tuple(value for _, value in chunks), 5, outline)


def pack(offers, budget):
    return pack_parts(Parts(offers), budget)


OFFERS = st.lists(
    st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1)), min_size=1, max_size=4),
    min_size=1,
    max_size=4,
).map(lambda files: [offer(f"f{number}", *chunks) for number, chunks in enumerate(files)])


@given(OFFERS, st.integers(0, 2_000))
def test_the_price_never_exceeds_the_budget(offers, budget):
    found = pack(offers, budget)
    assert found.tokens <= budget
    assert found.tokens == sum(one.tokens for one in found.files.values())


@settings(max_examples=60, deadline=None)
@given(OFFERS, st.integers(0, 1_500))
def test_no_choice_of_chunks_is_worth_more_than_the_bound(offers, budget):
    bound = pack(offers, budget).at_most
    everything = [(one, place) for one in offers for place in range(len(one.chunks))]
    for size in range(min(len(everything), 4) + 1):
        for choice in combinations(everything, size):
            assert worth(choice, budget) <= bound + 1e-9


def worth(choice, budget):
    """The value of some chunks, packed as they would be; -1 where they do not fit."""
    by_file: dict[str, list[int]] = {}
    offers = {one.path: one for one, _ in choice}
    for one, place in choice:
        by_file.setdefault(one.path, []).append(place)
    price = sum(
        packed(offers[path], tuple(offers[path].chunks[p] for p in places), outline=False).tokens
        for path, places in by_file.items()
    )
    return sum(one.values[place] for one, place in choice) if price <= budget else -1.0


def test_small_and_valuable_goes_before_large_and_valuable():
    found = pack([offer("small", (100, 0.5)), offer("large", (1_000, 0.6))], 1_000)
    assert found.files["small"].whole
    assert "large" not in found.files or not found.files["large"].chunks


def test_chunks_come_in_the_order_of_the_file():
    found = pack([offer("a", (50, 0.1), (400, 0.001), (50, 0.9))], 250)
    assert [chunk.first_line for chunk in found.files["a"].chunks] == [1, 21]
    assert not found.files["a"].whole


def test_a_file_of_which_all_chunks_are_in_is_whole_and_pays_no_marks():
    one = offer("a", (50, 0.5), (50, 0.5))
    found = pack([one], 1_000)
    assert found.files["a"].whole
    assert found.tokens == one.whole_tokens < 100 + 2 * RANGE_TOKENS + one.frame_tokens


def test_a_file_of_which_most_is_in_is_rounded_up_where_there_is_room():
    one = offer("a", (400, 0.9), (20, 0.0))
    assert pack([one], 1_000).files["a"].whole
    assert not pack([one], 440).files["a"].whole


def test_a_file_too_large_for_any_chunk_goes_in_as_outline_or_path():
    large = offer("large", (10_000, 0.9), outline=100)
    assert pack([large], 200).files["large"].outline
    assert pack([large], 5 + PATH_TOKENS).files["large"].chunks == ()
    assert pack([large], 5).files == {}


def test_what_is_worth_nothing_stays_out():
    assert pack([offer("a", (10, 0.0))], 1_000).files == {}


def test_the_share_of_the_best_is_one_where_everything_fits():
    assert pack([offer("a", (10, 0.4)), offer("b", (10, 0.6))], 1_000).share_of_best == 1.0
    assert 0 < pack([offer("a", (90, 0.4)), offer("b", (90, 0.6))], 150).share_of_best < 1


def test_equal_offers_are_taken_by_path():
    one, other = offer("a", (100, 0.5)), offer("b", (100, 0.5))
    assert pack([other, one], 140).files.keys() == pack([one, other], 140).files.keys()
    assert pack([other, one], 140).files["a"].whole
