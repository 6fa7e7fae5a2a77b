"""What is left of an answer that was cut off, by us and by two libraries that repair JSON?

    python benchmarks/salvage.py [--answers 5] [--operations 9] [--step 97] [--json]

Answers made from the sources of the installed packages, in every shape, are cut at every 97th byte.
What was whole at the cut must be kept, exactly; of the content that had begun to arrive, what is
kept must be how it begins. Baselines on the same cuts: json_repair and partial-json-parser, given
each line by itself where the shape has one object a line, and the whole text otherwise.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from benchmarks.answer_shapes import BY_LINE, SHAPES, written
from benchmarks.edit_answers import operation, source_files
from benchmarks.extras import imported
from ndjson import Create, InvalidOperation, Operation, parse
from ndjson.file_entries import LIST_KEYS, operation_fields
from ndjson.operations import decode_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.answer_shapes import Answer

STEP = 97
"""Bytes from cut to cut: a prime, so that cuts fall on every part of what repeats."""

MOST_FILE_CHARACTERS = 6_000
"""Larger files are left out: every cut is read from the start, so time grows with the square."""

LINE_CACHE = 4_096

OURS = "ndjson"


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What a reader makes of a cut answer.

    Attributes:
        operations: What it gives out as whole, in order; None stands for an object that is none.
        unfinished: The content that it gives out as unfinished.
    """

    operations: tuple[Operation | None, ...]
    unfinished: str = ""


def main(
    answers: Annotated[int, typer.Option(min=1, help="Answers in each shape.")] = 5,
    operations: Annotated[int, typer.Option(min=1, help="Operations of an answer.")] = 9,
    step: Annotated[int, typer.Option(min=1, help="Bytes from cut to cut.")] = STEP,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print what every reader keeps of every shape; exit 1 if ours lost or invented anything."""
    rows = list(salvage_rows(answers, operations, step))
    if as_json:
        print(json.dumps({"answers": answers, "step": step, "rows": rows}, indent=2))
    else:
        Console().print(table(rows))
    faults = ("lost", "given_as_whole", "wrong_bytes")
    if any(one[fault] for one in rows if one["reader"] == OURS for fault in faults):
        raise SystemExit("our reader lost a whole operation, or gave out what was not written")


def readers() -> dict[str, Callable[[bytes, str], Salvaged]]:
    """Every reader by its name."""
    repair, partial = imported("json_repair"), imported("partial_json_parser")
    return {
        OURS: by_parser,
        "json_repair": repairing(repair.loads),
        "partial-json-parser": repairing(partial.loads),
    }


def by_parser(data: bytes, _: str) -> Salvaged:
    """Read by our parser."""
    found = parse(data, "max_tokens")
    return Salvaged(found.operations, found.unfinished.content if found.unfinished else "")


def repairing(loads: Callable[[str], Any]) -> Callable[[bytes, str], Salvaged]:
    """Read by a function that mends one JSON text.

    Half a character at the end is left out for it; what it cannot read counts as nothing.
    """

    @lru_cache(LINE_CACHE)
    def objects(text: str) -> list[Any]:
        try:
            return listed(loads(text))
        except Exception:  # noqa: BLE001 - whatever it raises, it kept nothing
            return []

    def read(data: bytes, shape: str) -> Salvaged:
        text = data.decode(errors="ignore")
        if shape in BY_LINE:
            lines = [line for line in text.split("\n") if line.startswith("{")]
            found = [one for line in lines for one in objects(line)]
        else:
            found = objects(text)
        return Salvaged(tuple(file_operations(found)))

    return read


def listed(value: object) -> list[Any]:
    """The objects of an answer: those of its list, or itself."""
    if isinstance(value, dict):
        lists = [value[key] for key in LIST_KEYS if isinstance(value.get(key), list)]
        return lists[0] if lists else [value]
    return value if isinstance(value, list) else []


def file_operations(objects: list[Any]) -> Iterator[Operation | None]:
    """The operations that these objects are; None for one that is none."""
    for fields in objects:
        try:
            made = decode_fields(operation_fields(fields)) if isinstance(fields, dict) else None
        except InvalidOperation:
            made = None
        if made is None or made.type not in ("meta", "done"):
            yield made


def salvage_rows(answers: int, size: int, step: int) -> Iterator[dict[str, Any]]:
    """A row for each shape and reader."""
    files = (one for one in source_files() if len(one[1]) <= MOST_FILE_CHARACTERS)
    contents = [[operation(number, *next(files)) for number in range(size)] for _ in range(answers)]
    for shape in SHAPES:
        made = [written(operations, shape) for operations in contents]
        for name, read in readers().items():
            total: Counter[str] = Counter()
            for answer in made:
                for cut in range(step, len(answer.data), step):
                    total.update(judged(answer, cut, read(answer.data[:cut], shape)))
            yield row(shape, name, total)


def judged(answer: Answer, cut: int, found: Salvaged) -> dict[str, int]:
    """What a reader kept of one cut, beside what was there to keep.

    ``whole``: operations whose last byte had come; ``lost``: those of them not given out as they
    were written. ``given_as_whole``: operations given out beyond these: cut off or made up. Bytes
    are those of contents: ``came`` of the one that was arriving, ``right`` those kept of it,
    ``wrong`` all that are given out in any content and were not written there.
    """
    complete = answer.complete(cut)
    original = [one.operation for one in answer.placed]
    kept = [a == b for a, b in zip(original[:complete], found.operations, strict=False)]
    beyond = found.operations[complete:]
    arriving = answer.placed[complete].arrived(cut) if complete < len(original) else ""
    given = found.unfinished or next((content_of(one) for one in beyond[:1]), "")
    right = common_start(arriving, given)
    wrong = len(given.encode()) - len(right.encode())
    wrong += sum(map(wrong_bytes, original[:complete], found.operations))
    return {
        "cuts": 1,
        "whole": complete,
        "lost": complete - sum(kept),
        "given_as_whole": sum(one is not None for one in beyond),
        "came": len(arriving.encode()),
        "right": len(right.encode()),
        "wrong": wrong,
    }


def content_of(operation: Operation | None) -> str:
    return operation.content if isinstance(operation, Create) else ""


def wrong_bytes(original: Operation, given: Operation | None) -> int:
    """Bytes of a content that are not those which were written."""
    content = content_of(given)
    right = common_start(content_of(original), content)
    return len(content.encode()) - len(right.encode())


def common_start(one: str, other: str) -> str:
    """How both begin."""
    if one.startswith(other):
        return other
    pairs = enumerate(zip(one, other, strict=False))
    return one[: next((i for i, (a, b) in pairs if a != b), len(one))]


def row(shape: str, reader: str, total: Counter[str]) -> dict[str, Any]:
    kept = total["whole"] - total["lost"]
    return {
        "shape": shape,
        "reader": reader,
        "cuts": total["cuts"],
        "whole": total["whole"],
        "lost": total["lost"],
        "kept_percent": round(100 * kept / max(total["whole"], 1), 3),
        "given_as_whole": total["given_as_whole"],
        "unfinished_percent": round(100 * total["right"] / max(total["came"], 1), 2),
        "wrong_bytes": total["wrong"],
    }


def table(rows: list[dict[str, Any]]) -> Table:
    """Aims: every whole operation kept, none given out as whole that was cut, no wrong byte."""
    names = ("cuts", "whole kept %", "cut, as whole", "begun kept %", "wrong bytes")
    first = (Column(name, no_wrap=True) for name in ("shape", "reader"))
    figures = (Column(name, justify="right") for name in names)
    made = Table(*first, *figures, box=None, padding=(0, 1, 0, 0))
    for one in rows:
        cells = (
            f"{one['cuts']:,}",
            f"{one['kept_percent']:.2f}",
            f"{one['given_as_whole']:,}",
            f"{one['unfinished_percent']:.1f}",
            f"{one['wrong_bytes']:,}",
        )
        made.add_row(one["shape"] if one["reader"] == OURS else "", one["reader"], *cells)
    return made


if __name__ == "__main__":
    typer.run(main)
