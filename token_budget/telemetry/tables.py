"""The tables of telemetry.

Rounds and phases stand in the ledger's database, with the scopes of the ledger as keys. A row of
`telemetry_sum` is what is left of the rounds and phases of a day that were compacted; its columns
are the sums that reports are made of, so a report is the same before and after. `observed_answer`
stands in the workspace's database, beside what the estimator learnt from it.
"""

from __future__ import annotations

import sqlalchemy as sa

from token_budget.storage_tables import metadata
from token_budget.telemetry.context_facts import CONTEXT_COUNTS, CONTEXT_MODES

NO_CATEGORY = ""
"""What stands for a category that is not known: a part of a key cannot be null."""

_Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _common() -> list[sa.Column[object]]:
    """What is known of rounds and phases alike."""
    counts = ("estimated_median", "estimated_upper", "ceiling", "reserved", "used", "output")
    more = ("thinking", "continuation_tokens", "wasted", "operations_kept", "operations_rejected")
    return [
        sa.Column("day", _Key, nullable=False, index=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("model", _Key, nullable=False),
        sa.Column("category", _Key, nullable=False),
        sa.Column("calibration", sa.Text, nullable=False),
        sa.Column("bound", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in (*counts, *more)),
        sa.Column("truncated", sa.Boolean),
        sa.Column("outcome", sa.Text, nullable=False),
    ]


telemetry_round = sa.Table(
    "telemetry_round",
    metadata,
    sa.Column("scope", _Key, primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    *_common(),
    sa.Column("unused", sa.BigInteger, nullable=False),
    sa.Column("stop_reason", sa.Text),
    sa.Column("request_id", sa.Text),
)
"""``truncated`` is null where the stop reason does not tell."""

telemetry_phase = sa.Table(
    "telemetry_phase",
    metadata,
    sa.Column("scope", _Key, primary_key=True),
    *_common(),
    sa.Column("rounds", sa.BigInteger, nullable=False),
    sa.Column("visible", sa.BigInteger, nullable=False),
    sa.Column("operations_applied", sa.BigInteger, nullable=False),
    sa.Column("within_median", sa.Boolean),
    sa.Column("within_upper", sa.Boolean),
    sa.Column("request_ids", sa.Text, nullable=False),
    *(sa.Column(name, sa.BigInteger) for name in CONTEXT_COUNTS),
    sa.Column("embedding_cap", sa.BigInteger),
    sa.Column("context_mode", sa.Text),
    sa.Column("context_reason", _Key),
    sa.Column("substituted_paths", sa.Text),
)
"""``request_ids`` and ``substituted_paths`` are lists in JSON; ``within_…`` is null where that is
not known; the columns of `token_budget.telemetry.context_facts.ContextFacts` are null where no
context was selected."""

SUMS = (
    *(
        "rounds truncated unknown_stop reserved used output thinking continuation_tokens"
        " operations_kept operations_rejected phases complete incomplete failed phase_rounds"
        " phase_output operations_applied wasted median_judged median_held upper_judged"
        " upper_held contexts".split()
    ),
    *CONTEXT_MODES.values(),
    *CONTEXT_COUNTS,
)
"""What reports are made of; `token_budget.telemetry.sums` says how."""

telemetry_sum = sa.Table(
    "telemetry_sum",
    metadata,
    sa.Column("day", _Key, primary_key=True),
    sa.Column("model", _Key, primary_key=True),
    sa.Column("category", _Key, primary_key=True),
    *(sa.Column(name, sa.BigInteger, nullable=False, server_default="0") for name in SUMS),
)

telemetry_reason = sa.Table(
    "telemetry_reason",
    metadata,
    sa.Column("day", _Key, primary_key=True),
    sa.Column("reason", _Key, primary_key=True),
    sa.Column("phases", sa.BigInteger, nullable=False),
)
"""Why contexts of compacted phases were not ranked by embeddings, and how many."""

observed_answer = sa.Table(
    "observed_answer",
    metadata,
    sa.Column("attempt", _Key, primary_key=True),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
"""What real answers took, as JSON of `token_budget.observed_answers`."""

TELEMETRY_TABLES = (
    telemetry_round,
    telemetry_phase,
    telemetry_sum,
    telemetry_reason,
    observed_answer,
)
