"""Well-formed markup from values: what a page and its plots are written with.

The same text is valid HTML and reads as XML, so that a strict parser can check it.
"""

from __future__ import annotations

import re
from typing import NewType

Markup = NewType("Markup", str)
"""Text that is markup already, and safe; anything else goes through `escaped`."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that no XML document may hold, such as NUL or a lone surrogate."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Outside ``Char`` of XML 1.0 (section 2.2), or a control character that HTML calls an error."""

_ENTITIES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\r": "&#13;"}
)

_VOID = frozenset({"meta", "br", "col"})
"""HTML elements that have no end tag; any other must have one, even if it is empty."""


def escaped(text: str) -> Markup:
    """Text as it stands in an element or in a quoted attribute; it can end neither."""
    return Markup(_FORBIDDEN.sub(REPLACEMENT, text).translate(_ENTITIES))


def element(name: str, /, *children: Markup, **attributes: str | float | None) -> Markup:
    """One element.

    Args:
        name: Of the element; ours, never from outside.
        *children: What it holds.
        **attributes: Escaped here. ``class_`` is ``class``; ``_`` elsewhere is ``-``, as in
            ``stroke_width``; None leaves one out. A figure has at most two decimals.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{''.join(children)}</{name}>")


def text_element(name: str, /, text: str, **attributes: str | float | None) -> Markup:
    """One element that holds nothing but text."""
    return element(name, escaped(text), **attributes)


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return escaped(value)
    return f"{value:.2f}".rstrip("0").rstrip(".")
