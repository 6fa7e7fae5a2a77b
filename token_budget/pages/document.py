"""One self-contained page from values: sections of paragraphs, tables and figures.

No script and nothing fetched: the page says so itself, in a content security policy that the
browser enforces. Every text is escaped here; only the markup of a figure is taken as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, assert_never

from token_budget.pages.markup import Markup, element, text_element
from token_budget.pages.style import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The page may use its own style sheet, and nothing else from anywhere."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences.

    Attributes:
        text: Plain text.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        heading: What it shows, with the unit.
        numeric: Its cells are figures: they stand on the right.
    """

    heading: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in rows; the first cell of a row names it.

    Attributes:
        caption: What the table shows.
        columns: At least one.
        rows: As many cells each as there are columns.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"rows[{number}]: expected {len(self.columns)} cells, found {len(row)}"
                )


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot.

    Attributes:
        caption: What the plot shows, and by which rules.
        plot: Its markup, such as a function of `token_budget.pages.plots` gives.
    """

    caption: str
    plot: Markup


Block = Paragraph | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page; figures that follow each other stand side by side where there is room.

    Attributes:
        title: Its heading.
        blocks: What it holds, in reading order.
    """

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page.

    Attributes:
        title: Its heading, and the title of the window.
        introduction: What stands before the first section.
        sections: In reading order.
        language: Of its text: a language tag (BCP 47).
    """

    title: str
    introduction: tuple[Block, ...]
    sections: tuple[Section, ...]
    language: str = "en"


def render(page: Page) -> str:
    """The page as the text of an HTML file: UTF-8, well-formed as XML too."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        text_element("title", page.title),
        element("style", Markup(STYLE)),
    )
    heading = text_element("h1", page.title)
    sections = map(_section, page.sections)
    body = element("body", element("main", heading, *_blocks(page.introduction), *sections))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang=page.language)}\n"


def _section(section: Section) -> Markup:
    return element("section", text_element("h2", section.title), *_blocks(section.blocks))


def _blocks(blocks: Iterable[Block]) -> Iterable[Markup]:
    for is_figure, alike in groupby(blocks, lambda block: isinstance(block, Figure)):
        made = map(_block, alike)
        if is_figure:
            yield element("div", *made, class_="figures")
        else:
            yield from made


def _block(block: Block) -> Markup:
    match block:
        case Paragraph():
            return text_element("p", block.text)
        case Table():
            return element("div", _table(block), class_="table")
        case Figure():
            return element("figure", block.plot, text_element("figcaption", block.caption))
        case _:
            assert_never(block)


def _table(table: Table) -> Markup:
    kinds = ["number" if one.numeric else None for one in table.columns]
    headings = (
        text_element("th", one.heading, scope="col", class_=kind)
        for one, kind in zip(table.columns, kinds, strict=True)
    )
    return element(
        "table",
        text_element("caption", table.caption),
        element("thead", element("tr", *headings)),
        element("tbody", *(_row(row, kinds) for row in table.rows)),
    )


def _row(cells: tuple[str, ...], kinds: list[str | None]) -> Markup:
    first, *others = cells
    return element(
        "tr",
        text_element("th", first, scope="row", class_=kinds[0]),
        *(
            text_element("td", cell, class_=kind)
            for cell, kind in zip(others, kinds[1:], strict=True)
        ),
    )
