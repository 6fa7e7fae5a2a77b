from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.reading.layers import layers_of
from estimators.reading.mentions import find_mentions


def layers(text):
    return layers_of(text, find_mentions(text))


def squeezed(text):
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "spoken", "asides"),
    [
        ("Update src/a.py (call f(x) there) now", "Update now", "(call f(x) there)"),
        ("src/a.py (one) and (two (three))", "and", "(one) (two (three))"),
        ("src/a.py(new module)", "", "(new module)"),
        ("src/a.py (not closed", "", "(not closed"),
        ("src/a.py calls f(x) twice", "calls f(x) twice", ""),
        ("app/(group)/page.tsx) odd", ") odd", ""),
        ("`a (b).py` (new)", "", "(new)"),
        ("src/a.py（新）", "", "（新）"),
    ],
)
def test_parentheses_and_paths_are_set_apart(text, spoken, asides):
    found = layers(text)
    assert squeezed(found.spoken) == spoken
    assert squeezed(found.asides) == asides


def test_paths_in_parentheses_are_left_out():
    assert [one.path for one in layers("src/a.py (like src/b.py)").mentions] == ["src/a.py"]


def test_paths_in_parentheses_count_where_there_are_no_others():
    found = layers("Update docs (README.md, CHANGELOG.md)")
    assert [one.path for one in found.mentions] == ["README.md", "CHANGELOG.md"]
    assert squeezed(found.spoken) == "Update docs ( , )"
    assert not found.asides.strip()


@given(st.text(alphabet=st.sampled_from("()（） a.py/x`")))
def test_all_layers_have_the_length_of_the_text(text):
    found = layers(text)
    assert len(found.written) == len(found.spoken) == len(found.asides) == len(text)
