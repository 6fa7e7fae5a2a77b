from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from continuation.part import Part


@given(st.lists(st.sampled_from(["", "}", "  }", "x", "\r"]), max_size=9), st.data())
def test_a_part_that_tells_has_the_same_text_and_a_fragment_that_is_not_blank(lines, data):
    text = "".join(f"{line}\n" for line in lines)
    before = Part(text, data.draw(st.sampled_from(["", "  ", "  x", "\r"])))
    told = before.telling
    assert told == before or (told.fragment.strip() and told.content.endswith("\n"))
    assert told.whole_lines == before


def test_lines_that_equal_the_one_before_them_are_returned_together():
    told = Part("a\n}\n}\n\n").telling
    assert told == Part("a\n", "}\n}\n\n")
    assert Part("}\n" * 4).telling == Part("}\n" * 4)


def test_a_part_of_many_blank_lines_tells_in_no_time():
    assert Part("a\nb\n" + "\n" * 200_000).telling.content == "a\n"
