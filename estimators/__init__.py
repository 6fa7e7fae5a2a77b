"""How many tokens a phase of work will take; what a deliverable is.

Usable alone: nothing here imports the packages above. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from estimators.deliverable import Deliverable
    from estimators.distribution import Distribution
    from estimators.estimate import Contribution, OutputEstimate
    from estimators.history import mine
    from estimators.observed import ObservedPhase, read_history
    from estimators.output import OutputEstimator
    from estimators.reading.parse import parse_deliverable, parse_deliverables
    from estimators.reckoning import PhaseDescription

_HOME = {
    "Contribution": "estimate",
    "Deliverable": "deliverable",
    "Distribution": "distribution",
    "ObservedPhase": "observed",
    "OutputEstimate": "estimate",
    "OutputEstimator": "output",
    "PhaseDescription": "reckoning",
    "mine": "history",
    "parse_deliverable": "reading.parse",
    "parse_deliverables": "reading.parse",
    "read_history": "observed",
}

__all__ = [
    "Contribution",
    "Deliverable",
    "Distribution",
    "ObservedPhase",
    "OutputEstimate",
    "OutputEstimator",
    "PhaseDescription",
    "mine",
    "parse_deliverable",
    "parse_deliverables",
    "read_history",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
