"""A context for people: what is in, as what, how large, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from token_budget.cli.edits_table import in_line, shortened
from token_budget.cli.output import plain_console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    Report = dict[str, Any]

SHOWN_LEFT_OUT = 40
"""So many files that were left out are listed by --explain; ``--json`` has all of them."""

SHOWN_RANGES = 4
"""So many line ranges of a file are shown; ``--json`` has all of them."""


def print_context(report: Report, *, explain: bool) -> None:
    """A row a file, then the sums, the mode, what was left out and the warnings."""
    from rich.text import Text

    console = plain_console()
    if report["items"]:
        console.print(_table(report["items"], explain=explain))
    history = [in_line(f"history: {report['history']}")] if explain else []
    for line in (*_conclusion(report), *history, *_left_out(report, explain=explain)):
        console.print(Text(line), soft_wrap=True)
    for warning in report["warnings"]:
        console.print(Text(in_line(warning), style="yellow"), soft_wrap=True)


def _table(items: list[Report], *, explain: bool) -> Table:
    from rich.table import Column, Table
    from rich.text import Text

    table = Table(
        "file",
        "as",
        Column("cl100k tokens", justify="right"),
        "why" if explain else "first reason",
        "lines",
        box=None,
        padding=(0, 2, 0, 0),
    )
    for one in items:
        why = ", ".join(one["signals"] if explain else one["signals"][:1])
        form = f"{one['form']} + outline" if one["outlined"] else one["form"]
        cells = (shortened(one["path"]), form, f"{one['tokens']:,}", why, _lines(one))
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _lines(item: Report) -> str:
    if item["form"] != "chunks":
        return ""
    shown = [f"{first}-{last}" for first, last in item["lines"][:SHOWN_RANGES]]
    more = len(item["lines"]) - len(shown)
    return ", ".join([*shown, f"and {more} more"] if more > 0 else shown)


def _conclusion(report: Report) -> Iterator[str]:
    forms = Counter(one["form"] for one in report["items"])
    said = ", ".join(f"{forms[form]} {form}" for form in forms) or "nothing"
    yield (
        f"{report['tokens']:,} of {report['budget']:,} tokens: {said}; "
        f"{report['files_considered']:,} files considered"
    )
    used = report["embedding"]
    why = f": {used['reason']}" if used["reason"] else ""
    yield in_line(f"mode: {report['mode']}{why}")
    if used["calls"] or used["hits"]:
        yield (
            f"embeddings: {used['hits']:,} kept, {used['misses']:,} not, {used['calls']:,} calls, "
            f"{used['texts_embedded']:,} texts embedded, cap {used['cap']}"
        )
    instead = report["substituted"]
    if instead["files"]:
        yield (
            f"summaries: {instead['files']:,} files, {instead['tokens']:,} tokens, "
            f"{instead['avoided_tokens']:,} avoided: {in_line(', '.join(instead['paths']))}"
        )


def _left_out(report: Report, *, explain: bool) -> Iterator[str]:
    left_out = report["left_out"]
    if not left_out:
        return
    reasons = Counter(one["reason"].partition(":")[0] for one in left_out)
    said = ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common())
    yield f"left out before ranking: {in_line(said)}"
    if explain:
        for one in left_out[:SHOWN_LEFT_OUT]:
            yield f"  {shortened(one['path'])}: {in_line(one['reason'])}"
        if len(left_out) > SHOWN_LEFT_OUT:
            yield f"  and {len(left_out) - SHOWN_LEFT_OUT:,} more"
