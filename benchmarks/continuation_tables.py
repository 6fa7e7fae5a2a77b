"""The tables of the benchmark of continuation: every author of ours, the baselines, the aims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Row = dict[str, Any]

_VERDICTS = ("exact", "as_meant", "warned", "failed", "unproven", "wrong")

MEANINGS = (
    "exact: the commit's files. as meant: those that the author meant or wrote in the end. warned:"
    " its author closed it without files that a warning names. failed: said so, nothing applied."
    " unproven: other files, and said so. wrong: other files, silently.\n"
    "beyond: output tokens beyond the answer's own. input: prompt tokens at cache prices. raised:"
    " the ceiling had to be. A regenerated answer hardly meets a misbehaviour: most begin where an"
    " answer goes on.\n"
    "* says that it goes on in the right place and does not: its words show nothing of it.\n"
    "+ indents the rest otherwise: refused where that is plain, unproven where it may be so."
)

_MARKS = {"": "", "lies": "*", "reindents": "+"}


def ours_table(rows: Iterable[Row], form: str) -> Table:
    """Every author of one format."""
    heads = (name.replace("_", " ") for name in _VERDICTS)
    names = ("runs", *heads, "rounds", "beyond %", "input", "raised")
    made = _table(f"ours, {form}", ("author",), names)
    for one in _of(rows, "ours"):
        if one["form"] != form:
            continue
        star = _MARKS[one["hidden"]]
        verdicts = (_count(one[name]) for name in _VERDICTS)
        beyond, prompt = f"{one['beyond_percent']:.1f}", f"{one['input_tokens']:,}"
        figures = (f"{one['rounds']:.1f}", beyond, prompt, _count(one["raised"]))
        made.add_row(one["author"] + star, str(one["runs"]), *verdicts, *figures)
    return made


def baseline_table(rows: Sequence[Row]) -> Table:
    """Every way beside ours: with the faithful authors, and with the others."""
    names = (
        "exact %",
        "warned %",
        "failed %",
        "unproven %",
        "wrong %",
        "rounds",
        "beyond %",
        "input",
    )
    made = _table("all ways, on the same cuts", ("format", "authors", "way"), names)
    for form in dict.fromkeys(one["form"] for one in rows):
        for whose, fits in _GROUPS.items():
            for way in dict.fromkeys(one["way"] for one in rows):
                chosen = [one for one in _of(rows, way) if one["form"] == form and fits(one)]
                if chosen:
                    made.add_row(form, whose, way, *_figures(chosen))
    return made


def aims_table(rows: Sequence[Row], long_files: Row) -> Table:
    """What is aimed at beside what was reached."""
    made = _table("aims", ("what",), ("aim", "reached"))
    for what, aim, reached in _aims(rows, long_files):
        made.add_row(what, aim, reached)
    return made


def _aims(rows: Sequence[Row], long_files: Row) -> Iterator[tuple[str, str, str]]:
    ours = list(_of(rows, "ours"))
    faithful = [one for one in ours if one["form"] == "ndjson" and one["author"] == "faithful"]
    for one in faithful:
        yield "NDJSON, faithful: exact", "100 %", _share(one["exact"], one["runs"])
        reached = f"{one['tokens_a_seam']:.0f}; {one['worst_tokens_a_seam']:.0f} in the worst"
        yield "NDJSON, faithful: tokens a round beside dropped lines", "60", reached
        dropped = f"{one['dropped_a_seam']:.0f} tokens of it"
        yield "NDJSON, faithful: dropped a round", "one line", dropped
    others = [one for one in ours if one["author"] != "faithful"]
    for mark, whose in _WHOSE.items():
        chosen = [one for one in others if one["hidden"] == mark]
        yield f"misbehaving, silently wrong{whose}", "-" if mark else "0", _sum(chosen, "wrong")
    yield "every operation and the end came whole, and not exact", "0", _sum(ours, "owed")
    four = _share(long_files["exact"], long_files["runs"])
    yield f"{long_files['runs']} files four times the ceiling: exact", "100 %", four


_WHOSE = {"": "", "lies": ", lying about the place", "reindents": ", indenting otherwise"}

_GROUPS: dict[str, Callable[[Row], bool]] = {
    "faithful": lambda one: one["author"] == "faithful",
    "misbehaving": lambda one: one["author"] != "faithful",
}


def _figures(rows: Sequence[Row]) -> Iterator[str]:
    runs = sum(one["runs"] for one in rows)
    yield _percent(sum(one["exact"] + one["as_meant"] for one in rows), runs)
    for name in ("warned", "failed", "unproven", "wrong"):
        yield _percent(sum(one[name] for one in rows), runs)
    yield f"{sum(one['rounds'] * one['runs'] for one in rows) / runs:.1f}"
    yield f"{sum(one['beyond_percent'] * one['runs'] for one in rows) / runs:.1f}"
    yield f"{sum(one['input_tokens'] * one['runs'] for one in rows) / runs:,.0f}"


def _of(rows: Iterable[Row], way: str) -> Iterator[Row]:
    return (one for one in rows if one["way"] == way)


def _table(title: str, first: Sequence[str], figures: Sequence[str]) -> Table:
    left = (Column(name, no_wrap=True) for name in first)
    right = (Column(name, justify="right", no_wrap=True) for name in figures)
    return Table(*left, *right, title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))


def _count(number: int) -> str:
    return str(number) if number else "-"


def _sum(rows: Iterable[Row], name: str) -> str:
    listed = list(rows)
    return f"{sum(one[name] for one in listed)} of {sum(one['runs'] for one in listed):,}"


def _share(part: int, whole: int) -> str:
    return f"{_percent(part, whole)} % ({part} of {whole})"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.1f}"
