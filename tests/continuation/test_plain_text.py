import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from continuation.errors import SeamMismatch
from continuation.plain_text import join_prefilled, join_text, prefill_text

TEXT = (
    "The parser reads one line at a time.\n\n"
    "Every line holds one operation, and an operation that was cut off is kept to its last line.\n"
    "What follows is asked for in the next round, and joined only where both parts agree."
)


@given(st.integers(0, len(TEXT)))
def test_a_part_that_goes_on_is_added(cut):
    assert join_text(TEXT[:cut], TEXT[cut:]).text == TEXT


@given(st.integers(60, len(TEXT)), st.integers(25, 60))
def test_repeated_words_are_dropped(cut, repeated):
    seam = join_text(TEXT[:cut], TEXT[cut - repeated :])
    assert seam.text == TEXT
    assert len(seam.dropped) == repeated
    assert not seam.proven


@given(st.integers(30, len(TEXT)), st.integers(30, len(TEXT)))
def test_a_restart_adds_only_what_is_new(cut, end):
    assert join_text(TEXT[:cut], TEXT[:end]).text == TEXT[: max(cut, end)]
    assert join_text(TEXT[:cut], TEXT[:end]).how == "restart"


def test_another_version_from_the_top_is_refused():
    with pytest.raises(SeamMismatch, match="another version"):
        join_text(TEXT[:150], TEXT.replace("cut off", "lost"))


@pytest.mark.parametrize(
    "later", ["a row of cells\n" * 2, "a row of cells\nend", "a row of cells\n" * 5]
)
def test_text_that_repeats_itself_is_refused(later):
    with pytest.raises(SeamMismatch, match="repeats itself"):
        join_text("Table:\n" + "a row of cells\n" * 3, later)


def test_a_long_overlap_that_begins_as_it_ends_is_no_doubt():
    line = "    return result_of(x)\n"
    kept = f"def f():\n{line}\n\ndef g():\n    pass\n\n\ndef h():\n{line}"
    overlap = kept[kept.index(line) :]
    assert join_text(kept, f"{overlap}end").text == f"{kept}end"


def test_a_few_equal_characters_are_no_overlap():
    assert join_text("a }\n", "}\nb").text == "a }\n}\nb"


def test_nothing_adds_nothing():
    assert join_text(TEXT, "").text == TEXT
    assert join_text(TEXT, "").how == "nothing"


@pytest.mark.parametrize(
    "preface", ["Sure, continuing:\n\n", "Sorry for the cut.\n", "Here is the rest:\n"]
)
def test_a_preface_is_dropped_only_before_an_overlap(preface):
    seam = join_text(TEXT[:150], preface + TEXT[110:])
    assert seam.text == TEXT
    assert seam.dropped == preface + TEXT[110:150]
    unclear = join_text(TEXT[:150], preface + TEXT[150:])
    assert unclear.text == TEXT[:150] + preface + TEXT[150:]
    assert "preface" in unclear.notes[0]


def test_a_new_fence_is_noted():
    assert "opens a fence within" in join_text("```py\nx = 1\n", "```py\ny = 2\n```\n").notes[0]
    assert "opens a fence at" in join_text("x = 1", "```py\ny = 2\n```\n").notes[0]
    assert join_text("```py\nx = 1\n", "```\nend\n").notes == ()
    assert join_text("Text.\n", "```py\ny\n```\n").notes == ()


@given(st.text(), st.text())
def test_a_prefill_never_ends_in_white_space_and_gets_it_back(kept, later):
    sent, blank = prefill_text(kept)
    assert sent == sent.rstrip()
    assert sent + blank == kept
    assume(later[:1].strip())
    assert join_prefilled(kept, later).text == kept + later


@given(st.text(alphabet=" \n\t"), st.integers(0, 9))
def test_white_space_that_the_model_writes_itself_is_not_there_twice(blank, written):
    kept = f"word{blank}"
    assert join_prefilled(kept, f"{blank[:written]}next").text == f"{kept}next"
    assert join_prefilled(kept, f"{blank}\nnext").text == f"{kept}\nnext"


def test_other_white_space_is_taken_and_noted():
    seam = join_prefilled("if x:\n    ", "\n\treturn")
    assert seam.text == "if x:\n\treturn"
    assert "white space" in seam.notes[0]


def test_the_search_is_linear_on_text_that_repeats_itself():
    size = 200_000
    with pytest.raises(SeamMismatch):
        join_text("a" * size, "a" * (size - 1) + "b")
