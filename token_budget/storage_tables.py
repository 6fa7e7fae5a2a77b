"""The tables of the estimator's state, and the one set that every table of ours belongs to."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

metadata = sa.MetaData()

schema_version = sa.Table(
    "token_budget_schema",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)

mined_commit = sa.Table(
    "mined_commit",
    metadata,
    sa.Column("repository", sa.Text, primary_key=True),
    sa.Column("commit", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)
"""Commits that were mined, as the JSON of their entries, so that they are read once."""

estimator_state = sa.Table(
    "estimator_state",
    metadata,
    sa.Column("output_format", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)
"""What the estimator has learnt of a format, as the JSON of its adaptation."""

thinking_state = sa.Table(
    "thinking_state",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)
"""What was learnt of thinking, as the JSON of its estimator; one row, or none."""

state_origin = sa.Table(
    "state_origin",
    metadata,
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("own", sa.Boolean, nullable=False),
)
"""Which databases taught what is learnt here: this one, and those whose exports were merged."""


kept_attempt = sa.Table(
    "kept_attempt",
    metadata,
    sa.Column("run", sa.Text, primary_key=True),
    sa.Column("phase", sa.Text, primary_key=True),
    sa.Column("spec", sa.Text, nullable=False),
    sa.Column("finished", sa.Boolean, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
"""The last attempt at a phase: what came of it if it is unfinished, its result if it is finished.
``spec`` is the digest of the phase that it was about."""


def new_origin() -> str:
    """A name for a database that no other has."""
    return uuid.uuid4().hex
