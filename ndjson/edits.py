"""The edits of a ``modify``: what they hold, not how they are carried out.

Every text is literal: nothing is a pattern, and no white space is added or taken away.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from ndjson.model import FormatModel, Text


class Replace(FormatModel):
    """Put ``new`` in the place of ``old``, which occurs exactly once."""

    type: Literal["replace"] = "replace"
    old: Text
    new: Text


class ReplaceAll(FormatModel):
    """Put ``new`` in the place of every ``old``."""

    type: Literal["replace_all"] = "replace_all"
    old: Text
    new: Text


class InsertBefore(FormatModel):
    """Put ``content`` directly before the first character of ``anchor``."""

    type: Literal["insert_before"] = "insert_before"
    anchor: Text
    content: Text


class InsertAfter(FormatModel):
    """Put ``content`` directly after the last character of ``anchor``."""

    type: Literal["insert_after"] = "insert_after"
    anchor: Text
    content: Text


class Append(FormatModel):
    """Put ``content`` at the end of the file."""

    type: Literal["append"] = "append"
    content: Text


class Prepend(FormatModel):
    """Put ``content`` at the start of the file."""

    type: Literal["prepend"] = "prepend"
    content: Text


class DeleteText(FormatModel):
    """Take out ``old``, which occurs exactly once."""

    type: Literal["delete_text"] = "delete_text"
    old: Text


_AnyEdit = Replace | ReplaceAll | InsertBefore | InsertAfter | Append | Prepend | DeleteText

Edit = Annotated[_AnyEdit, Field(discriminator="type")]
"""One change within a file, told apart by its ``type``."""

EDIT_TYPES = frozenset(one.model_fields["type"].default for one in get_args(_AnyEdit))
"""Every ``type`` of an edit."""
