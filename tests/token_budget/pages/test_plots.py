from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.pages.axes import Axis
from token_budget.pages.frame import BOTTOM, HEIGHT, LEFT, RIGHT, WIDTH
from token_budget.pages.plots import (
    CELLS,
    MOST_POINTS_OF_A_LINE,
    MOST_SINGLE_DOTS,
    Bars,
    Series,
    Words,
    bar_chart,
    line_chart,
    scatter,
)
from token_budget.pages.style import STYLE

WORDS = Words("Coverage <over> time", "It rises & falls.")
X, Y = Axis("phase", 0, 100), Axis("share", 0, 1)
TOKENS = Axis("tokens", 10, 10_000, logarithmic=True)
SLOPE = Series("right", ((0, 0), (100, 1)))


def lines(*names, reference=None):
    series = [Series(name, ((0, 0.5), (50, 1), (100, 0))) for name in names]
    return ET.fromstring(line_chart(WORDS, series, X, Y, reference))


def bars(values, categories=("ndjson", "diff"), label="tokens"):
    made = [Bars(name, row) for name, row in values.items()]
    return ET.fromstring(bar_chart(WORDS, categories, made, label))


def texts(plot):
    return [one.text for one in plot.iter("text")]


def classes(plot):
    return {name for one in plot.iter() for name in (one.get("class") or "").split()}


PLOTS = {
    "lines": lambda: lines("before", "after", reference=SLOPE),
    "scatter": lambda: ET.fromstring(
        scatter(WORDS, Series("phase", ((20, 30), (10, 9_999))), TOKENS, TOKENS)
    ),
    "bars": lambda: bars({"before": (1_000, 20), "after": (900, 0)}),
}


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_a_plot_says_what_it_shows_to_those_who_cannot_see_it(plot):
    drawn = plot()
    assert drawn.get("role") == "img"
    assert drawn.get("aria-label") == WORDS.title
    assert [one.tag for one in drawn][:2] == ["title", "desc"]
    assert (drawn[0].text, drawn[1].text) == (WORDS.title, WORDS.description)


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_every_class_has_its_style(plot):
    known = set(re.findall(r"\.([a-z][\w-]*)", STYLE))
    assert classes(plot()) <= known


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_a_plot_stays_in_its_picture(plot):
    for one in plot().iter():
        for names, most in ((("x", "x1", "x2", "cx"), WIDTH), (("y", "y1", "y2", "cy"), HEIGHT)):
            assert all(0 <= float(one.get(name, 0)) <= most for name in names)


def test_curves_lie_where_their_values_are():
    drawn = lines("before")
    [curve] = [one for one in drawn.iter("path") if "curve" in one.get("class")]
    places = [tuple(map(float, one.split())) for one in curve.get("d")[1:].split("L")]
    top = min(y for _, y in places)
    assert places == [
        (LEFT, pytest.approx((top + BOTTOM) / 2)),
        ((LEFT + RIGHT) / 2, top),
        (RIGHT, BOTTOM),
    ]


def test_axes_are_labelled_and_series_named():
    shown = texts(lines("before", "after", reference=SLOPE))
    assert {"phase", "share", "before", "after", "right", "0.2", "100"} <= set(shown)


def test_series_differ_in_their_style():
    assert {"stroke-1", "stroke-2", "reference"} <= classes(
        lines("before", "after", reference=SLOPE)
    )


def test_more_series_than_colours_are_refused():
    with pytest.raises(ValueError, match="at most 4 series, found 5"):
        lines(*"abcde")


def test_a_long_line_is_thinned_and_keeps_its_end():
    points = tuple((n / 100, n % 2) for n in range(10_001))
    drawn = ET.fromstring(line_chart(WORDS, [Series("a", points)], X, Y))
    [curve] = [one for one in drawn.iter("path") if "curve" in one.get("class")]
    places = curve.get("d").split("L")
    assert len(places) <= MOST_POINTS_OF_A_LINE + 1
    assert places[-1].split()[0] == f"{RIGHT:.1f}"


def test_names_of_series_never_overlap():
    drawn = lines("a rather long name", "another long name", "and a third long one", "fourth")
    names = [one for one in drawn.iter("text") if one.get("class") is None]
    places = [(float(n.get("y")), float(n.get("x")), len(n.text) * 6.8) for n in names]
    for (y, x, width), (next_y, next_x, _) in pairwise(places):
        assert next_y > y or next_x > x + width
    assert all(x + width <= WIDTH for _, x, width in places)


def dots(count):
    points = tuple((10 + number % 97, 10 + number % 89) for number in range(count))
    plot = scatter(WORDS, Series("phase", points), TOKENS, TOKENS)
    return list(ET.fromstring(plot).iter("circle"))


def test_a_few_points_have_a_dot_each():
    assert len(dots(MOST_SINGLE_DOTS)) == MOST_SINGLE_DOTS


def test_many_points_share_dots_that_grow():
    drawn = dots(20_000)
    assert len(drawn) <= CELLS**2
    assert len({one.get("r") for one in drawn}) > 1
    places = [(one.get("cx"), one.get("cy")) for one in drawn]
    assert len(places) == len(set(places))


def test_bars_are_as_high_as_their_values():
    drawn = bars({"before": (1_000, 250), "after": (500, 0)})
    heights = [float(one.get("height")) for one in drawn.iter("rect") if one.get("height") != "11"]
    assert heights == pytest.approx([heights[0] * share for share in (1, 0.5, 0.25, 0)], abs=0.02)


def test_bars_are_written_and_named():
    assert {"1k", "500", "ndjson", "diff", "tokens"} <= set(
        texts(bars({"before": (1_000, 250), "after": (500, 0)}))
    )


def test_a_category_with_a_long_name_is_cut_and_named_in_full_where_it_is_pointed_at():
    name = "a category with a name that goes on and on and on and on"
    drawn = bars({"before": (1, 2)}, (name, "b"))
    assert name not in texts(drawn)
    assert name in [one.text for one in drawn.iter("title")]


@pytest.mark.parametrize("values", [(1,), (1, 2, 3), (1, -1), (1, float("nan"))])
def test_bars_that_cannot_be_drawn_are_refused(values):
    with pytest.raises(ValueError, match="before: expected 2 finite values of 0 or more"):
        bars({"before": values})


@given(st.text(st.characters(exclude_categories=[])))
def test_hostile_names_change_no_structure(text):
    def drawn(name):
        words, axis = Words(name, name), Axis(name, 0, 1)
        chart = line_chart(words, [Series(name, ((0, 0), (1, 1)))], axis, axis)
        return [one.tag for one in ET.fromstring(chart).iter()]

    assert drawn(text) == drawn("harmless")


@given(st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)), min_size=1))
def test_any_sizes_can_be_drawn(points):
    values = [one for point in points for one in point]
    axis = Axis.covering(values, "tokens", logarithmic=True)
    plot = ET.fromstring(scatter(WORDS, Series("phase", tuple(points)), axis, axis))
    assert len(list(plot.iter("circle"))) >= 1
