"""Learning from phases whose output is known: what an estimator knows beyond its prior.

Two things are learnt, both as a value that JSON can hold. Where the prior is off: the logarithm of
real over predicted tokens, as exponentially weighted means in groups that are nested from general
to special (all files, an action, a kind, an extension, a folder, a name, a path; for phases their
size, verb, shape and title, and apart from these their category and complexity). And how far: every
quantile is moved a little after every phase, up when it was exceeded and down when it was not, so
that each is exceeded as often as it says (adaptive conformal inference, Gibbs and Candes 2021).

How much a group weighs was chosen by leave-one-repository-out; between half and double of each
figure SMAPE differs by 0.2, so the more cautious ones were taken.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from estimators.classify import kind_of
from estimators.distribution import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from estimators.deliverable import Deliverable

OFFSET_TOKENS = 10.0
"""Added to a file's tokens before logarithms are compared: a dozen tokens more or less in a short
edit say little."""

LARGEST_SURPRISE = 1.2
"""A deviation beyond what is believed counts no more than this, in logarithms: one rewritten file
does not make its folder large."""

STEP = 0.02
"""How far a quantile moves after a phase, times its level, in logarithms. By leave-one-repository-
out 0.01 to 0.05 differ by 0.4 % in pinball loss; at 0.02 the 0.9 quantile of each of 15
repositories was within 0.02 or two standard errors of 0.9 after 100 phases."""

TRUNCATED_WEIGHT = 0.5
"""What an answer that was cut off counts: its length is only a lower bound."""

ADAPTED_SIGMA = 0.67
"""Standard deviation of the logarithm of real over predicted tokens once an estimator has adapted
(measured by leave-one-repository-out); says how far beyond a bound the real figure is expected."""

_NORMAL = NormalDist()
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[a-z]+")
_PREFIX = re.compile(r"^\W*(\w+)(?:\([^)]*\))?!?:")
_PULL_REQUEST = re.compile(r"\(#\d+\)")
_MOST_PARTS_OF_A_SHAPE = 6


@dataclass(frozen=True, slots=True)
class Group:
    """Files or phases that are alike.

    Attributes:
        key: Names the group.
        inertia: Observations that the next more general group counts for.
        memory: What an observation is worth after one more of this group.
    """

    key: str
    inertia: float
    memory: float


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of a group.

    Attributes:
        weight: Observations, older ones counting less.
        mean: Their mean logarithm of real over predicted tokens.
    """

    weight: float
    mean: float

    def after(self, deviation: float, weight: float, memory: float) -> Belief:
        """The belief after one more observation of this weight."""
        whole = self.weight * memory**weight + weight
        return Belief(whole, self.mean + (deviation - self.mean) * weight / whole)


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What was learnt for one output format; an immutable value.

    Attributes:
        beliefs: By key of a group.
        moved: How far each quantile at `LEVELS` was moved, in logarithms.
        phases: How many phases it was learnt from.
        truncated: How many of them were cut off.
    """

    beliefs: Mapping[str, Belief] = field(default_factory=dict)
    moved: tuple[float, ...] = (0.0,) * len(LEVELS)
    phases: int = 0
    truncated: int = 0

    def shift(self, groups: Sequence[Group]) -> float:
        """What the groups together say to add to a logarithm, the most special heard last."""
        found = 0.0
        for group in groups:
            belief = self.beliefs.get(group.key)
            if belief is not None:
                whole = belief.weight + group.inertia
                found = (belief.weight * belief.mean + group.inertia * found) / whole
        return found

    def merged(self, other: Adaptation) -> Adaptation:
        """What two learnt apart, such as on two machines: weights add up, means are weighted."""
        keys = {**self.beliefs, **other.beliefs}
        whole = max(self.phases + other.phases, 1)
        return Adaptation(
            {key: _together(self.beliefs.get(key), other.beliefs.get(key)) for key in keys},
            tuple(
                (a * self.phases + b * other.phases) / whole
                for a, b in zip(self.moved, other.moved, strict=True)
            ),
            self.phases + other.phases,
            self.truncated + other.truncated,
        )

    def as_json(self) -> dict[str, Any]:
        """Plain numbers; `from_json` makes the same of them."""
        beliefs = {key: [one.weight, one.mean] for key, one in self.beliefs.items()}
        return {
            "beliefs": beliefs,
            "moved": list(self.moved),
            "phases": self.phases,
            "truncated": self.truncated,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Adaptation:
        """The adaptation of `as_json`.

        Raises:
            KeyError: A part is missing.
            TypeError: A part is of another type.
            ValueError: A figure is not finite, a weight is not positive, or there are too few.
        """
        beliefs = {str(k): Belief(float(w), float(m)) for k, (w, m) in data["beliefs"].items()}
        moved = tuple(map(float, data["moved"]))
        figures = [*moved, *(one.mean for one in beliefs.values())]
        if len(moved) != len(LEVELS) or not all(map(math.isfinite, figures)):
            raise ValueError(f"expected {len(LEVELS)} finite quantile moves, and finite means")
        if not all(0 < one.weight < math.inf for one in beliefs.values()):
            raise ValueError("expected positive weights")
        return cls(beliefs, moved, int(data["phases"]), int(data["truncated"]))


def file_groups(one: Deliverable) -> tuple[Group, ...]:
    """The groups of a deliverable, from general to special; a rename counts as a change."""
    action = "modify" if one.action == "rename" else one.action or "unknown"
    path = (one.new_path or one.path or "").lower()
    folder, _, name = path.rpartition("/")
    extension = name.rpartition(".")[2]
    return (
        Group("files", 24, 0.99),
        Group(f"action {action}", 24, 0.99),
        Group(f"kind {action} {kind_of(one.path)}", 24, 0.99),
        Group(f"extension {action} {extension}", 18, 0.985),
        Group(f"folder {action} {folder} {extension}", 8, 0.95),
        Group(f"name {action} {_DIGITS.sub('0', name)}", 8, 0.95),
        Group(f"path {action} {path}", 4, 0.85),
    )


def phase_groups(
    deliverables: Sequence[Deliverable], title: str, category: str | None, complexity: str | None
) -> tuple[tuple[Group, ...], ...]:
    """The groups of a phase: chains from general to special, whose shifts add up.

    Category and complexity have chains of their own: a title that came before would otherwise
    silence them.
    """
    line = _PULL_REQUEST.sub("", next(iter(title.strip().lower().splitlines()), "")).strip()
    doubled = round(2 * math.log2(max(len(deliverables), 1)))
    named = (("category", category), ("complexity", complexity))
    return (
        (
            Group("phases", 30, 0.98),
            Group(f"size {min(doubled, _MOST_PARTS_OF_A_SHAPE)}", 30, 0.98),
            Group(f"verb {_verb(line)}", 20, 0.98),
            Group(f"shape {_shape(deliverables)}", 16, 0.97),
            Group(f"title {_DIGITS.sub('0', line)}", 4, 0.85),
        ),
        *((Group(f"{name} {value.strip().lower()}", 8, 0.98),) for name, value in named if value),
    )


@dataclass(slots=True)
class Learner:
    """Learns one phase after another; `learnt` gives the value.

    Attributes:
        beliefs: As in `Adaptation`; changed in place.
        moved: As in `Adaptation`.
        phases: As in `Adaptation`.
        truncated: As in `Adaptation`.
    """

    beliefs: dict[str, Belief]
    moved: list[float]
    phases: int
    truncated: int

    @classmethod
    def of(cls, known: Adaptation) -> Learner:
        """A learner that goes on from what is known."""
        return cls(dict(known.beliefs), list(known.moved), known.phases, known.truncated)

    def learnt(self) -> Adaptation:
        """What is known by now."""
        return Adaptation(dict(self.beliefs), tuple(self.moved), self.phases, self.truncated)

    def believe(
        self, groups: Iterable[Group], deviation: float, held: float, weight: float
    ) -> None:
        """Take in a deviation where ``held`` was believed; a great surprise is cut down."""
        surprise = max(-LARGEST_SURPRISE, min(deviation - held, LARGEST_SURPRISE))
        for group in groups:
            known = self.beliefs.get(group.key, Belief(0.0, 0.0))
            self.beliefs[group.key] = known.after(held + surprise, weight, group.memory)

    def move_quantiles(self, residual: float, quantiles: Sequence[float], truncated: bool) -> None:
        """Move every quantile towards being exceeded as often as it says.

        Args:
            residual: The logarithm of real over predicted tokens of a phase.
            quantiles: Where the quantiles stood, at `LEVELS`.
            truncated: The real figure is larger: only quantiles that it exceeds are moved.
        """
        for number, (level, quantile) in enumerate(zip(LEVELS, quantiles, strict=True)):
            held = residual <= quantile
            if not (truncated and held):
                self.moved[number] += STEP * (level - held)


def expected_beyond(bound: float) -> float:
    """The expected deviation of a phase of which only a lower bound is known.

    The mean of a normal deviation with `ADAPTED_SIGMA`, given that it is beyond the bound.
    """
    score = max(min(bound / ADAPTED_SIGMA, 5.0), -5.0)
    return ADAPTED_SIGMA * _NORMAL.pdf(score) / (1 - _NORMAL.cdf(score))


def _together(one: Belief | None, other: Belief | None) -> Belief:
    """Two beliefs of the same group as one."""
    first, second = one or Belief(0.0, 0.0), other or Belief(0.0, 0.0)
    weight = first.weight + second.weight
    return Belief(weight, (first.weight * first.mean + second.weight * second.mean) / weight)


def _verb(line: str) -> str:
    prefix = _PREFIX.match(line)
    if prefix:
        return prefix[1]
    return next(iter(_WORD.findall(line)), "")


def _shape(deliverables: Sequence[Deliverable]) -> str:
    """Which extensions are created, changed and deleted; of many, only how many."""
    parts = sorted(
        {f"{(one.action or '?')[0]}{(one.path or '').rpartition('.')[2]}" for one in deliverables}
    )
    return " ".join(parts) if len(parts) < _MOST_PARTS_OF_A_SHAPE else str(len(parts))
