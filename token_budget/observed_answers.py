"""What real answers took, kept beside what was learnt from them, so that it can be learnt again.

``calibrate`` replaces what the history of the repository taught; recorded answers are then learnt
anew after it. What is kept is what the estimator reads: paths, actions and sizes of deliverables,
the title line, and counts; no description, no note, no contents.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from estimators.adaptation import Adaptation, Learner
from estimators.deliverable import Deliverable
from estimators.features import title_line
from estimators.learning import learn
from estimators.phase_description import PhaseDescription
from token_budget.ledger.dialects import insert_if_absent
from token_budget.telemetry.tables import observed_answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from estimators.prior import Prior


@dataclass(frozen=True, slots=True)
class ObservedAnswer:
    """What the answer to a phase took.

    Attributes:
        attempt: Names the attempt; an attempt is learnt once.
        at: When it ended, in seconds since 1970.
        phase: What was known before it ran.
        tokens: What it took: ``cl100k_base`` tokens of the mined form; 0: nothing to learn.
        truncated: It was cut off: it would have taken at least so many.
        source: What the phase is called where it moved an estimate.
    """

    attempt: str
    at: float
    phase: PhaseDescription
    tokens: int
    truncated: bool
    source: str

    def as_json(self) -> dict[str, Any]:
        """Plain values; `from_json` makes the same of them, less what the estimator never reads."""
        phase = replace(self.phase, description=title_line(self.phase.description))
        files = [{name: getattr(one, name) for name in _KEPT} for one in phase.deliverables]
        own = {"tokens": self.tokens, "truncated": self.truncated, "source": self.source}
        return {**own, "phase": {**asdict(phase), "deliverables": files}}

    @classmethod
    def from_json(cls, attempt: str, at: float, data: Mapping[str, Any]) -> ObservedAnswer:
        """The answer of `as_json`.

        Raises:
            KeyError: A part is missing.
            TypeError: A part is of another type, or unknown.
        """
        phase = dict(data["phase"])
        files = tuple(_deliverable(one) for one in phase.pop("deliverables"))
        said = PhaseDescription(deliverables=files, **phase)
        return cls(attempt, at, said, data["tokens"], data["truncated"], data["source"])


_KEPT = ("path", "action", "existing_tokens", "new_path", "counts", "many")


def _deliverable(data: Mapping[str, Any]) -> Deliverable:
    counts = tuple((str(noun), int(number)) for noun, number in data["counts"])
    return Deliverable(**{**data, "counts": counts})


def insert_answer(connection: Connection, answer: ObservedAnswer) -> bool:
    """Keep an answer; False: this attempt was observed before, and nothing is changed."""
    values = {"attempt": answer.attempt, "at": answer.at, "body": json.dumps(answer.as_json())}
    insert = insert_if_absent(connection.dialect.name, observed_answer)
    statement = insert.returning(observed_answer.c.attempt)
    return connection.execute(statement, values).first() is not None


def read_answers(connection: Connection) -> list[ObservedAnswer]:
    """The answers that were observed, the oldest first.

    Raises:
        KeyError, TypeError, ValueError: A row is damaged.
    """
    query = sa.select(observed_answer).order_by(observed_answer.c.at, observed_answer.c.attempt)
    rows = connection.execute(query)
    return [ObservedAnswer.from_json(one.attempt, one.at, json.loads(one.body)) for one in rows]


def count_answers(connection: Connection) -> int:
    """How many answers are kept."""
    return connection.scalar(sa.select(sa.func.count()).select_from(observed_answer)) or 0


def with_answers(
    prior: Prior, known: Mapping[str, Adaptation], answers: Iterable[ObservedAnswer]
) -> dict[str, Adaptation]:
    """What is known of each output format after these answers.

    Args:
        prior: What was fitted.
        known: What was learnt before.
        answers: The oldest first.
    """
    by_format: dict[str, list[ObservedAnswer]] = {}
    for answer in answers:
        by_format.setdefault(answer.phase.output_format, []).append(answer)
    return {**known, **{name: _learnt(prior, known, name, own) for name, own in by_format.items()}}


def _learnt(
    prior: Prior, known: Mapping[str, Adaptation], name: str, answers: Sequence[ObservedAnswer]
) -> Adaptation:
    learner, fitted = Learner.of(known.get(name, Adaptation())), prior.formats[name]
    for one in answers:
        learn(
            learner,
            one.phase,
            fitted,
            one.tokens,
            truncated=one.truncated,
            source=one.source,
        )
    return learner.learnt()
