from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ndjson.closest import MOST_LINE_CHARACTERS, closest_text


def test_differences_in_white_space_are_seen() -> None:
    shown = closest_text("x\n\tfoo(a, b) \r\ny\n", "    foo(a, b)\n")
    assert shown.startswith("line 2 ")
    assert r'+"\tfoo(a, b) \r"' in shown


def test_the_most_similar_place_is_chosen() -> None:
    text = "".join(f"value_{i} = compute({i}, {i + 1})\n" for i in range(500))
    assert closest_text(text, "value_317 = compute(317, 319)").startswith("line 318 ")


def test_nothing_is_shown_when_nothing_is_close() -> None:
    assert closest_text("alpha\nbeta\n", "import numpy as np") == ""
    assert closest_text("", "anything") == ""


def test_a_text_longer_than_the_file_is_compared_with_all_of_it() -> None:
    assert closest_text("one two three\n", "one two three\nfour\n").startswith("line 1 ")


def test_the_work_and_the_message_are_bounded() -> None:
    text = ("word " * 100_000 + "\n") * 20
    shown = closest_text(text, "word " * 100_000 + "\nother\n" * 1000)
    assert len(shown) < 100 * MOST_LINE_CHARACTERS


def test_a_misspelt_part_of_a_name_is_found() -> None:
    text = "".join(f"line{i}\n" for i in range(100)) + "calculateTotal\n"
    assert closest_text(text, "calculateTotla").startswith("line 101 ")


def test_long_texts_are_compared_by_words() -> None:
    block = "".join(f"    result_{i} = first_{i} + second_{i}\n" for i in range(30))
    shown = closest_text("import os\n" + block, block.replace("second_7", "third_7"))
    assert shown.startswith("lines 2 to 31 ")
    assert '+"    result_7 = first_7 + second_7"' in shown


@given(st.text(max_size=80), st.text(min_size=1, max_size=40))
def test_any_text_can_be_compared(text: str, wanted: str) -> None:
    closest_text(text, wanted)
