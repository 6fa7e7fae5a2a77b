"""What is known of a phase as a whole before it runs, as a row of numbers.

Half of it is the phase: how large it is reckoned, what is done, to which kinds of files. The other
half is the evidence: how often files and phases like it were observed, how far they were off, and
how well the last ones were predicted. Figures of files are means, weighted by their shares.
"""

from __future__ import annotations

import math
from collections import Counter
from operator import mul
from typing import TYPE_CHECKING

from estimators.classify import kind_of
from estimators.features import title_line, title_verbs
from estimators.groups import RECENT, ROUGHNESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from estimators.adaptation import Adaptation, Belief
    from estimators.classify import Kind
    from estimators.deliverable import Action
    from estimators.phase_description import PhaseDescription
    from estimators.reckoning import Reckoning
    from estimators.sizes import SizeModel

ACTIONS: tuple[Action, ...] = ("create", "delete", "rename")
KINDS: tuple[Kind, ...] = ("code", "test", "documentation", "configuration")
VERBS = tuple("fix feat add update remove refactor bump release test doc chore".split())
FILE_GROUPS = ("files", "action", "kind", "extension", "folder", "name", "path")
PHASE_GROUPS = ("phases", "size", "verb", "shape", "title")

NAMES = (
    "log tokens",
    "log files",
    *(f"share {action}" for action in ACTIONS),
    *(f"share {kind}" for kind in KINDS),
    "largest share",
    "log largest existing",
    "log existing",
    "log title",
    "log folders",
    "log least existing",
    *(f"log {action}" for action in ACTIONS),
    *(f"log {kind}" for kind in KINDS),
    "title words",
    "title shift",
    "by model",
    *(f"verb {verb}" for verb in VERBS),
    *(f"log seen {group}" for group in FILE_GROUPS),
    *(f"off {group}" for group in FILE_GROUPS),
    *(f"log seen {group}" for group in PHASE_GROUPS),
    *(f"off {group}" for group in PHASE_GROUPS),
    "shift of files",
    "shift of phases",
    "log phases",
    "recent",
    "roughness",
)
"""The features of a row, in order."""


def phase_row(
    phase: PhaseDescription, reckoned: Reckoning, known: Adaptation, sizes: SizeModel
) -> tuple[float, ...]:
    """The features of a phase that has deliverables.

    Args:
        phase: What is known of it.
        reckoned: Its point estimate.
        known: What was learnt before.
        sizes: What unknown sizes are taken from.

    Returns:
        One number for each of `NAMES`.
    """
    whole = reckoned.whole
    weights = [part.tokens / whole for part in reckoned.parts]
    return (
        math.log(whole),
        math.log(len(weights)),
        *_of_files(phase, weights, sizes),
        *_of_counts(phase),
        float(len(title_line(phase.description).split())),
        sizes.title_shift(phase.description),
        reckoned.by_model,
        *_of_title(phase.description),
        *_of_evidence(reckoned.file_beliefs, weights, known),
        *_of_evidence([known.believed(reckoned.phase_groups[0])], (1.0,), known),
        _weighted(reckoned.file_shifts, weights),
        reckoned.phase_shifts[0],
        math.log1p(known.phases),
        known.shift((RECENT,)),
        known.shift((ROUGHNESS,)),
    )


def _of_files(
    phase: PhaseDescription, weights: Sequence[float], sizes: SizeModel
) -> Iterator[float]:
    """What is done to how much of which kind, how large the files are, how many folders."""
    shares = dict.fromkeys((*ACTIONS, *KINDS), 0.0)
    for one, weight in zip(phase.deliverables, weights, strict=True):
        for name in (one.action, kind_of(one.path)):
            if name in shares:
                shares[name] += weight
    existing = [
        0.0 if one.action == "create" else math.expm1(sizes.log_existing(one))
        for one in phase.deliverables
    ]
    yield from shares.values()
    yield max(weights)
    yield math.log1p(max(existing))
    yield math.log1p(sum(existing))
    yield math.log1p(len(title_line(phase.description)))
    yield math.log(len({(one.path or "").rpartition("/")[0] for one in phase.deliverables}))
    yield math.log1p(min(existing))


def _of_counts(phase: PhaseDescription) -> list[float]:
    """How many files there are of each action and kind, in logarithms."""
    counts = Counter(one.action for one in phase.deliverables)
    kinds = Counter(kind_of(one.path) for one in phase.deliverables)
    return [
        *(math.log1p(counts[action]) for action in ACTIONS),
        *(math.log1p(kinds[kind]) for kind in KINDS),
    ]


def _of_title(title: str) -> Iterator[float]:
    said = title_verbs(title_line(title))
    return (float(verb in said) for verb in VERBS)


def _of_evidence(
    chains: Sequence[Sequence[Belief]], weights: Sequence[float], known: Adaptation
) -> list[float]:
    """How often each group of the chains was seen, in logarithms, then how far each was off."""
    seen, off = [0.0] * len(chains[0]), [0.0] * len(chains[0])
    if known.beliefs:  # most of the work of a row, else for nothing
        for chain, weight in zip(chains, weights, strict=True):
            for level, belief in enumerate(chain):
                seen[level] += math.log1p(belief.weight) * weight
                off[level] += belief.mean * weight
    return [*seen, *off]


def _weighted(numbers: Iterable[float], weights: Sequence[float]) -> float:
    return float(sum(map(mul, numbers, weights)))
