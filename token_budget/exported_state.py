"""What a workspace has learnt, as a value that travels: what ``token-budget state export`` writes.

It names the databases that it was learnt in, its origins. A database remembers the origins of all
that it has merged and refuses an export that shares one with it: what was learnt there, or an
earlier part of it, would count twice. To take in a later export of the same origin, reset, and
merge all exports anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from estimators.adaptation import Adaptation
from estimators.thinking import ThinkingEstimator
from token_budget.errors import DamagedState, SchemaMismatch
from token_budget.learnt import Learnt

if TYPE_CHECKING:
    from collections.abc import Mapping

EXPORT_VERSION = 2
"""Counts up whenever the meaning of an exported state changes; 1 had neither origins nor thinking,
and cannot be told from one that was merged before."""


@dataclass(frozen=True, slots=True)
class ExportedState:
    """What was learnt, and where.

    Attributes:
        source: What to call it in a message: a file.
        origins: The databases it was learnt in; names without meaning.
        learnt: What was learnt there.
    """

    source: str
    origins: frozenset[str]
    learnt: Learnt

    def as_json(self) -> dict[str, Any]:
        """A value that JSON can hold; `from_json` makes the same of it."""
        formats = {name: known.as_json() for name, known in self.learnt.adaptations.items()}
        return {
            "version": EXPORT_VERSION,
            "origins": sorted(self.origins),
            "formats": formats,
            "thinking": self.learnt.thinking.as_json(),
        }

    @classmethod
    def from_json(cls, data: object, source: str = "exported state") -> ExportedState:
        """The exported state of `as_json`.

        Raises:
            SchemaMismatch: A newer release wrote it.
            DamagedState: It is none, is damaged, or is of an older version.
        """
        if not isinstance(data, dict):
            raise DamagedState(source, "expected an exported state, a JSON object with a version")
        _check_version(data.get("version"), source)
        try:
            return cls._read(data, source)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DamagedState(source, f"the exported state is damaged: {error!r}") from error

    @classmethod
    def from_text(cls, text: str, source: str) -> ExportedState:
        """The exported state of a JSON text.

        Raises:
            SchemaMismatch: A newer release wrote it.
            DamagedState: It is none, is damaged, or is of an older version.
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DamagedState(source, f"expected an exported state in JSON: {error}") from error
        return cls.from_json(data, source)

    @classmethod
    def _read(cls, data: Mapping[str, Any], source: str) -> ExportedState:
        origins = data["origins"]
        if not (isinstance(origins, list) and origins and all(map(_is_name, origins))):
            raise ValueError("origins: expected a list of names")
        return cls(
            source,
            frozenset(origins),
            Learnt(
                {name: Adaptation.from_json(one) for name, one in data["formats"].items()},
                ThinkingEstimator.from_json(data["thinking"]),
            ),
        )


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _check_version(version: object, source: str) -> None:
    if version == EXPORT_VERSION and not isinstance(version, bool):
        return
    expected = f"expected an exported state of version {EXPORT_VERSION}, found version {version!r}"
    if isinstance(version, int) and version > EXPORT_VERSION:
        raise SchemaMismatch(source, f"written by a newer release ({expected})")
    raise DamagedState(source, expected)
