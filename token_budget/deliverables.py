"""A phase's deliverables, resolved against its workspace, and what estimators hear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimators.deliverable import Deliverable
from estimators.errors import DeliverableError
from estimators.phase_description import PhaseDescription
from estimators.reading.parse import (
    ParsedDeliverables,
    merge_duplicates,
    parse_deliverable,
    resolve,
)
from token_budget.errors import SpecError, SpecProblem
from token_budget.protection import protection, touched_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from token_budget.spec import OutputFormat, Phase
    from token_budget.spec_entries import Entry
    from token_budget.workspace import WorkspaceFiles


def resolved_deliverables(phase: Phase, files: WorkspaceFiles) -> ParsedDeliverables:
    """Read every entry of a phase with the workspace at hand.

    A protected file that only a folder or a glob reached is left out, with a warning.

    Raises:
        SpecError: A path leaves the workspace or is protected; has every problem found.
    """
    is_protected = protection(phase.scope.protected_paths)
    outcomes = [
        one for entry in phase.entries for one in _outcomes(entry, phase, files, is_protected)
    ]
    if problems := [one for one in outcomes if isinstance(one, SpecProblem)]:
        raise SpecError(problems)
    merged = merge_duplicates(one for one in outcomes if isinstance(one, Deliverable))
    warnings = (one for one in outcomes if isinstance(one, str))
    return ParsedDeliverables(merged.deliverables, (*warnings, *merged.warnings))


def described(
    phase: Phase, deliverables: Sequence[Deliverable], output_format: OutputFormat
) -> PhaseDescription:
    """What estimators are told of a phase, before it runs and when it has run.

    Args:
        phase: What the spec says.
        deliverables: Its deliverables, resolved.
        output_format: How the answer is written.
    """
    return PhaseDescription(
        tuple(deliverables),
        "\n".join(filter(None, (phase.title, phase.description))),
        phase.task_category,
        phase.complexity,
        len(phase.acceptance_criteria),
        output_format,
        by_model=1.0,
    )


def _outcomes(
    entry: Entry, phase: Phase, files: WorkspaceFiles, is_protected: Callable[[str], bool]
) -> Iterator[Deliverable | SpecProblem | str]:
    """What becomes of one entry: deliverables, problems, and texts of warnings."""
    text = entry if isinstance(entry, str) else entry.text
    place = f"phase {phase.phase_id}", "deliverables"
    try:
        read = parse_deliverable(entry, files) if isinstance(entry, str) else resolve(entry, files)
    except DeliverableError as error:
        yield SpecProblem(*place, text, f"expected a path inside the workspace: {error.reason}")
        return
    yield from read.warnings
    for one in read.deliverables:
        refused = next((path for path in touched_paths(one) if is_protected(path)), None)
        if refused is None:
            yield one
        elif refused in text:
            yield SpecProblem(*place, text, "expected a path that is not protected")
        else:
            yield f"{refused} is protected: left out of {text!r}"
