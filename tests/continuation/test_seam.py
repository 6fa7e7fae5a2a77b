from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from continuation.errors import SeamMismatch
from continuation.part import Part
from continuation.seam import Seam, find_seam, joined, overlaps

FEW_LINES = st.lists(
    st.sampled_from(["", "}", "    }", "a row of cells", "another row of cells", "x", "\r"]),
    max_size=9,
)
ANY_LINES = st.lists(st.text(st.characters(exclude_characters="\n"), max_size=12), max_size=9)
DISTINCT_LINES = st.integers(2, 12).map(lambda count: [f"line number {n:04}" for n in range(count)])


def text_of(lines):
    return "".join(f"{line}\n" for line in lines)


TEXTS = st.tuples(st.one_of(FEW_LINES, ANY_LINES), st.sampled_from(["", "x", "a row"])).map(
    lambda pair: text_of(pair[0]) + pair[1]
)


def part_of(text, cut):
    """What is kept of a text that was cut off after so many characters."""
    end = text.rfind("\n", 0, cut) + 1
    return Part(text[:end], text[end:cut])


def last_line(text):
    return text.split("\n")[-2]


def join(before, after, text, *, whole=True):
    return joined(before, find_seam("a.py", before, after, text, whole=whole), text)


def join_or_none(before, after, text, *, whole=True):
    try:
        return join(before, after, text, whole=whole)
    except SeamMismatch:
        return None


@given(TEXTS, st.data())
@example("A row of cells\n" * 3, None)
def test_a_faithful_rest_gives_the_text_or_is_refused(text, data):
    assume("\n" in text)
    cuts = range(text.index("\n") + 1, len(text) + 1)
    for cut in cuts if data is None else [data.draw(st.sampled_from(cuts))]:
        before = part_of(text, cut)
        rest = text[len(before.content) :]
        assert join_or_none(before, last_line(before.content), rest) in (text, None)


@given(DISTINCT_LINES, st.sampled_from(["\n", "\r\n"]), st.data())
def test_a_faithful_rest_of_distinct_lines_is_always_joined(lines, line_end, data):
    text = "".join(f"{line}{line_end}" for line in lines)
    before = part_of(text, data.draw(st.integers(len(lines[0]) + 2, len(text))))
    after = last_line(before.content).removesuffix(data.draw(st.sampled_from(["", "\r"])))
    assert join(before, after, text[len(before.content) :]) == text


@given(TEXTS, st.data())
def test_an_honest_earlier_line_gives_the_text_or_is_refused(text, data):
    assume(text.count("\n") > 1)
    before = part_of(text, data.draw(st.integers(text.index("\n") + 1, len(text))))
    kept = before.content.split("\n")[:-1]
    begin = data.draw(st.integers(1, len(kept)))
    rest = text[len(text_of(kept[:begin])) :]
    assert join_or_none(before, kept[begin - 1], rest) in (text, None)


@given(DISTINCT_LINES, st.data())
def test_lines_that_an_honest_part_repeats_are_dropped(lines, data):
    text = text_of(lines)
    before = part_of(text, data.draw(st.integers(len(lines[0]) + 1, len(text))))
    kept = before.content.split("\n")[:-1]
    begin = data.draw(st.integers(1, len(kept)))
    rest = text[len(text_of(kept[:begin])) :]
    assert find_seam("a.py", before, kept[begin - 1], rest).repeated == len(kept) - begin
    assert join(before, kept[begin - 1], rest) == text


@given(DISTINCT_LINES, st.data())
def test_lines_that_are_skipped_honestly_are_missed(lines, data):
    text = text_of(lines)
    before = part_of(text, data.draw(st.integers(len(lines[0]) + 1, len(text) - 1)))
    kept = before.content.count("\n")
    begin = data.draw(st.integers(kept + 1, len(lines)))
    with pytest.raises(SeamMismatch, match="'after'"):
        find_seam("a.py", before, lines[begin - 1], text_of(lines[begin:]))


@given(TEXTS, st.data())
def test_a_rest_in_any_number_of_parts_gives_the_text_or_is_refused(text, data):
    assume("\n" in text)
    before = part_of(text, data.draw(st.integers(text.index("\n") + 1, len(text))))
    for _ in range(data.draw(st.integers(0, 4))):
        end = data.draw(st.integers(len(before.content), len(text)))
        came = part_of(text[len(before.content) : end], end - len(before.content))
        content = join_or_none(before, last_line(before.content), came.text, whole=False)
        if content is None:
            return
        content = content.removesuffix(came.fragment) if came.fragment else content
        assert text.startswith(content)
        if len(content) >= len(before.content):
            before = part_of(text, max(end, len(before.text)))
    rest = text[len(before.content) :]
    assert join_or_none(before, last_line(before.content), rest) in (text, None)


@given(DISTINCT_LINES, st.data())
def test_after_a_cut_between_two_lines_the_last_one_has_to_come_again(lines, data):
    kept = data.draw(st.integers(2, len(lines)))
    told = Part(text_of(lines[:kept]), data.draw(st.sampled_from(["", "  "]))).telling
    assert told.content == text_of(lines[: kept - 1])
    with pytest.raises(SeamMismatch):
        find_seam("a.py", told, lines[kept - 2], text_of(["something else"]))


@given(TEXTS, st.data())
def test_a_model_that_goes_on_after_what_it_wrote_is_joined_or_refused(text, data):
    assume("\n" in text)
    before = part_of(text, data.draw(st.integers(text.index("\n") + 1, len(text))))
    rest, told = text[len(before.content) :], before.telling
    assert join_or_none(told, last_line(before.content), rest) in (text, None)
    assert join_or_none(told, last_line(told.content), text[len(told.content) :]) in (text, None)


@given(DISTINCT_LINES, st.data())
def test_of_distinct_lines_it_is_always_joined(lines, data):
    text = text_of(lines)
    before = part_of(text, data.draw(st.integers(len(lines[0]) + 1, len(text))))
    rest = text[len(before.content) :]
    assert join(before.telling, last_line(before.content), rest) == text


def test_what_came_of_the_line_after_the_seam_must_begin_it():
    with pytest.raises(SeamMismatch, match="expected one that begins with 'retu'"):
        find_seam("a.py", Part("def f():\n", "retu"), "def f():", "yield 1\n")


def test_a_changed_line_end_in_after_is_tolerated():
    before = Part("first line\r\nsecond line\r\n")
    assert join(before, "second line", "third\r\n").endswith("second line\r\nthird\r\n")
    assert join(before, "second line\r\n", "third\r\n").endswith("second line\r\nthird\r\n")


def test_a_cr_before_the_cut_line_end_belongs_to_the_fragment():
    before = part_of("first\r\nsecond\r\nthird\r\n", len("first\r\nsecond\r"))
    assert before.fragment == "second\r"
    assert join(before, "first", "second\r\nthird\r\n") == "first\r\nsecond\r\nthird\r\n"


@pytest.mark.parametrize("after", ["  def f():", "def f(): ", "def g():"])
def test_an_after_that_is_no_kept_line_is_refused(after):
    with pytest.raises(SeamMismatch, match=r"a\.py: 'after'"):
        find_seam("a.py", Part("import os\ndef f():\n"), after, "    pass\n")


def test_tabs_after_spaces_are_refused():
    before = Part("class A:\n    a = 1\n    b = 2\n    c = 3\n")
    with pytest.raises(SeamMismatch, match="tabs after spaces"):
        find_seam("a.py", before, "    c = 3", "\td = 4\n")


def test_lines_that_come_again_though_after_is_right_are_dropped_where_the_fragment_proves_it():
    before = Part("first of the lines\nsecond of the lines\n", "third of")
    rest = "second of the lines\nthird of the lines\n"
    assert find_seam("a.py", before, "second of the lines", rest).repeated == 1


def test_lines_that_may_be_meant_once_more_are_refused_where_nothing_tells():
    before = Part("first of the lines\nsecond of the lines\n")
    with pytest.raises(SeamMismatch, match="with nothing to tell them apart"):
        find_seam("a.py", before, "second of the lines", "second of the lines\nthird\n")


def test_short_lines_that_often_stand_twice_are_meant():
    assert join(Part("f {\n}\n"), "}", "}\nend\n") == "f {\n}\n}\nend\n"


def test_a_part_cut_off_within_what_it_may_repeat_adds_nothing():
    text = "one\n\nreturn value\n\n"
    seam = find_seam("a.py", Part(text), "", "return", whole=False)
    assert seam == Seam(kept=len("one\n\n"), repeated=2)


@pytest.mark.parametrize("whole", [True, False])
def test_a_line_that_stands_very_often_is_found_in_no_time(whole):
    before = Part("\n" * 30_000 + "end\n" + "\n" * 30_000)
    assert join_or_none(before, "", "next\n", whole=whole) == before.content + "next\n"


@given(st.lists(st.sampled_from("ab"), max_size=8), st.lists(st.sampled_from("ab"), max_size=8))
def test_overlaps_are_every_end_of_one_list_that_begins_the_other(one, other):
    counts = range(1, min(len(one), len(other)) + 1)
    expected = [count for count in counts if one[-count:] == other[:count]]
    assert list(overlaps(one, other)) == expected[::-1]
