"""What must hold of the parser whatever it is fed: the judge of the fuzzer.

Two kinds of cases come out of the fuzzer's bytes. *Any bytes* are read whole, in chunks, as text:
nothing but `LimitExceeded` may be raised, and how the bytes were cut into chunks must make no
difference. *A cut answer* holds operations made from the bytes, in one of the shapes of
`answer_shapes`: whatever is kept of it must be exactly what was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from benchmarks.answer_shapes import SHAPES, written
from ndjson import (
    Append,
    Create,
    Delete,
    LimitExceeded,
    Limits,
    Modify,
    Parser,
    Rename,
    Replace,
    parse,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.answer_shapes import Answer
    from ndjson import FileOperation, Partial

Text = TypeVar("Text", bytes, str)

SMALL_LIMITS = Limits(line_bytes=2_000, depth=6, objects=40)
"""Small enough that a fuzzer's input of a few kilobytes exceeds them."""

MOST_OPERATIONS = 6
MOST_CHUNK_BYTES = 40
MOST_TEXT = 60
FILLERS = ("", "\n", '{"type":"delete","path":"x"}\n', "```\n", '"}]}\n', "\u2028\f", "😀\\u\r\n")
"""Put round the fuzzer's own texts: what could be mistaken for an end, an operation or a fence."""


class Choices(Protocol):
    """Where the parts of a case are drawn from."""

    def integer(self, low: int, high: int) -> int:
        """An integer, both ends included."""

    def text(self, most: int) -> str:
        """A text of at most so many characters, without lone surrogates."""

    def rest(self) -> bytes:
        """All bytes that are left."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading gave: what was read, and the limit that ended it, if any."""

    partial: Partial
    limit: str


def check(choices: Choices) -> None:
    """Judge one case.

    Raises:
        AssertionError: The parser did what it must not.
    """
    if choices.integer(0, 1):
        check_cut_answer(choices)
    else:
        sizes = [choices.integer(1, MOST_CHUNK_BYTES) for _ in range(4)]
        check_any_bytes(choices.rest(), sizes)


def check_any_bytes(data: bytes, sizes: Sequence[int]) -> None:
    """How the bytes are cut into chunks makes no difference, and only a limit is an error.

    Raises:
        AssertionError: It does.
    """
    for limits in (Limits(), SMALL_LIMITS):
        whole = outcome([data], limits)
        assert outcome(pieces(data, sizes), limits) == whole, "chunks of bytes differ"
        assert outcome(pieces(data, [1]), limits) == whole, "single bytes differ"
        try:
            text = data.decode()
        except UnicodeDecodeError:
            continue
        assert outcome(pieces(text, sizes), limits) == whole, "chunks of text differ"


def outcome(chunks: Iterable[bytes | str], limits: Limits) -> Outcome:
    """Feed the chunks and close; what was read up to a limit is part of it."""
    parser, limit = Parser(limits), ""
    try:
        for chunk in chunks:
            parser.feed(chunk)
        return Outcome(parser.close(), limit)
    except LimitExceeded as error:
        return Outcome(parser.close(), error.limit)


def pieces(data: Text, sizes: Sequence[int]) -> Iterator[Text]:
    """``data`` in pieces of these sizes, over and over."""
    begin = number = 0
    while begin < len(data):
        size = sizes[number % len(sizes)]
        yield data[begin : begin + size]
        begin, number = begin + size, number + 1


def check_cut_answer(choices: Choices) -> None:
    """All that was whole at the cut is kept, and nothing that was not written.

    Raises:
        AssertionError: It is not.
    """
    operations = [drawn(choices) for _ in range(choices.integer(1, MOST_OPERATIONS))]
    answer = written(operations, SHAPES[choices.integer(0, len(SHAPES) - 1)])
    check_cut(answer, choices.integer(0, len(answer.data)))


def check_cut(answer: Answer, cut: int) -> None:
    """Judge what is kept of the first ``cut`` bytes of an answer.

    Raises:
        AssertionError: It is not what was written, or not all of it.
    """
    where = f"{answer.shape}, cut at byte {cut}"
    operations = [one.operation for one in answer.placed]
    complete = answer.complete(cut)
    found = parse(answer.data[:cut])
    assert list(found.operations) == operations[:complete], f"{where}: other operations"
    assert found.cut or complete == len(operations), f"{where}: not taken for cut off"
    assert not found.cut or cut < len(answer.data), f"{where}: a whole answer taken for cut off"
    expected = unfinished_content(answer, cut)
    content = found.unfinished.content if found.unfinished else ""
    assert content == expected, f"{where}: other content of an unfinished create"
    if found.unfinished and content:
        assert found.unfinished.path == operations[complete].path, f"{where}: another path"


def unfinished_content(answer: Answer, cut: int) -> str:
    """The whole source lines that have come of the create that was arriving."""
    complete = answer.complete(cut)
    arrived = answer.placed[complete].arrived(cut) if complete < len(answer.placed) else ""
    return arrived[: arrived.rfind("\n") + 1]


def drawn(choices: Choices) -> FileOperation:
    """An operation of any kind, with texts that try to be mistaken for something else."""
    kind = choices.integer(0, 5)
    path = drawn_text(choices)
    if kind == 0:
        return Delete(path=path)
    if kind == 1:
        return Rename(path=path, to=drawn_text(choices))
    if kind == 2:
        edits = (Replace(old=drawn_text(choices), new=drawn_text(choices)),)
        return Modify(path=path, edits=(*edits, Append(content=drawn_text(choices))))
    return Create(path=path, content="".join(drawn_text(choices) for _ in range(kind)))


def drawn_text(choices: Choices) -> str:
    filler = FILLERS[choices.integer(0, len(FILLERS) - 1)]
    return choices.text(MOST_TEXT) + filler
