from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.splitting.blocks import ChunkSize, chunk_lines
from token_budget.context.splitting.sections import headings, section_blocks

MARKDOWN = textwrap.dedent("""\
    # Title
    words
    ## Part #
    - a list item
    ## Other
    ```sh
    # no heading
    ```
    Underlined
    ===

    No rule above a list
    ---
    """).split("\n")


def found(lines, language="markdown"):
    return [(one.line, one.level, one.title) for one in headings(lines, language)]


def test_headings_of_markdown_with_hashes_and_underlines_outside_of_code():
    assert found(MARKDOWN) == [
        (1, 1, "Title"),
        (3, 2, "Part"),
        (5, 2, "Other"),
        (12, 2, "No rule above a list"),
    ]


def test_a_fence_ends_at_its_own_mark_only():
    lines = ["~~~~", "```", "# inside", "~~~~~", "# outside"]
    assert found(lines) == [(5, 1, "outside")]


def test_front_matter_and_rules_are_no_headings():
    assert found(["---", "title: x", "---", "", "----"]) == []


def test_headings_of_restructuredtext_take_their_levels_from_the_order_of_use():
    lines = ["=====", "Title", "=====", "", "Part", "----", "words", "", "Other", "-----", "~~~"]
    assert found(lines, "restructuredtext") == [(1, 1, "Title"), (5, 2, "Part"), (9, 2, "Other")]


def test_sections_hold_their_subsections():
    (title,) = section_blocks(headings(MARKDOWN[:8], "markdown"), 8)
    assert (title.first, title.last, title.name) == (1, 8, "Title")
    assert [(b.first, b.last, b.name) for b in title.children()] == [
        (1, 2, "Title"),
        (3, 4, "Part"),
        (5, 8, "Other"),
    ]


def test_a_list_above_a_heading_stays_with_its_own_section():
    chunks = chunk_lines(
        MARKDOWN[:8], section_blocks(headings(MARKDOWN[:8], "markdown"), 8), ChunkSize(3)
    )
    assert (3, 4) in [(chunk.first, chunk.last) for chunk in chunks]


@given(st.lists(st.sampled_from(["# a", "## b", "### c", "x", "", "```", "==", "--"]), max_size=30))
def test_sections_are_nested_without_overlap(lines):
    def check(blocks, first, last):
        for block in blocks:
            assert first <= block.first <= block.last <= last
            check(block.children(), block.first, block.last)
            first = block.last + 1

    check(section_blocks(headings(lines, "markdown"), len(lines)), 1, len(lines))
