"""What every command prints the same way."""

from __future__ import annotations

import json
import os
import sys

from rich.console import Console

PIPED_WIDTH = 120
"""Characters a line where no terminal says how wide it is."""


def print_json(value: object) -> None:
    """One JSON object on standard output, and nothing else there."""
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def usd(micro_usd: int | None) -> float | None:
    """US dollars from millionths of one."""
    return None if micro_usd is None else micro_usd / 1_000_000


def plain_console() -> Console:
    """A console for standard output: colours only in a terminal, and not with ``NO_COLOR``.

    Piped output is as wide as ``COLUMNS`` says, else `PIPED_WIDTH` characters.
    """
    if sys.stdout.isatty():
        return Console(highlight=False)
    width = os.environ.get("COLUMNS", "")
    given = int(width) if width.isdecimal() else 0
    return Console(highlight=False, width=given or PIPED_WIDTH)
