"""What a cache of mined commits holds: a value that JSON can hold, and back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from estimators.mining.commit_miner import MinedCommit
from estimators.observed import ObservedPhase

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTRY_VERSION = 1
"""Raised whenever the same commit would be mined to something else."""


def entry_of(mined: MinedCommit, rules: str) -> dict[str, Any]:
    """A mined commit as a cache keeps it.

    Args:
        mined: What the commit gave.
        rules: The fingerprint of the rules that it was mined by.
    """
    return {
        "version": ENTRY_VERSION,
        "rules": rules,
        "phase": mined.phase and mined.phase.as_json(),
        "skipped": mined.skipped,
        "left_out": dict(mined.left_out),
    }


def mined_commit(entry: Mapping[str, Any] | None, repo: str, rules: str) -> MinedCommit | None:
    """The mined commit of an entry.

    Args:
        entry: What the cache holds; None: nothing.
        repo: What the phase says it comes from: the same commit can be in several repositories.
        rules: The fingerprint of the rules of this run.

    Returns:
        None if there is no entry of this version and these rules, or it is damaged: the commit is
        then mined again.
    """
    if entry is None or entry.get("version") != ENTRY_VERSION or entry.get("rules") != rules:
        return None
    try:
        row = entry["phase"]
        phase = None if row is None else ObservedPhase.from_json({**row, "repo": repo})
        return MinedCommit(phase, entry["skipped"], Counter(entry["left_out"]))
    except (KeyError, TypeError, ValueError):
        return None
