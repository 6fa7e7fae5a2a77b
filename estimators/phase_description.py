"""What is known of a phase before it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from estimators.deliverable import Deliverable


@dataclass(frozen=True, slots=True)
class PhaseDescription:
    """What is known of a phase before it runs.

    Attributes:
        deliverables: What it writes.
        description: What it is about; its first line is read as the title of a commit is.
        category: Such as ``backend``; None: not known.
        complexity: Such as ``low``; None: not known.
        acceptance_criteria: How many it has; 0: none are known.
        output_format: How the answer is written.
    """

    deliverables: tuple[Deliverable, ...]
    description: str = ""
    category: str | None = None
    complexity: str | None = None
    acceptance_criteria: int = 0
    output_format: str = "ndjson"
