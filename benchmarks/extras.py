"""Packages that only benchmarks use, of the extra ``bench``: imported when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def imported(name: str) -> ModuleType:
    """The package of that import name.

    Raises:
        SystemExit: It is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise SystemExit(
            f"this benchmark compares with {name!r}: run `pip install 'token-budget[bench]'`"
        ) from error
