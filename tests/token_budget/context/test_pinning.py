from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.packing import Offer
from token_budget.context.pinning import NOT_THERE, pack_pinned, pinned_paths, unshown_pins
from token_budget.context.query import ContextQuery
from token_budget.context.values import Chunk


def offer(path, *tokens, outline=0, values=None):
    made = tuple(
        Chunk(path, place + 1, place + 1, size, f"{path}{place}", "")
        for place, size in enumerate(tokens)
    )
    return Offer(path, made, tuple(values or [0.1] * len(tokens)), 5, outline)


def test_what_is_only_read_comes_before_deliverables():
    query = ContextQuery(
        "", {}, deliverables=("b.py", "c.py", "new.py"), read_only=("d.py", "c.py")
    )
    assert pinned_paths(query, ["a.py", "b.py", "c.py", "d.py"]) == ("d.py", "c.py", "b.py")


def test_a_pinned_folder_stands_for_every_file_below_it():
    query = ContextQuery("", {}, read_only=("docs",))
    assert pinned_paths(query, ["docs/b.md", "docs/a.md", "docs2/c.md"]) == (
        "docs/a.md",
        "docs/b.md",
    )


def test_a_pin_that_is_not_shown_is_told_with_the_reason():
    read_only = ("docs", "gone.md", "a.py", ".", "huge.log", "logs", "docs2")
    query = ContextQuery("", {}, deliverables=("new.py", "image.py"), read_only=read_only)
    left_out = {"huge.log": "too large", "image.py": "binary", "logs/a": "too large", "b": "binary"}
    assert unshown_pins(query, ["docs/a.md", "a.py"], left_out) == {
        "image.py": "binary",
        "gone.md": NOT_THERE,
        "huge.log": "too large",
        "logs": "all of it is left out",
        "docs2": NOT_THERE,
    }


def test_an_empty_pinned_file_is_whole():
    assert pack_pinned([offer("__init__.py")], 100)["__init__.py"].whole


def test_small_pinned_files_are_whole_and_leave_their_rest_to_the_large_one():
    found = pack_pinned([offer("large", *[100] * 20), offer("small", 50)], 1_000)
    assert found["small"].whole
    assert not found["large"].whole
    assert 800 < sum(one.tokens for one in found.values()) <= 1_000


def test_a_large_pinned_file_has_its_outline_and_its_best_chunks():
    values = [0.0, 0.0, 0.9, 0.0]
    one = offer("a", 300, 300, 300, 300, outline=60, values=values)
    found = pack_pinned([one], 500)["a"]
    assert found.outline
    assert [chunk.first_line for chunk in found.chunks] == [3]


@given(
    st.lists(
        st.tuples(st.lists(st.integers(1, 300), min_size=1, max_size=6), st.integers(0, 200)),
        max_size=6,
    ),
    st.integers(0, 3_000),
)
def test_pinned_files_never_take_more_than_they_may(files, allowance):
    offers = [
        offer(f"f{number}", *tokens, outline=outline)
        for number, (tokens, outline) in enumerate(files)
    ]
    found = pack_pinned(offers, allowance)
    assert sum(one.tokens for one in found.values()) <= allowance
    if sum(one.whole_tokens for one in offers) <= allowance:
        assert all(found[one.path].whole for one in offers)
