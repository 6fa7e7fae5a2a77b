"""``token-budget tokens``: count the tokens of files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from token_budget.cli.output import plain_console, print_json
from token_budget.errors import CountingError

if TYPE_CHECKING:
    from token_budget.counting import TokenCounter

STANDARD_INPUT = "-"


def tokens(
    files: Annotated[list[str], typer.Argument(help="Text files; - is standard input.")],
    model: Annotated[
        str | None, typer.Option(help="Also estimate the tokens of this model.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Count the cl100k_base tokens of files, offline."""
    from token_budget.counting import TokenCounter

    counter = TokenCounter()
    rows = [_row(name, counter, model) for name in files]
    total = {"file": "total", **_sums(rows)}
    if as_json:
        print_json({"engine": counter.engine, "model": model, "files": rows, "total": total})
    else:
        _print_table([*rows, total] if len(rows) > 1 else rows, model)


def _row(name: str, counter: TokenCounter, model: str | None) -> dict[str, Any]:
    content = _read(name)
    counted = counter.count(_text(name, content))
    row = {"file": name, "bytes": len(content), "tokens": counted}
    if model is not None:
        row["model_tokens"] = round(counter.in_model_tokens(counted, model, "code").count)
    return row


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
    except OSError as error:
        raise CountingError(f"{name}: cannot be read: {error.strerror}") from error


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CountingError(f"{name}: expected UTF-8 text, byte {error.start} is not") from error


def _sums(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {key: sum(row[key] for row in rows) for key in rows[0] if key != "file"}


def _print_table(rows: list[dict[str, Any]], model: str | None) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("file", overflow="fold")
    for name in ("bytes", "tokens", *([model] if model else [])):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        figures = [f"{row[key]:,}" for key in row if key != "file"]
        table.add_row(Text(row["file"]), *figures)
    plain_console().print(table)
