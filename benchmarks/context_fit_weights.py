"""Weights that make what past commits changed as likely as can be. Pure.

A conditional logit (McFadden 1974): the likelihood of a chunk is the softmax of the weighted sum of
its features over all candidates of its task, and the loss is the cross-entropy of the chunks that
were changed, with a ridge. Each repository counts alike, *complete* less than *find*. The loss is
convex, so there is one answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from benchmarks.context_fit_tasks import FitTask

    Floats = NDArray[np.float64]

RIDGE = 0.001
"""What the squares of the weights add to the loss, which is about 3.5."""

SHARE_OF_COMPLETE = 0.35
"""What a *complete* task counts beside a *find* task: phases that name most of their files are
easier, and signals of known files would drown the others."""

UNBOUNDED = frozenset({"first chunk", "last chunk", "never changed", "size", "size of file"})
"""Features that may speak against a chunk. A signal never does: its weight is 0 or more."""

DIGITS = 3
"""Digits after the point of a weight: more would differ between machines, and change nothing."""

FUSION_CONSTANT = 60.0
"""The usual constant of reciprocal rank fusion (Cormack 2009)."""


def fitted(tasks: Sequence[FitTask], names: Sequence[str]) -> dict[str, float]:
    """The weights of some features that fit some tasks best.

    Args:
        tasks: Of one or more repositories.
        names: The features that have a weight.
    """
    from scipy.optimize import minimize

    weighed = list(_weighed(tasks, names))

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, gradient = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for figures, wanted, mass in weighed:
            scored = (figures @ weights.astype(np.float32)).astype(np.float64)
            likely = np.exp(scored - scored.max())
            normal = likely.sum()
            total += mass * (scored.max() + np.log(normal)) - wanted @ scored
            gradient = gradient + (mass / normal * likely - wanted).astype(np.float32) @ figures
        return total, gradient

    bounds = [(None, None) if name in UNBOUNDED else (0.0, None) for name in names]
    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds)
    return {name: round(float(one), DIGITS) for name, one in zip(names, found.x, strict=True)}


def _weighed(
    tasks: Sequence[FitTask], names: Sequence[str]
) -> Iterator[tuple[NDArray[np.float32], Floats, float]]:
    """The figures of each task, what its chunks count, and what it counts in all."""
    repositories = {task.repository for task in tasks}
    totals = dict.fromkeys(repositories, 0.0)
    for task in tasks:
        totals[task.repository] += _part(task) * float(task.wanted.sum())
    for task in tasks:
        part = _part(task) / totals[task.repository] / len(repositories)
        wanted = task.wanted * part
        yield columns(task, names), wanted, float(wanted.sum())


def _part(task: FitTask) -> float:
    return 1.0 if task.kind == "find" else SHARE_OF_COMPLETE


def columns(task: FitTask, names: Sequence[str]) -> NDArray[np.float32]:
    """The figures of these features, in this order; those that the task has not are 0."""
    made = np.zeros((len(task.figures), len(names)), np.float32)
    for place, name in enumerate(names):
        if name in task.names:
            made[:, place] = task.figures[:, task.names.index(name)]
    return made


def fused_by_rank(task: FitTask) -> Floats:
    """What needs no weights: the sum over all signals of 1 / (60 + rank), as a logarithm."""
    total = np.full(len(task.figures), 1e-9)
    for place, name in enumerate(task.names):
        figures = task.figures[:, place]
        if name not in UNBOUNDED and not name.endswith(" rank"):
            distinct = np.unique(figures)[::-1]
            ranks = np.searchsorted(-distinct, -figures) + 1
            total += np.where(figures > 0, 1 / (FUSION_CONSTANT + ranks), 0.0)
    return np.asarray(np.log(total))
