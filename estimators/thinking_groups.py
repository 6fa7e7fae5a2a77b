"""How the records of all model families, of a family and of a family at an effort inform another.

A length is the natural logarithm of thinking tokens over the median of the prior. It is taken as a
sum of independent normal deviations: of all models from the prior, of a family from all models, of
an effort from its family, of an answer from its effort. The variances of these are the constants
below; they add up to that of the prior. What one record says of another then follows exactly
(a Gaussian tree): with many answers a family alone moves the other families by half as much as
itself, and an effort moves the other efforts of its family by 0.8 of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.thinking_record import ThinkingRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

ALL_MODELS_VARIANCE = 0.25
"""Of how far all models are from the prior. This and the next three are chosen, not fitted."""

FAMILY_VARIANCE = 0.16
"""Of how far a family is from all models."""

EFFORT_VARIANCE = 0.10
"""Of how far an effort of a family is from what the prior's ratio of efforts says."""

ANSWER_VARIANCE = 0.49
"""Of how far an answer is from its effort, before there are records of it."""

LEAST_SPREAD = 0.4
"""Standard deviation of an answer's length that is believed at the least: no tasks are so alike
that nine in ten answers think between half of the median and double of it."""

INERTIA = 6.0
"""Answers that what is known in general counts for, where a share or a variance is averaged."""

MOST_LENT = 3.0
"""Answers that another family or effort counts for at the most, where a share or a variance is
averaged: a family that never thinks says little of the others."""

Key = tuple[str, str]
"""A family and an effort."""

Records = Mapping[Key, ThinkingRecord]

Amount = tuple[float, float]
"""A weighted sum and its weight."""


@dataclass(frozen=True, slots=True)
class Gaussian:
    """A normal quantity: what is believed of a mean.

    Attributes:
        mean: Its mean.
        variance: Its variance, above 0.
    """

    mean: float
    variance: float

    def widened(self, variance: float) -> Gaussian:
        """This quantity and an independent deviation of this variance."""
        return Gaussian(self.mean, self.variance + variance)


def pooled(parts: Iterable[Gaussian]) -> Gaussian:
    """What independent beliefs of the same quantity say together, by their precisions."""
    known = list(parts)
    precision = sum(1 / one.variance for one in known)
    return Gaussian(sum(one.mean / one.variance for one in known) / precision, 1 / precision)


def mean_length(records: Records, key: Key, variance: float) -> Gaussian:
    """What is believed of the mean length of a family at an effort.

    Args:
        records: All of them.
        key: The family and the effort.
        variance: That of an answer from its effort, as `answer_variance` gives it.
    """
    family, _ = key
    efforts: defaultdict[str, list[Gaussian]] = defaultdict(list)
    for one, record in records.items():
        if record.weight and one != key:
            seen = Gaussian(record.mean, variance / record.weight)
            efforts[one[0]].append(seen.widened(EFFORT_VARIANCE))
    siblings = efforts.pop(family, [])
    others = [pooled(one).widened(FAMILY_VARIANCE) for one in efforts.values()]
    of_all = pooled([Gaussian(0.0, ALL_MODELS_VARIANCE), *others])
    of_family = pooled([of_all.widened(FAMILY_VARIANCE), *siblings])
    before = of_family.widened(EFFORT_VARIANCE)
    own = records.get(key)
    if own is None or not own.weight:
        return before
    return pooled([before, Gaussian(own.mean, variance / own.weight)])


def answer_variance(records: Records, key: Key) -> float:
    """The variance of the lengths of a family at an effort around their mean."""
    learnt = _averaged(records, key, _squares, ANSWER_VARIANCE)
    return max(learnt, LEAST_SPREAD**2)


def thinking_share(records: Records, key: Key) -> float:
    """The share of the answers of a family at an effort that think at all; the prior: all."""
    return _averaged(records, key, _thought, 1.0)


def _squares(record: ThinkingRecord) -> Amount:
    """Squared deviations from their own mean, and their degrees of freedom."""
    return record.squares, max(record.weight - 1, 0.0)


def _thought(record: ThinkingRecord) -> Amount:
    return record.thought, record.thought + record.silent


def _averaged(
    records: Records, key: Key, measure: Callable[[ThinkingRecord], Amount], start: float
) -> float:
    """An average, from other families by other efforts to the records in question."""
    families: defaultdict[str, Amount] = defaultdict(lambda: (0.0, 0.0))
    siblings = []
    for (family, effort), record in records.items():
        amount = measure(record)
        if family != key[0]:
            families[family] = _sum(families[family], amount)
        elif effort != key[1]:
            siblings.append(_lent(amount))
    own = measure(records.get(key, ThinkingRecord()))
    for parts in ([_lent(one) for one in families.values()], siblings, [own]):
        whole, weight = _sum((INERTIA * start, INERTIA), *parts)
        start = whole / weight
    return start


def _sum(*amounts: Amount) -> Amount:
    return sum(one[0] for one in amounts), sum(one[1] for one in amounts)


def _lent(amount: Amount) -> Amount:
    """An amount that counts no more than `MOST_LENT` answers."""
    whole, weight = amount
    factor = min(1.0, MOST_LENT / weight) if weight else 0.0
    return whole * factor, weight * factor
