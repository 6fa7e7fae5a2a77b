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
        by_model: The chance that a language model writes it; None: nobody says.
    """

    deliverables: tuple[Deliverable, ...]
    description: str = ""
    category: str | None = None
    complexity: str | None = None
    acceptance_criteria: int = 0
    output_format: str = "ndjson"
    by_model: float | None = None

    @property
    def authorship(self) -> float | None:
        """The chance that a language model writes it, from 0 to 1; None: nothing tells.

        Where nobody says, a category, a complexity or acceptance criteria tell of a spec, and specs
        are handed to models.
        """
        specified = self.category or self.complexity or self.acceptance_criteria
        return 1.0 if self.by_model is None and specified else self.by_model
