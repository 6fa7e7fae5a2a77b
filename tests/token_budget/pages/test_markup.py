from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from token_budget.pages.markup import REPLACEMENT, element, escaped, text_element

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@given(ANY_TEXT)
def test_any_text_is_read_back_from_an_element_and_an_attribute(text):
    read = ET.fromstring(text_element("p", text, title=text))
    assert read.tag == "p"
    assert len(read) == 0
    assert len(read.text or "") == len(text)
    kept = [(a, b) for a, b in zip(read.text or "", text, strict=True) if a != REPLACEMENT]
    assert all(a == b for a, b in kept)
    assert set(read.attrib) == {"title"}


def test_what_no_document_may_hold_is_replaced():
    assert escaped("a\x00\x1b\ud800\ufffe\x7fb") == f"a{REPLACEMENT * 5}b"


def test_names_of_attributes_are_those_of_markup():
    assert element("rect", class_="dot", stroke_width=1.5, fill=None) == (
        '<rect class="dot" stroke-width="1.5"></rect>'
    )


def test_only_void_elements_have_no_end_tag():
    assert element("meta", charset="utf-8") == '<meta charset="utf-8"/>'
    assert element("td") == "<td></td>"
