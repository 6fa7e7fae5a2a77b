"""Learning from phases whose output is known: what an estimator knows beyond its prior.

Two things are learnt, both as a value that JSON can hold. Where the prior is off: the logarithm of
real over predicted tokens, as exponentially weighted means in groups that are nested from general
to special (all files, an action, a kind, an extension, a folder, a name, a path; for phases their
size, verb, shape and title, and apart from these their category and complexity). And how far: every
quantile is moved a little after every phase, up when it was exceeded and down when it was not, so
that each is exceeded as often as it says (adaptive conformal inference, Gibbs and Candes 2021).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from estimators.distribution import LEVELS, MEDIAN
from estimators.groups import AUTHORSHIP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from estimators.groups import Group

OFFSET_TOKENS = 10.0
"""Added to a file's tokens before logarithms are compared: a dozen tokens more or less in a short
edit say little."""

LARGEST_SURPRISE = 1.2
"""A deviation beyond what is believed counts no more than this, in logarithms: one rewritten file
does not make its folder large."""

MEDIAN_STEP, STEP = 0.009, 0.03
"""How far the median and the 0.9 quantile move after a phase, times their level, in logarithms;
others by their distance from the median. From 0.02 to 0.045 the pinball loss of ten unseen
repositories differs by 0.6 %; a median that moves as far has a SMAPE that is worse by 0.1, for
groups learn where it is. After all sizes jump to 1.3 of what they were, the 0.9 quantile holds for
0.892 of the phases from the 50th to the 100th; without the jump for 0.896."""

_STEPS = tuple(
    MEDIAN_STEP + (STEP - MEDIAN_STEP) * abs(level - MEDIAN) / (0.9 - MEDIAN) for level in LEVELS
)

TRUNCATED_WEIGHT = 0.5
"""What an answer that was cut off counts: its length is only a lower bound."""

ADAPTED_SIGMA = 0.67
"""Standard deviation of the logarithm of real over predicted tokens once an estimator has adapted
(measured by leave-one-repository-out); says how far beyond a bound the real figure is expected."""

USUAL_MODEL_SHARE = 0.07
"""The share of phases that are taken to be written by a language model where nothing is known; of
the commits behind the prior 8 % say so."""

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of a group.

    Attributes:
        weight: Observations, older ones counting less.
        mean: Their mean logarithm of real over predicted tokens.
        last: The name of the last phase that it was learnt from; empty: it had none.
    """

    weight: float
    mean: float
    last: str = ""

    def after(self, deviation: float, weight: float, memory: float, source: str = "") -> Belief:
        """The belief after one more observation of this weight."""
        whole = self.weight * memory**weight + weight
        mean = self.mean + (deviation - self.mean) * weight / whole
        return Belief(whole, mean, source or self.last)


NO_BELIEF = Belief(0.0, 0.0)


def shift_of(groups: Iterable[Group], beliefs: Iterable[Belief]) -> float:
    """What a chain of groups says to add to a logarithm, the most special heard last."""
    found = 0.0
    for group, belief in zip(groups, beliefs, strict=True):
        if belief.weight:
            whole = belief.weight + group.inertia
            found = (belief.weight * belief.mean + group.inertia * found) / whole
    return found


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

    def belief(self, group: Group) -> Belief:
        """What is believed of a group; `NO_BELIEF`: nothing."""
        return self.beliefs.get(group.key, NO_BELIEF)

    def believed(self, groups: Iterable[Group]) -> tuple[Belief, ...]:
        """What is believed of each of these groups."""
        known = self.beliefs
        return tuple([known.get(group.key, NO_BELIEF) for group in groups])

    def shift(self, groups: Sequence[Group]) -> float:
        """What the groups together say to add to a logarithm; see `shift_of`."""
        return shift_of(groups, self.believed(groups))

    @property
    def model_share(self) -> float:
        """The share of phases that a language model writes, from 0 to 1."""
        seen, inertia = self.belief(AUTHORSHIP), AUTHORSHIP.inertia
        return (seen.weight * seen.mean + inertia * USUAL_MODEL_SHARE) / (seen.weight + inertia)

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
        beliefs = {key: [one.weight, one.mean, one.last] for key, one in self.beliefs.items()}
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
        beliefs = {
            str(key): Belief(float(weight), float(mean), *map(str, last))
            for key, (weight, mean, *last) in data["beliefs"].items()
        }
        moved = tuple(map(float, data["moved"]))
        figures = [*moved, *(one.mean for one in beliefs.values())]
        if len(moved) != len(LEVELS) or not all(map(math.isfinite, figures)):
            raise ValueError(f"expected {len(LEVELS)} finite quantile moves, and finite means")
        if not all(0 < one.weight < math.inf for one in beliefs.values()):
            raise ValueError("expected positive weights")
        return cls(beliefs, moved, int(data["phases"]), int(data["truncated"]))


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

    def now(self) -> Adaptation:
        """What is known by now, to be read at once: it changes as the learner does."""
        return Adaptation(self.beliefs, tuple(self.moved), self.phases, self.truncated)

    def learnt(self) -> Adaptation:
        """What is known by now, as a value of its own."""
        return Adaptation(dict(self.beliefs), tuple(self.moved), self.phases, self.truncated)

    def believe(
        self,
        groups: Iterable[Group],
        deviation: float,
        held: float,
        weight: float,
        source: str = "",
    ) -> None:
        """Take in a deviation where ``held`` was believed; a great surprise is cut down."""
        surprise = max(-LARGEST_SURPRISE, min(deviation - held, LARGEST_SURPRISE))
        for group in groups:
            known = self.beliefs.get(group.key, NO_BELIEF)
            self.beliefs[group.key] = known.after(held + surprise, weight, group.memory, source)

    def see_author(self, by_model: float) -> None:
        """Take in who wrote a phase: 1 a language model, 0 nobody says so."""
        known = self.beliefs.get(AUTHORSHIP.key, NO_BELIEF)
        self.beliefs[AUTHORSHIP.key] = known.after(by_model, 1.0, AUTHORSHIP.memory)

    def move_quantiles(self, residual: float, quantiles: Sequence[float], truncated: bool) -> None:
        """Move every quantile towards being exceeded as often as it says.

        Args:
            residual: The logarithm of real over predicted tokens of a phase.
            quantiles: Where the quantiles stood, at `LEVELS`.
            truncated: The real figure is larger: only quantiles that it exceeds are moved.
        """
        levels = zip(LEVELS, _STEPS, quantiles, strict=True)
        for number, (level, step, quantile) in enumerate(levels):
            held = residual <= quantile
            if not (truncated and held):
                self.moved[number] += step * (level - held)


def expected_beyond(bound: float) -> float:
    """The expected deviation of a phase of which only a lower bound is known.

    The mean of a normal deviation with `ADAPTED_SIGMA`, given that it is beyond the bound.
    """
    score = max(min(bound / ADAPTED_SIGMA, 5.0), -5.0)
    return ADAPTED_SIGMA * _NORMAL.pdf(score) / (1 - _NORMAL.cdf(score))


def _together(one: Belief | None, other: Belief | None) -> Belief:
    """Two beliefs of the same group as one."""
    first, second = one or NO_BELIEF, other or NO_BELIEF
    weight = first.weight + second.weight
    mean = (first.weight * first.mean + second.weight * second.mean) / weight
    return Belief(weight, mean, second.last or first.last)
