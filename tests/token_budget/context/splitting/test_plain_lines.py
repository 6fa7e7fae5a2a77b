from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.splitting.plain_lines import indentation, paragraphs


def starts(text, **options):
    lines = text.split("\n")
    return paragraphs(lines, 1, len(lines), **options)


def test_the_outermost_lines_after_blank_ones_come_first():
    assert starts("func a() {\n  x\n\n  y\n}\n\nfunc b() {\n}") == [1, 7]


def test_any_line_after_a_blank_one_comes_next():
    assert starts("x:\n    a\n\n    b\n\n        c") == [1, 4]
    assert starts("a\n  b\n    c\n  d") == [1, 2, 4]


def test_nothing_is_cut_before_a_line_that_closes():
    assert starts("a {\n  b\n\n}\nc {\n}") == [1, 5]


def test_text_without_structure_is_cut_everywhere():
    assert starts("}\n}\n}") == [1, 2, 3]
    assert starts("a\n\nb", finest=True) == [1, 2, 3]


def test_tabs_reach_the_next_eighth_column():
    assert [indentation(line) for line in ("x", "  x", "\tx", "  \tx")] == [0, 2, 8, 8]


@given(st.lists(st.sampled_from(["", "a", " b", "}", "\tc"]), min_size=1, max_size=20))
def test_parts_begin_with_the_range_and_ascend(lines):
    found = paragraphs(lines, 1, len(lines))
    assert found[0] == 1
    assert found == sorted(set(found))
    assert len(found) > 1 or len(lines) == 1
