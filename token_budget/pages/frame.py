"""What every plot is drawn in: the picture, its axes with grid and ticks, and its legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_budget.pages.axes import Axis, tick_text
from token_budget.pages.markup import Markup, element, text_element
from token_budget.pages.style import MOST_SERIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 480
HEIGHT = 340
"""User units of a picture; the page scales it."""

LEFT = 64
RIGHT = 456
BOTTOM = 288
LEGEND_TOP = 16
LEGEND_LINE = 18
"""Where the plotting area lies; it begins under the legend."""

CHARACTER = 6.8
"""Average width of a character at 12 units, with a margin for wide fonts."""

_KEY = 22
"""Width of the sample of a line in the legend."""


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of the legend.

    Attributes:
        name: Of the series.
        style: The class of its sample.
        is_line: Its sample is a line, else a square.
    """

    name: str
    style: str
    is_line: bool = True


@dataclass(frozen=True, slots=True)
class Area:
    """Where the values of a plot lie.

    Attributes:
        x: The horizontal axis; None: the plot has categories.
        y: The vertical axis.
        top: Its upper edge in the picture.
    """

    x: Axis | None
    y: Axis
    top: float

    def across(self, value: float) -> float:
        """The horizontal place of a value."""
        return LEFT + (RIGHT - LEFT) * (self.x.position(value) if self.x else value)

    def up(self, value: float) -> float:
        """The vertical place of a value."""
        return BOTTOM - (BOTTOM - self.top) * self.y.position(value)


def picture(title: str, description: str, *drawn: Markup) -> Markup:
    """A picture with a name and a description for those who cannot see it."""
    return element(
        "svg",
        text_element("title", title),
        text_element("desc", description),
        *drawn,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=title,
    )


def legend(keys: Sequence[Key]) -> tuple[Markup, float]:
    """The legend, in as many lines as it needs, and where the plotting area may begin."""
    drawn, x, y = [], float(LEFT), float(LEGEND_TOP)
    for key in keys:
        width = _KEY + 6 + len(key.name) * CHARACTER + 16
        if x > LEFT and x + width > WIDTH:
            x, y = float(LEFT), y + LEGEND_LINE
        drawn += [_sample(key, x, y), text_element("text", key.name, x=x + _KEY + 6, y=y)]
        x += width
    return element("g", *drawn), y + LEGEND_LINE if keys else float(LEGEND_TOP)


def axes(area: Area) -> Markup:
    """The grid, the axes, their ticks and their labels."""
    rows = element("g", *(part for tick in area.y.ticks() for part in _row(area, tick)))
    border = f"M{LEFT} {area.top:g}V{BOTTOM}H{RIGHT}"
    sideways = f"translate(14 {(area.top + BOTTOM) / 2:g}) rotate(-90)"
    label = text_element("text", area.y.label, class_="middle", transform=sideways)
    line = element("path", d=border, class_="axis")
    return Markup(f"{rows}{_columns(area)}{line}{label}")


def _columns(area: Area) -> Markup:
    if area.x is None:
        return Markup("")
    ticks = (part for tick in area.x.ticks() for part in _column(area, tick))
    middle = (LEFT + RIGHT) / 2
    label = text_element("text", area.x.label, x=middle, y=BOTTOM + 40, class_="middle")
    return element("g", *ticks, label)


def _row(area: Area, tick: float) -> Iterable[Markup]:
    y = area.up(tick)
    yield element("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, class_="grid")
    yield text_element("text", tick_text(tick), x=LEFT - 6, y=y + 4, class_="tick end")


def _column(area: Area, tick: float) -> Iterable[Markup]:
    x = area.across(tick)
    yield element("line", x1=x, x2=x, y1=area.top, y2=BOTTOM, class_="grid")
    yield text_element("text", tick_text(tick), x=x, y=BOTTOM + 17, class_="tick middle")


def _sample(key: Key, x: float, y: float) -> Markup:
    if key.is_line:
        return element("line", x1=x, x2=x + _KEY, y1=y - 4, y2=y - 4, class_=key.style)
    return element("rect", x=x + 6, y=y - 10, width=11, height=11, class_=key.style)


def style_number(number: int) -> int:
    """The number of a series in the style sheet, from 1.

    Raises:
        ValueError: The sheet has no colours for so many series.
    """
    if not 0 <= number < MOST_SERIES:
        raise ValueError(f"expected at most {MOST_SERIES} series, found {number + 1}")
    return number + 1
