"""Telemetry: what was estimated, what was used and what became of it; no file contents, ever.

The names below are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimators.lazy import lazy_names

if TYPE_CHECKING:
    from token_budget.telemetry.context_facts import ContextFacts
    from token_budget.telemetry.log_tail import LogTail
    from token_budget.telemetry.recording import EndedAttempt, RoundFacts, recorded, round_record
    from token_budget.telemetry.records import Estimated, PhaseRecord, RoundRecord
    from token_budget.telemetry.store import Telemetry
    from token_budget.telemetry.tracing import phase_span, round_span
    from token_budget.telemetry.writing import write_phase, write_round

_HOME = {
    "ContextFacts": "context_facts",
    "EndedAttempt": "recording",
    "Estimated": "records",
    "LogTail": "log_tail",
    "PhaseRecord": "records",
    "RoundFacts": "recording",
    "RoundRecord": "records",
    "Telemetry": "store",
    "phase_span": "tracing",
    "recorded": "recording",
    "round_record": "recording",
    "round_span": "tracing",
    "write_phase": "writing",
    "write_round": "writing",
}

__all__ = [
    "ContextFacts",
    "EndedAttempt",
    "Estimated",
    "LogTail",
    "PhaseRecord",
    "RoundFacts",
    "RoundRecord",
    "Telemetry",
    "phase_span",
    "recorded",
    "round_record",
    "round_span",
    "write_phase",
    "write_round",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
