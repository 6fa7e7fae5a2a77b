r"""What a prompt says to get an answer in this format.

The text is put together from fixed pieces in a fixed order, and depends on nothing but *which*
kinds of change a phase asks for, never on its paths or their number. So there is a handful of
texts, each the same byte for byte whenever it is sent: a provider's prompt cache can hold it.

A phase that only creates files is not told about edits, renames and deletions: what cannot be
needed costs tokens in every prompt and invites answers that nobody asked for. A phase that touches
an existing file in any way keeps the edits, because whoever renames or deletes a file has its users
to edit. Creating is always explained: work on existing files may well need a new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INSTRUCTIONS_VERSION = 2
"""Counts up with every change of the text: how long answers are depends on how they are asked."""

_EVERY_ACTION = frozenset(("create", "modify", "rename", "delete"))

_OPENING = r"""Answer with newline-delimited JSON only: one complete JSON object on each line, no
Markdown fence, no text before, between or after. Within strings write a line break as \n, a double
quote as \" and a backslash as \\.

First line: {"type":"meta","summary":"<one sentence>","operations":<number of operations>}
Then one line for each operation, in the order in which they are to be applied:"""

_CREATE = r"""- create a file, always whole: {"type":"create","path":"...","content":"..."}
  or, instead of "content", its lines without line ends: "lines":["import os","","x = 1"]"""

_OVERWRITE = """  (to replace an existing file as a whole, put "overwrite":true before content)"""

_MODIFY = r"""- change a file: {"type":"modify","path":"...","edits":[...]}, with these edits:
  {"type":"replace","old":"...","new":"..."} (old occurs exactly once; replace_all: any number)
  {"type":"insert_before","anchor":"...","content":"..."} (or insert_after: directly at the anchor)
  {"type":"append","content":"..."} {"type":"prepend","content":"..."}
  {"type":"delete_text","old":"..."}
  Copy old texts and anchors exactly as the file has them, line breaks and indentation included,
  with just enough around them to occur once. Edits apply in their order, each to the result of
  those before."""

_RENAME = """- rename a file: {"type":"rename","path":"<from>","to":"<to>"}"""

_DELETE = """- delete a file: {"type":"delete","path":"..."}"""

_CLOSING = """Last line: {"type":"done","operations":<number of operations>}

Paths are relative to the root of the workspace, with forward slashes. Never abbreviate what a file
contains. An example of a whole answer:
"""

_CREATED_EXAMPLE = (
    r'{"type":"create","path":"src/names.py",'
    r'"content":"import re\n\nWORD = re.compile(\"\\w+\")\n"}'
)

_MODIFIED_EXAMPLE = (
    r'{"type":"modify","path":"src/app.py","edits":['
    r'{"type":"insert_after","anchor":"import os\n","content":"from names import WORD\n"},'
    r'{"type":"replace","old":"limit = 1","new":"limit = 2"}]}'
)


class Deliverable(Protocol):
    """A file that a phase works on, as far as these instructions look at it."""

    @property
    def path(self) -> str | None:
        """Its path; None when no file is named."""

    @property
    def action(self) -> str | None:
        """``create``, ``modify``, ``rename`` or ``delete``; None when that is not known."""


def instructions(deliverables: Iterable[Deliverable] = ()) -> str:
    """The text that asks a model for this format: under 600 tokens, with one example.

    Counted in ``cl100k_base``; its version is `INSTRUCTIONS_VERSION`.

    Args:
        deliverables: What the phase works on. The forms that it cannot need are left out, if all of
            its paths and actions are known; otherwise, and without deliverables, nothing is.
    """
    return "\n".join(_lines(_asked(deliverables)))


def _asked(deliverables: Iterable[Deliverable]) -> frozenset[str]:
    """The actions that are asked for: every one, when one of them is not known."""
    found = {one.action if one.path is not None else None for one in deliverables}
    known = {action for action in found if action in _EVERY_ACTION}
    return frozenset(known) if known and known == found else _EVERY_ACTION


def _lines(actions: frozenset[str]) -> Iterator[str]:
    touches_existing = actions != {"create"}
    yield _OPENING
    yield _CREATE
    if touches_existing:
        yield _OVERWRITE
        yield _MODIFY
    if "rename" in actions:
        yield _RENAME
    if "delete" in actions:
        yield _DELETE
    yield _CLOSING + "\n".join(_example(edited=touches_existing))


def _example(*, edited: bool) -> Iterator[str]:
    operations = [_CREATED_EXAMPLE, *([_MODIFIED_EXAMPLE] if edited else [])]
    yield f'{{"type":"meta","summary":"Name what a word is.","operations":{len(operations)}}}'
    yield from operations
    yield f'{{"type":"done","operations":{len(operations)}}}'
