from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.pages.document import Column, Figure, Page, Paragraph, Section, Table, render
from token_budget.pages.markup import element, escaped, text_element
from token_budget.pages.style import STYLE

ANY_TEXT = st.text(st.characters(exclude_categories=[]))
PLOT = element("svg", text_element("title", "A plot"))


def page(text="text"):
    table = Table(text, (Column(text), Column("tokens", numeric=True)), ((text, "1,234"),))
    blocks = (Paragraph(text), table, Figure(text, PLOT), Figure("second", PLOT), Paragraph("end"))
    return Page(text, (Paragraph(text),), (Section(text, blocks),))


def read(text="text"):
    return ET.fromstring(render(page(text)))


def test_the_page_says_what_it_is():
    assert render(page()).startswith("<!DOCTYPE html>\n<html")
    read_back = read()
    assert read_back.get("lang") == "en"
    metas = [one.attrib for one in read_back.iter("meta")]
    assert {"charset": "utf-8"} in metas
    assert any(one.get("name") == "viewport" for one in metas)


def test_everything_is_there_in_its_order():
    main = read().find("body/main")
    assert [one.tag for one in main] == ["h1", "p", "section"]
    section = main.find("section")
    assert [(one.tag, one.get("class")) for one in section] == [
        ("h2", None),
        ("p", None),
        ("div", "table"),
        ("div", "figures"),
        ("p", None),
    ]
    assert [one.text for one in section.iter("figcaption")] == ["text", "second"]
    assert len(list(section.iter("svg"))) == 2


def test_figures_stand_on_the_right_and_a_row_is_named_by_its_first_cell():
    table = next(read().iter("table"))
    assert table.find("caption").text == "text"
    heads = [(one.get("scope"), one.get("class")) for one in table.iterfind("thead/tr/th")]
    assert heads == [("col", None), ("col", "number")]
    [row] = table.iterfind("tbody/tr")
    assert [(one.tag, one.text, one.get("class")) for one in row] == [
        ("th", "text", None),
        ("td", "1,234", "number"),
    ]


def test_nothing_is_fetched_and_no_script_runs():
    text = render(page())
    assert not re.search(r"\b(src|href|srcset|action|on\w+)\s*=|@import|url\(|://|<script", text)
    [policy] = [one for one in read().iter("meta") if one.get("http-equiv")]
    assert policy.get("content").startswith("default-src 'none'")


def test_the_style_sheet_reads_alike_as_html_and_as_xml():
    assert not set("<>&\"'") & set(STYLE)


def test_the_style_sheet_knows_dark_screens_and_paper():
    assert "screen and (prefers-color-scheme: dark)" in STYLE
    assert "@media print" in STYLE


@given(ANY_TEXT)
def test_hostile_text_changes_no_structure(text):
    hostile, harmless = read(text), read("harmless")
    assert [one.tag for one in hostile.iter()] == [one.tag for one in harmless.iter()]


@pytest.mark.parametrize(
    "text",
    ["</title><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "]]>", "<!--", "&amp;"],
)
def test_a_browser_sees_text_where_text_was_given(text):
    class Tags(HTMLParser):
        def __init__(self):
            super().__init__()
            self.seen = []

        def handle_starttag(self, tag, attrs):
            self.seen.append(tag)

    found, expected = Tags(), Tags()
    found.feed(render(page(text)))
    expected.feed(render(page()))
    assert found.seen == expected.seen
    assert escaped(text) in render(page(text))


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"rows\[1\]: expected 1 cells, found 2"):
        Table("", (Column("a"),), (("x",), ("x", "y")))
