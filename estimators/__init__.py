"""How many tokens a phase of work will take; what a deliverable is.

Usable alone: nothing here imports the packages above. Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimators.lazy import lazy_names

if TYPE_CHECKING:
    from estimators.deliverable import Deliverable
    from estimators.distribution import Distribution
    from estimators.estimate import Contribution, OutputEstimate
    from estimators.history import mine
    from estimators.observed import ObservedPhase, read_history
    from estimators.output import OutputEstimator
    from estimators.phase_description import PhaseDescription
    from estimators.reading.parse import parse_deliverable, parse_deliverables
    from estimators.thinking import ThinkingEstimator

_HOME = {
    "Contribution": "estimate",
    "Deliverable": "deliverable",
    "Distribution": "distribution",
    "ObservedPhase": "observed",
    "OutputEstimate": "estimate",
    "OutputEstimator": "output",
    "PhaseDescription": "phase_description",
    "ThinkingEstimator": "thinking",
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
    "ThinkingEstimator",
    "mine",
    "parse_deliverable",
    "parse_deliverables",
    "read_history",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
