"""What to write to a model to get the rest of an NDJSON answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from continuation.cut_lines import sought
from continuation.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from continuation.cut_lines import CutLine
    from continuation.open_files import OpenFile
    from continuation.open_modifies import OpenModify
    from ndjson import FileOperation

LISTED = 40
"""A request names this many operations, or edits, that are kept, the last ones. They stand in the
transcript anyway; the list says which of them count."""

SHOWN_LINES = 3
"""The last lines of the open file are shown, so that the model finds its place."""

SHOWN_LINE_CHARACTERS = 400
"""A longer line is shown from its end: ``after`` still names it whole."""

_RULES = """Go on in the same format: JSON lines only, no Markdown fence, no other text, no meta
line. Write nothing of what is kept again. Last line: {"type":"done","operations":<number of
operations of the whole answer>}"""


class Standing(Protocol):
    """What is known of an answer: `ndjson_answer.NdjsonAnswer` has it."""

    @property
    def kept(self) -> tuple[FileOperation, ...]:
        """Whole operations."""

    @property
    def file(self) -> OpenFile | None:
        """The file in which it was cut off."""

    @property
    def modify(self) -> OpenModify | None:
        """The modify in which it was cut off."""

    @property
    def lines(self) -> tuple[CutLine, ...]:
        """Lines of which nothing can be kept."""

    @property
    def rejected(self) -> tuple[str, ...]:
        """What could not be read."""

    def untouched(self, deliverables: tuple[str, ...]) -> tuple[str, ...]:
        """Those files that no operation names."""


def ask_for_rest(answer: Standing, deliverables: tuple[str, ...], *, ended: bool) -> str:
    """The request: what is done, where the open file stands, what is missing, how to go on.

    Args:
        answer: What is kept.
        deliverables: The files that are asked for.
        ended: Whether the model ended by itself; False: it was cut off.
    """
    opening = "Your answer is not complete." if ended else "Your answer was cut off."
    return "\n\n".join([opening, *_parts(answer, deliverables), _RULES])


def _parts(answer: Standing, deliverables: tuple[str, ...]) -> Iterator[str]:
    yield _kept(answer.kept)
    if answer.file is not None:
        yield _open_file(answer.file)
    if answer.modify is not None:
        yield _open_modify(answer.modify)
    if answer.lines:
        yield _again(answer.lines)
    if answer.rejected:
        yield _listed("These lines could not be read; write them again, corrected", answer.rejected)
    untouched = answer.untouched(deliverables)
    if untouched:
        yield _listed("Still to be written, as far as this phase needs them", untouched)


def _kept(operations: Sequence[FileOperation]) -> str:
    if not operations:
        return "No operation of it is kept."
    heading = f"Complete and kept are {len(operations):,} operations"
    return _last_of(heading, [f"{one.type} {one.path}" for one in operations])


def _open_file(file: OpenFile) -> str:
    lines = file.operation.content.split("\n")[:-1]
    last = lines[-1].removesuffix("\r")
    shown = "\n".join(line[-SHOWN_LINE_CHARACTERS:] for line in lines[-SHOWN_LINES:])
    form = f'{{"type":"continue","path":{_json(file.path)},"after":{_json(last)},"content":"..."}}'
    return (
        f"Of {file.path} the first {len(lines):,} lines are kept; the last of them are:\n{shown}\n"
        f"Your next line goes on with this file, from line {len(lines) + 1:,} to its end:\n{form}"
    )


def _open_modify(modify: OpenModify) -> str:
    edits = [f"{one.type} {shown(sought(one.model_dump()))}" for one in modify.edits]
    heading = f"Of the modify of {modify.path} the first {len(edits):,} edits are kept"
    form = f'{{"type":"modify","path":{_json(modify.path)},"edits":[...]}}'
    begun = _json(dict(modify.begun.fields)).removesuffix('"}')[:SHOWN_LINE_CHARACTERS]
    next_edit = f"edit {len(edits) + 1:,}"
    return (
        f"{_last_of(heading, edits)}\n"
        f"Go on with it next, in one line, from {next_edit} to its last:\n{form}\n"
        f"Write {next_edit} whole; it begins with:\n{begun}"
    )


def _again(lines: Sequence[CutLine]) -> str:
    return _listed("Cut off and not kept; write again from its beginning", map(str, lines))


def _last_of(heading: str, lines: Sequence[str]) -> str:
    """A list of the last lines, with how many there are before them."""
    earlier = len(lines) - len(lines[-LISTED:])
    before = [f"{earlier:,} earlier ones"] if earlier else []
    return _listed(heading, [*before, *lines[-LISTED:]])


def _listed(heading: str, lines: Iterable[str]) -> str:
    return "\n".join([f"{heading}:", *(f"- {line}" for line in lines)])


def _json(value: str | dict[str, str]) -> str:
    return json.dumps(value, ensure_ascii=False)
