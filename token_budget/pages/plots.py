"""Plots as inline SVG: pure functions from values to markup.

Their colours come from the style sheet of the page (`token_budget.pages.style`), so they turn dark
with it. No element has an identifier: any number of plots may stand on one page.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_budget.pages.axes import Axis, tick_text
from token_budget.pages.frame import (
    BOTTOM,
    CHARACTER,
    LEFT,
    RIGHT,
    Area,
    Key,
    axes,
    legend,
    picture,
    style_number,
)
from token_budget.pages.markup import Markup, element, text_element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Point = tuple[float, float]

MOST_POINTS_OF_A_LINE = 800
"""Of a longer line every second, third … point is drawn, and the last one: the screen has no more
columns than that."""

MOST_SINGLE_DOTS = 400
"""Up to so many points a scatter plot shows each as a dot of its own."""

CELLS = 60
"""Of more points, those in the same cell of a grid of 60 by 60 share a dot in its middle, whose
area grows with their number, up to a limit."""

_DOT = 3.0
_LEAST_SHARED_DOT = 1.7
_LARGEST_DOT = 6.0
_BARS_OF_A_SLOT = 0.72


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one kind.

    Attributes:
        name: As the legend has it.
        points: Horizontal and vertical values, in drawing order.
    """

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar for each category.

    Attributes:
        name: As the legend has it.
        values: 0 or more, one a category.
    """

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What a plot says of itself.

    Attributes:
        title: Its name, read out in place of the picture.
        description: What can be seen in it, for those who cannot.
    """

    title: str
    description: str


def line_chart(
    words: Words, series: Sequence[Series], x: Axis, y: Axis, reference: Series | None = None
) -> Markup:
    """Curves, and a thin dotted line to compare them with.

    Args:
        words: Title and description.
        series: At most four; values beyond an axis are drawn at its edge.
        x: The horizontal axis.
        y: The vertical axis.
        reference: Drawn under the curves; usually two points.

    Raises:
        ValueError: There are more series than colours.
    """
    styles = [f"curve stroke-{style_number(number)}" for number in range(len(series))]
    keys = [Key(one.name, style) for one, style in zip(series, styles, strict=True)]
    drawn, top = legend([*keys, *_reference_key(reference)])
    area = Area(x, y, top)
    lines = (
        _path(area, _thinned(one.points), style) for one, style in zip(series, styles, strict=True)
    )
    return picture(
        words.title, words.description, drawn, axes(area), *_reference(area, reference), *lines
    )


def scatter(
    words: Words, points: Series, x: Axis, y: Axis, reference: Series | None = None
) -> Markup:
    """Dots, and a thin dotted line such as the diagonal.

    Up to `MOST_SINGLE_DOTS` points have a dot each; more are gathered in `CELLS` by `CELLS` cells.

    Args:
        words: Title and description.
        points: What is shown.
        x: The horizontal axis.
        y: The vertical axis.
        reference: Drawn under the dots; usually two points.
    """
    key = Key(points.name, "dot fill-1", is_line=False)
    drawn, top = legend([key, *_reference_key(reference)])
    area = Area(x, y, top)
    dots = element("g", *_dots(area, points.points), class_="dot fill-1")
    return picture(
        words.title, words.description, drawn, axes(area), *_reference(area, reference), dots
    )


def bar_chart(words: Words, categories: Sequence[str], bars: Sequence[Bars], label: str) -> Markup:
    """Groups of bars from 0 on, each with its value above it where there is room.

    Args:
        words: Title and description.
        categories: The groups, from left to right; a name that is too long is cut.
        bars: At most four a group.
        label: Of the vertical axis, with the unit.

    Raises:
        ValueError: A figure is negative or not finite, their number is not that of the categories,
            or there are more bars a group than colours.
    """
    for one in bars:
        if len(one.values) != len(categories) or not all(0 <= v < math.inf for v in one.values):
            raise ValueError(f"{one.name}: expected {len(categories)} finite values of 0 or more")
    keys = [
        Key(one.name, f"fill-{style_number(number)}", is_line=False)
        for number, one in enumerate(bars)
    ]
    drawn, top = legend(keys)
    area = Area(None, Axis.covering([0, *(v for one in bars for v in one.values)], label), top)
    groups = (_group(area, name, at, categories, bars) for at, name in enumerate(categories))
    return picture(words.title, words.description, drawn, axes(area), *groups)


def _reference_key(reference: Series | None) -> list[Key]:
    return [Key(reference.name, "reference")] if reference else []


def _reference(area: Area, reference: Series | None) -> list[Markup]:
    return [_path(area, reference.points, "reference")] if reference else []


def _path(area: Area, points: Sequence[Point], style: str) -> Markup:
    places = " L".join(f"{area.across(x):.1f} {area.up(y):.1f}" for x, y in points)
    return element("path", d=f"M{places}" if places else "", class_=style)


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    step = math.ceil(len(points) / MOST_POINTS_OF_A_LINE)
    return points if step <= 1 else [*points[:-1:step], points[-1]]


def _dots(area: Area, points: Sequence[Point]) -> Iterable[Markup]:
    places = [(area.across(x), area.up(y)) for x, y in points]
    if len(places) <= MOST_SINGLE_DOTS:
        return [element("circle", cx=x, cy=y, r=_DOT) for x, y in places]
    cells = Counter(_cell(area, *place) for place in places)
    return [
        element("circle", cx=x, cy=y, r=min(_LEAST_SHARED_DOT * math.sqrt(number), _LARGEST_DOT))
        for (x, y), number in sorted(cells.items())
    ]


def _cell(area: Area, x: float, y: float) -> Point:
    """The middle of the cell of the grid that a place lies in."""
    wide, high = (RIGHT - LEFT) / CELLS, (BOTTOM - area.top) / CELLS
    column, row = int((x - LEFT) / wide), int((y - area.top) / high)
    return LEFT + (column + 0.5) * wide, area.top + (row + 0.5) * high


def _group(
    area: Area, name: str, at: int, categories: Sequence[str], bars: Sequence[Bars]
) -> Markup:
    slot = (RIGHT - LEFT) / len(categories)
    wide, left = slot * _BARS_OF_A_SLOT / len(bars), LEFT + slot * (at + (1 - _BARS_OF_A_SLOT) / 2)
    drawn = [
        part
        for number, one in enumerate(bars)
        for part in _bar(area, one.values[at], left + number * wide, wide, f"fill-{number + 1}")
    ]
    room = max(int(slot / CHARACTER), 2)
    shown = name if len(name) <= room else f"{name[: room - 1]}…"
    middle = LEFT + slot * (at + 0.5)
    label = text_element("text", shown, x=middle, y=BOTTOM + 17, class_="middle")
    return element("g", text_element("title", name), *drawn, label)


def _bar(area: Area, value: float, left: float, wide: float, style: str) -> Iterable[Markup]:
    y = area.up(value)
    yield element("rect", x=left, y=y, width=max(wide - 2, 1), height=BOTTOM - y, class_=style)
    texts = (tick_text(value, digits) for digits in (3, 2))
    written = next((text for text in texts if len(text) * CHARACTER < wide), None)
    if written:
        middle = left + wide / 2 - 1
        yield text_element("text", written, x=middle, y=y - 4, class_="tick middle")
