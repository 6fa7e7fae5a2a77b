"""How many tokens each deliverable of a phase takes: the shares of the estimate.

The model is additive: a phase takes the sum of its files, and the logarithm of a file's tokens is a
weighted sum of its features. The weights were fitted on the totals of phases, so that the sum of
the shares is itself the median of the phase.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from estimators.classify import kind_of, language_of
from estimators.features import (
    is_change_note,
    own_features,
    phase_context,
    shared_features,
)
from estimators.title_terms import title_terms
from estimators.unexplained import FILES_IN_A_FOLDER, PROSE_TOKENS, VAGUE_SPREAD, with_counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from estimators.classify import Kind
    from estimators.deliverable import Action, Deliverable
    from estimators.features import Features, PhaseContext
    from estimators.phase_description import PhaseDescription

LARGEST_LOG_TOKENS = 13.0
"""Natural logarithm of what one file is taken to write at the most: 442,000 tokens."""

LARGEST_TITLE_SHIFT = 1.2
"""A title adds no more than this to a logarithm, and takes no more: of the titles behind the prior
none would, 99.9 % of them stay within 0.8."""

CREATED_SHARE = 0.5
"""A file of which neither words nor the workspace say whether it exists is taken half for new."""

LEAST_TOKENS: Mapping[str, Mapping[Action, float]] = {
    "ndjson": {"create": 20.0, "modify": 40.0, "delete": 8.0, "rename": 0.0},
    "whole_file": {"create": 0.0, "modify": 0.0, "delete": 10.0, "rename": 0.0},
    "diff": {"create": 40.0, "modify": 40.0, "delete": 40.0, "rename": 30.0},
}
"""Tokens that an answer of a format cannot do without: path and keys, or the first lines of a diff,
and for a change old and new text. In the histories 99 % of files took more (``ndjson`` 22, 68 and
11 tokens; ``diff`` 64, 93, 66 and 34). In the mined form a rename alone takes none, and a file that
is written whole takes only its content, which may be empty."""

LEAST_REWRITTEN_SHARE = 0.5
"""A file that is written whole takes at least this share of its present size: in the histories
99.5 % of modified and 99.1 % of renamed files did."""


CHANGE_NOTE_TOKENS = 64.0
"""A new note of Changesets, towncrier and their like: the median of the last 400 notes in the
history of changesets/changesets; from the 5th to the 95th percentile 45 to 147. Too few
repositories have such notes for weights to be fitted."""


@dataclass(frozen=True, slots=True)
class SizeModel:
    """What was fitted of the size of files.

    Attributes:
        weights: Of features by name, in natural logarithms of tokens.
        terms: Of `estimators.title_terms` by name: what each adds to every file's logarithm.
        typical_sizes: By kind, the natural logarithm of one more than the tokens of a file that is
            modified: what an unknown size is taken to be.
    """

    weights: Mapping[str, float]
    terms: Mapping[str, float]
    typical_sizes: Mapping[str, float]

    def tokens(self, features: Features, shift: float = 0.0) -> float:
        """The tokens of a file with these features.

        Args:
            features: Of the file.
            shift: Of its phase, see `title_shift`.
        """
        logarithm = shift + self.logarithm(features)
        return math.exp(min(max(logarithm, 0.0), LARGEST_LOG_TOKENS))

    def logarithm(self, features: Features) -> float:
        """What the features add to the logarithm of a file's tokens."""
        weights = self.weights
        found = 0.0
        for name, value in features.items():
            if name in weights:
                found += weights[name] * value
        return found

    def title_shift(self, description: str) -> float:
        """What the title adds to the logarithm of every file's tokens."""
        terms = self.terms
        found = sum(terms[name] for name in title_terms(description) if name in terms)
        return max(-LARGEST_TITLE_SHIFT, min(found, LARGEST_TITLE_SHIFT))

    def log_existing(self, deliverable: Deliverable) -> float:
        """The present size, or the typical one of its kind where it is unknown."""
        known = deliverable.existing_tokens
        if known is not None:
            return math.log1p(known)
        return self.typical_sizes.get(kind_of(deliverable.path), self.typical_sizes["unknown"])

    def as_json(self) -> dict[str, Any]:
        """Plain numbers; `from_json` makes the same of them."""
        return {name: dict(getattr(self, name)) for name in _PARTS}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SizeModel:
        """The model of `as_json`.

        Raises:
            KeyError: A part is missing.
            ValueError: A weight or size is no finite number; says which.
        """
        weights, terms, sizes = (
            {str(name): _finite(value, f"{part}.{name}") for name, value in data[part].items()}
            for part in _PARTS
        )
        if "unknown" not in sizes:
            raise ValueError("typical_sizes: expected one of unknown kinds")
        return cls(weights, terms, sizes)


_PARTS = ("weights", "terms", "typical_sizes")


def _finite(value: float | str, place: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{place}: expected a finite number, found {number}")
    return number


@dataclass(frozen=True, slots=True)
class Share:
    """What one deliverable takes.

    Attributes:
        deliverable: Whose share it is.
        tokens: ``cl100k_base`` tokens of the mined form.
        least: Tokens that it cannot do without.
        spread: Standard deviation of the logarithm, over that of files alike; 0 where a file is
            named.
    """

    deliverable: Deliverable
    tokens: float
    least: float
    spread: float

    @property
    def reason(self) -> str:
        """Why so many, in a few words."""
        one = self.deliverable
        if one.path is None:
            return "no path: taken for one change of usual size"
        if _is_new_change_note(one):
            return "create, note on one change"
        if one.many:
            return f"files of unknown number: taken for {FILES_IN_A_FOLDER:g}"
        return _reason(one)


@dataclass(slots=True)
class _Phase:
    """What the files of a phase share, found once for each kind of file.

    Attributes:
        context: The phase, its unknown actions taken for one of the two.
        model: What was fitted of sizes.
        by_title: What its title adds to a logarithm.
        by_kind: What else it adds, for files of a kind and action.
    """

    context: PhaseContext
    model: SizeModel
    by_title: float
    by_kind: dict[tuple[Kind, Action], float] = field(default_factory=dict)

    def tokens(self, one: Deliverable, action: Action, log_existing: float) -> float:
        """What a file with a path takes, if that is what happens to it."""
        path = cast("str", one.path)
        own = own_features(path, action, log_existing, self.context.by_model)
        return self.model.tokens(own, self.by_title + self.shared(kind_of(path), action))

    def shared(self, kind: Kind, action: Action) -> float:
        """What the phase adds to the logarithm of such a file."""
        found = self.by_kind.get((kind, action))
        if found is None:
            found = self.model.logarithm(shared_features(kind, action, self.context))
            self.by_kind[kind, action] = found
        return found


class _Phases(NamedTuple):
    """A phase with its unknown actions taken for one, and for the other."""

    created: _Phase
    modified: _Phase


def shares(phase: PhaseDescription, model: SizeModel, by_model: float) -> list[Share]:
    """The share of every deliverable, in their order; linear in their number.

    Args:
        phase: What is known of it.
        model: What was fitted of sizes.
        by_model: The chance that a language model writes it.
    """
    files, title = phase.deliverables, phase.description
    shift = model.title_shift(title)
    phases = _Phases(
        _Phase(phase_context(files, title, "create", by_model), model, shift),
        _Phase(phase_context(files, title, "modify", by_model), model, shift),
    )
    return [_share(one, phases, phase.output_format, model) for one in files]


def least_tokens(one: Deliverable, output_format: str) -> float:
    """What an answer cannot do without for this file."""
    least = LEAST_TOKENS[output_format][one.action or "create"]
    existing = float(one.existing_tokens or 0)
    if output_format == "whole_file" and one.action in {"modify", "rename"}:
        return max(least, LEAST_REWRITTEN_SHARE * existing)
    if output_format == "diff" and one.action == "delete":
        # Every line of the file stands in it behind a minus sign.
        return max(least, existing)
    return least


def _share(one: Deliverable, phases: _Phases, output_format: str, model: SizeModel) -> Share:
    if one.path is None:
        return Share(one, PROSE_TOKENS, 0.0, VAGUE_SPREAD)
    least = least_tokens(one, output_format)
    if _is_new_change_note(one):
        return Share(one, CHANGE_NOTE_TOKENS, least, 0.0)
    tokens = max(with_counts(_predicted(one, phases, model), one), least)
    if one.many:
        return Share(one, FILES_IN_A_FOLDER * tokens, least, VAGUE_SPREAD)
    return Share(one, tokens, least, 0.0)


def _is_new_change_note(one: Deliverable) -> bool:
    return one.action == "create" and one.path is not None and is_change_note(one.path)


def _predicted(one: Deliverable, phases: _Phases, model: SizeModel) -> float:
    """What the model says; between new and changed where the action is unknown."""
    existing = model.log_existing(one)
    if one.action is not None:
        return phases.created.tokens(one, one.action, existing)
    created = phases.created.tokens(one, "create", existing)
    modified = phases.modified.tokens(one, "modify", existing)
    return CREATED_SHARE * created + (1 - CREATED_SHARE) * modified


def _reason(one: Deliverable) -> str:
    action = one.action or "create or modify"
    parts = [action, kind_of(one.path), language_of(one.path)]
    if one.action != "create":
        known = one.existing_tokens
        parts.append("size not known" if known is None else f"{known:,} tokens now")
    parts += [f"{number} {noun}" for noun, number in one.counts]
    return ", ".join(part for part in parts if part != "unknown")
