"""The fixed parts of a phase's prompt: what is sent whatever else fits.

Deterministic, stable parts first, so that the provider's prompt cache works from phase to phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.deliverable import Deliverable
from token_budget.packages import our_package

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from token_budget.spec import OutputFormat, Phase
    from token_budget.spec_entries import Entry


@dataclass(frozen=True, slots=True)
class FixedPrompt:
    """What is sent whatever else fits.

    Attributes:
        instructions: How to write the answer: the same from phase to phase, so it comes first.
            Empty for formats other than ``ndjson``: their instructions are the caller's.
        task: The phase's own text.
    """

    instructions: str
    task: str

    @property
    def text(self) -> str:
        """All of it, as it is counted."""
        return "\n\n".join(part for part in (self.instructions, self.task) if part)


def fixed_prompt(
    phase: Phase, output_format: OutputFormat, deliverables: Sequence[Deliverable] = ()
) -> FixedPrompt:
    """The instructions of the format and the phase's own text, as they will be sent.

    Args:
        phase: The phase.
        output_format: How the answer is written.
        deliverables: What the phase writes, resolved against the workspace, such as a plan's: the
            instructions leave out what these cannot need. What is counted and what is sent must be
            given the same.
    """
    ndjson = output_format == "ndjson"
    instructions = our_package("ndjson").instructions(deliverables) if ndjson else ""
    return FixedPrompt(instructions, "\n\n".join(_task(phase)))


def _task(phase: Phase) -> Iterator[str]:
    if phase.goal:
        yield f"Goal of the run: {phase.goal}"
    yield f"Phase: {phase.title}"
    if phase.description:
        yield phase.description
    yield from _list("Deliverables", (_written(entry) for entry in phase.entries))
    yield from _list("Do not change", phase.scope.protected_paths)
    yield from _list("Done when", phase.acceptance_criteria)


def _list(heading: str, lines: Iterable[str]) -> Iterator[str]:
    listed = [f"- {line}" for line in lines]
    if listed:
        yield "\n".join([f"{heading}:", *listed])


def _written(entry: Entry) -> str:
    """A deliverable for a reader, whether it was a text or given by its parts."""
    if not isinstance(entry, Deliverable):
        return entry
    target = f"{entry.path} -> {entry.new_path}" if entry.new_path else f"{entry.path}"
    verb = f"{entry.action} " if entry.action else ""
    return f"{verb}{target}" + (f": {entry.note}" if entry.note else "")
