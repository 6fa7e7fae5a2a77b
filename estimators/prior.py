"""What was fitted, as one value: read from a data file of plain numbers, never by unpickling."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from estimators.errors import ModelDataError
from estimators.refinement import Refinement
from estimators.sizes import SizeModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Part = TypeVar("_Part")

DATA_VERSION = 4
"""Counts up whenever the meaning of the data file changes."""


@dataclass(frozen=True, slots=True)
class FormatPrior:
    """What was fitted for one answer format.

    Attributes:
        sizes: How many tokens a file takes.
        cold: What is added to the sum of the files by an estimator that has learnt nothing.
        adapted: What is added by one that has.
    """

    sizes: SizeModel
    cold: Refinement
    adapted: Refinement

    def as_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {name: getattr(self, name).as_json() for name in ("sizes", "cold", "adapted")}


@dataclass(frozen=True, slots=True)
class Prior:
    """What was fitted, for every answer format.

    Attributes:
        formats: By output format.
        repositories: Names of the repositories behind it.
        phases: How many phases are behind it.
    """

    formats: Mapping[str, FormatPrior]
    repositories: tuple[str, ...]
    phases: int

    @classmethod
    def shipped(cls) -> Prior:
        """The prior of this release; read once in a process.

        Raises:
            ModelDataError: The data file is missing or damaged.
        """
        return _shipped()

    def as_json(self) -> dict[str, Any]:
        """Plain numbers; `from_json` makes the same of them."""
        return {
            "version": DATA_VERSION,
            "repositories": list(self.repositories),
            "phases": self.phases,
            "formats": {name: one.as_json() for name, one in self.formats.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], source: str = "prior") -> Prior:
        """The prior of `as_json`.

        Raises:
            ModelDataError: The data are of another version, or damaged.
        """
        if not isinstance(data, dict):
            raise ModelDataError(source, "", f"expected an object, found {data!r:.80}")
        if data.get("version") != DATA_VERSION:
            reason = f"expected version {DATA_VERSION}, found {data.get('version')!r}"
            raise ModelDataError(source, "version", reason)
        formats = _part(data, "formats", lambda part: dict(part.items()), source)
        return cls(
            {name: _format(one, f"formats.{name}", source) for name, one in formats.items()},
            _part(data, "repositories", lambda part: tuple(map(str, part)), source),
            _part(data, "phases", int, source),
        )


def _format(data: Mapping[str, Any], place: str, source: str) -> FormatPrior:
    return FormatPrior(
        _part(data, "sizes", SizeModel.from_json, source, f"{place}."),
        _part(data, "cold", Refinement.from_json, source, f"{place}."),
        _part(data, "adapted", Refinement.from_json, source, f"{place}."),
    )


def _part(
    data: Mapping[str, Any],
    name: str,
    read: Callable[[Any], _Part],
    source: str,
    within: str = "",
) -> _Part:
    """A part of the data, or an error that names its place."""
    try:
        return read(data[name])
    except KeyError as error:
        raise ModelDataError(source, f"{within}{name}", f"missing: {error}") from error
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelDataError(source, f"{within}{name}", f"damaged: {error}") from error


@cache
def _shipped() -> Prior:
    source = resources.files("estimators") / "data" / "prior.json"
    try:
        data = json.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelDataError(str(source), "", f"expected readable JSON: {error}") from error
    return Prior.from_json(data, str(source))
