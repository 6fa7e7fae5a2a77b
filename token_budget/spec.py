"""What a run spec says: runs and phases, checked at the boundary.

The field names are those of the files; older spellings are read too (``id``, ``category``).
`token_budget.spec_file` reads files; `token_budget.spec_checks` compares phases with each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
)

from token_budget.spec_entries import Entry, flatten

Effort = Literal["low", "medium", "high", "xhigh", "max"]
OutputFormat = Literal["ndjson", "whole_file", "diff"]

DELIVERABLES_MEANING = "a path with an optional note, a mapping with a 'path', or lists of them"


def _encodable(text: str) -> str:
    """A text without lone surrogates: they can neither be printed nor sent."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"expected no lone surrogate at character {error.start}") from error
    return text


def _as_list(value: object) -> object:
    """Nothing is an empty list, one text a list of one; anything else is left to the check."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _as_paths(value: object) -> object:
    """Paths may be given as ``{"path": …, "reason": …}``: only the path counts."""
    listed = _as_list(value)
    if not isinstance(listed, list):
        return listed
    return [
        item["path"] if isinstance(item, Mapping) and "path" in item else item for item in listed
    ]


def _as_entries(value: object) -> tuple[Entry, ...]:
    return tuple(found.entry for found in flatten(value, ""))


_Text = Annotated[StrictStr, AfterValidator(_encodable)]
_Texts = Annotated[tuple[_Text, ...], BeforeValidator(_as_list)]
_Paths = Annotated[tuple[_Text, ...], BeforeValidator(_as_paths)]
_Entries = Annotated[tuple[Any, ...], BeforeValidator(_as_entries)]
_Identifier = Annotated[_Text, Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


class Scope(_Model):
    """What a phase may touch and see.

    Attributes:
        deliverables: Files to create, modify, delete or rename; see `Phase.deliverables`.
        protected_paths: Files, folders or gitignore-style patterns that must not change.
        paths: Files and folders that the phase is about: candidates for the prompt.
        read_only_context: Files that the prompt should show and that must not change.
    """

    deliverables: _Entries = ()
    protected_paths: _Paths = ()
    paths: _Paths = ()
    read_only_context: _Paths = ()


class Phase(_Model):
    """One piece of work with deliverables: one entry of a run spec.

    Attributes:
        phase_id: Unique in the run (also read from ``id``).
        display_name: For people.
        description: What is to be done.
        complexity: ``low``, ``medium`` or ``high``; other words are kept and have no effect.
        task_category: Such as ``backend`` or ``documentation`` (also read from ``category``).
        dependencies: Ids of phases that must be complete before this one.
        deliverables: Those given beside the scope; `entries` has all of them.
        scope: What the phase may touch and see.
        acceptance_criteria: What must hold at the end.
        model: Model id for this phase; None: the policy's.
        effort: Reasoning effort for this phase; None: the policy's.
        max_tokens: What the contract allows for one answer: output tokens; None: no limit.
        token_budget: Input and output tokens of all rounds of the phase; None: no limit.
        output_format: How the answer is written; None: the policy's.
        run_id: The run that the phase belongs to; filled in by the run.
        goal: What the run is for; filled in by the run.
    """

    phase_id: _Identifier = Field(validation_alias=AliasChoices("phase_id", "id"))
    display_name: _Text | None = None
    description: _Text = ""
    complexity: _Text | None = None
    task_category: _Text | None = Field(
        default=None, validation_alias=AliasChoices("task_category", "category")
    )
    dependencies: _Texts = ()
    deliverables: _Entries = ()
    scope: Scope = Scope()
    acceptance_criteria: _Texts = ()
    model: _Text | None = None
    effort: Effort | None = None
    max_tokens: Annotated[StrictInt, Field(gt=0)] | None = None
    token_budget: Annotated[StrictInt, Field(ge=0)] | None = None
    output_format: OutputFormat | None = None
    run_id: _Text = ""
    goal: _Text = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every deliverable as it was written: those of the scope, then those of the phase."""
        return (*self.scope.deliverables, *self.deliverables)

    @property
    def title(self) -> str:
        """One line that says what the phase does: its name, else its id."""
        return self.display_name or self.phase_id


class Run(_Model):
    """An ordered set of phases.

    Attributes:
        run_id: Names the run in the books.
        goal: What the run is for.
        phases: In the order of the file.
        warnings: What was odd in the file but could be used.
    """

    run_id: _Identifier = "run"
    goal: _Text = ""
    phases: tuple[Phase, ...] = Field(min_length=1)
    warnings: tuple[str, ...] = ()

    def phase(self, phase_id: str) -> Phase:
        """The phase with this id.

        Raises:
            KeyError: There is none.
        """
        for phase in self.phases:
            if phase.phase_id == phase_id:
                return phase
        raise KeyError(phase_id)
