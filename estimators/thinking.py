"""Thinking tokens of an answer: a wide prior by effort, and what recorded answers teach.

An answer thinks or does not (adaptive thinking may find nothing to think about); if it does, the
logarithm of its thinking tokens is normal. Both are learnt by model family and effort; with few
records of these, other efforts of the family and other families are asked, and then the prior.
Units are the model's own tokens, as the API bills them. What the answer is about, such as the size
of its deliverables, is not asked: there are no records yet that would show what that is worth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from estimators.distribution import HIGHEST_LEVEL, LEVELS, LOWEST_LEVEL, Distribution
from estimators.effort import PRIOR_MEDIAN_TOKENS, known_effort
from estimators.thinking_groups import answer_variance, mean_length, thinking_share
from estimators.thinking_record import ThinkingRecord, from_lower_bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimators.thinking_groups import Gaussian, Key

PRIOR_SIGMA = 1.0
"""Standard deviation of the natural logarithm of the thinking tokens of one answer, before there
are records of any: the 0.9 quantile is 3.6 times the median."""

LEAST_SHARE = 0.02
"""Of answers that are taken to think at all, however few did: no budget is ever nothing."""

LARGEST_SURPRISE = 3.0
"""A length counts as no further than this from what was predicted, in predicted standard
deviations: one answer that hardly thinks does not widen all others."""

LEVEL_STEP = 0.001
"""Shares are rounded to this, so that a level at which thinking begins is told from its
neighbours."""

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class ThinkingEstimate:
    """How much an answer will think.

    Attributes:
        distribution: Thinking tokens of one answer, in the model's tokens.
        basis: How it was obtained: a sentence without its full stop.
    """

    distribution: Distribution
    basis: str

    @classmethod
    def none(cls, basis: str) -> ThinkingEstimate:
        """The estimate of an answer that cannot think."""
        return cls(Distribution.zero(), basis)


@dataclass(frozen=True, slots=True)
class ThinkingEstimator:
    """Predicts the thinking tokens of answers; an immutable value.

    Attributes:
        records: What was observed, by model family and effort.
    """

    records: Mapping[Key, ThinkingRecord] = field(default_factory=dict)

    def predict(self, family: str, effort: str | None = None) -> ThinkingEstimate:
        """The thinking tokens of one answer, the uncertainty of what was learnt included.

        Args:
            family: Whose records to ask: a model id without date and provider.
            effort: ``low``, ``medium``, ``high``, ``xhigh`` or ``max``; None: the API's default.

        Raises:
            UnknownEffortError: The effort is none of these.
        """
        level = known_effort(effort)
        key = (family, level)
        share = max(thinking_share(self.records, key), LEAST_SHARE)
        distribution = _mixed(PRIOR_MEDIAN_TOKENS[level], self._length(key), share)
        return ThinkingEstimate(distribution, self._basis(key, share))

    def observe(
        self, family: str, effort: str | None, tokens: int, *, truncated: bool = False
    ) -> ThinkingEstimator:
        """The estimator that has seen one more answer.

        Args:
            family: The model's id without date and provider.
            effort: What was sent; None: nothing was.
            tokens: ``usage.output_tokens_details.thinking_tokens``; 0: it did not think.
            truncated: It was cut off while thinking: it would have thought at least so much. A
                bound of 0 says nothing and changes nothing.

        Raises:
            UnknownEffortError: The effort is unknown.
            ValueError: The tokens are negative, or the family is empty.
        """
        if tokens < 0 or not family:
            raise ValueError(
                f"expected a family and 0 tokens or more, found {family!r} and {tokens}"
            )
        key = (family, known_effort(effort))
        if truncated and not tokens:
            return self
        known = self.records.get(key, ThinkingRecord())
        if not tokens:
            return self._with(key, known.without_thinking())
        length, weight = self._weighed(key, tokens, truncated=truncated)
        return self._with(key, known.with_length(length, weight, truncated=truncated))

    def merged(self, other: ThinkingEstimator) -> ThinkingEstimator:
        """What two learnt apart, such as on two machines."""
        none = ThinkingRecord()
        keys = {**self.records, **other.records}
        return ThinkingEstimator(
            {key: self.records.get(key, none).merged(other.records.get(key, none)) for key in keys}
        )

    def as_json(self) -> dict[str, Any]:
        """Plain numbers by family and effort; `from_json` makes the same of them."""
        families: dict[str, Any] = {}
        for (family, effort), record in self.records.items():
            families.setdefault(family, {})[effort] = record.as_json()
        return families

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ThinkingEstimator:
        """The estimator of `as_json`.

        Raises:
            AttributeError: A part that should have keys has none.
            KeyError: A part is missing.
            TypeError: A part is of another type.
            UnknownEffortError: An effort is unknown; a kind of ValueError.
            ValueError: A figure cannot be.
        """
        return cls(
            {
                (str(family), known_effort(effort)): ThinkingRecord.from_json(record)
                for family, efforts in data.items()
                for effort, record in efforts.items()
            }
        )

    def _with(self, key: Key, record: ThinkingRecord) -> ThinkingEstimator:
        return ThinkingEstimator({**self.records, key: record})

    def _length(self, key: Key) -> Gaussian:
        """The length of the next answer, as `estimators.thinking_groups` has it."""
        variance = answer_variance(self.records, key)
        return mean_length(self.records, key, variance).widened(variance)

    def _weighed(self, key: Key, tokens: int, *, truncated: bool) -> tuple[float, float]:
        """The length that is learnt from an answer that thought, and its weight."""
        length, weight = math.log(tokens / PRIOR_MEDIAN_TOKENS[key[1]]), 1.0
        expected = self._length(key)
        if truncated:
            spread = math.sqrt(answer_variance(self.records, key))
            length, weight = from_lower_bound(length, expected.mean, spread)
        most = LARGEST_SURPRISE * math.sqrt(expected.variance)
        return max(expected.mean - most, min(length, expected.mean + most)), weight

    def _basis(self, key: Key, share: float) -> str:
        source = self._source(key)
        silent = round(100 * (1 - share))
        return f"{source}; {silent} % are taken not to think" if silent else source

    def _source(self, key: Key) -> str:
        family, effort = key
        own = {one: record for one, record in self.records.items() if one[0] == family}
        if key in own:
            return f"learnt from {_counted([own[key]])} of {family} at effort {effort}"
        if own:
            efforts = ", ".join(one for one in PRIOR_MEDIAN_TOKENS if (family, one) in own)
            return (
                f"borrowed from {_counted(own.values())} of {family} at other efforts"
                f" ({efforts}), none at {effort}"
            )
        if self.records:
            families = ", ".join(sorted({one for one, _ in self.records}))
            return (
                f"borrowed from {_counted(self.records.values())} of other models"
                f" ({families}), none of {family}"
            )
        return f"a wide prior for effort {effort}: no answer of any model has been recorded"


def thinking_prior(effort: str | None = None) -> Distribution:
    """The distribution of the thinking tokens of one answer before any is recorded.

    Args:
        effort: ``low``, ``medium``, ``high``, ``xhigh`` or ``max``; None: the API's default.

    Raises:
        UnknownEffortError: The effort is none of these.
    """
    return Distribution.log_normal(PRIOR_MEDIAN_TOKENS[known_effort(effort)], PRIOR_SIGMA)


def _mixed(prior_median: float, length: Gaussian, share: float) -> Distribution:
    """Nothing with the probability that an answer does not think, else a log-normal quantity."""
    median, sigma = prior_median * math.exp(length.mean), math.sqrt(length.variance)
    silent = round((1 - share) / LEVEL_STEP) * LEVEL_STEP
    begins = (round(silent, 3), round(silent + LEVEL_STEP, 3))
    added = [level for level in begins if LOWEST_LEVEL <= level <= HIGHEST_LEVEL]
    levels = tuple(sorted({*LEVELS, *added}))
    scores = (_score((level - silent) / (1 - silent)) for level in levels)
    return Distribution(levels, tuple(median * math.exp(sigma * score) for score in scores))


def _score(level: float) -> float:
    """The normal score of a level; minus infinity for none."""
    return _NORMAL.inv_cdf(level) if level > LEVEL_STEP / 2 else -math.inf


def _counted(records: Iterable[ThinkingRecord]) -> str:
    known = list(records)
    answers, cut = sum(one.answers for one in known), sum(one.truncated for one in known)
    plural = "s" if answers > 1 else ""
    return f"{answers:,} answer{plural}{f' ({cut:,} of them cut off)' if cut else ''}"
