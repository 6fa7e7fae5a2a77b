from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ndjson.splices import Splice, Written, spliced, touched_edits, written_after


def test_splices_replace_in_order() -> None:
    assert spliced("abcdef", [Splice(0, 1, "X"), Splice(3, 3, "YY"), Splice(5, 6, "")]) == "XbcYYde"


def test_places_touch_what_they_share_a_character_with() -> None:
    written = [Written(2, 4, 1), Written(6, 9, 2)]
    assert touched_edits([(0, 2), (4, 6)], written) == ()
    assert touched_edits([(0, 1), (3, 4)], written) == (1,)
    assert touched_edits([(3, 7)], written) == (1, 2)
    assert touched_edits([], written) == ()


def test_text_put_in_directly_before_or_after_belongs_to_the_new_edit() -> None:
    assert written_after([Written(2, 4, 1)], [Splice(2, 2, "xx")], 2) == [
        Written(4, 6, 1),
        Written(2, 4, 2),
    ]
    assert written_after([Written(2, 4, 1)], [Splice(4, 4, "xx")], 2) == [
        Written(2, 4, 1),
        Written(4, 6, 2),
    ]


def test_text_replaced_wholly_is_forgotten() -> None:
    assert written_after([Written(2, 4, 1)], [Splice(1, 5, "x")], 2) == [Written(1, 2, 2)]


CUTS = st.lists(st.integers(0, 30), min_size=2, max_size=8, unique=True).map(sorted)


@given(
    CUTS, st.integers(0, 29), st.integers(1, 10), st.lists(st.text("xy", max_size=4), min_size=4)
)
def test_written_text_is_followed(
    cuts: list[int], start: int, length: int, news: list[str]
) -> None:
    """Characters are marked by their edit; what is followed covers exactly the marked ones."""
    marks = ["1" if start <= i < start + length else "." for i in range(30)]
    pairs = zip(cuts[::2], cuts[1::2], news, strict=False)
    splices = [Splice(a, b, "2" * len(new)) for a, b, new in pairs]
    after = spliced("".join(marks), splices)
    covered = written_after([Written(start, min(start + length, 30), 1)], splices, 2)
    for stretch in covered:
        assert set(after[stretch.start : stretch.end]) <= {"1", "2", "."}
        if stretch.edit == 2:
            assert set(after[stretch.start : stretch.end]) == {"2"}
    first = [stretch for stretch in covered if stretch.edit == 1]
    reached = {i for stretch in first for i in range(stretch.start, stretch.end)}
    assert {i for i, mark in enumerate(after) if mark == "1"} <= reached
    assert "." not in {after[i] for i in reached}
