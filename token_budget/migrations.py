"""What each version of the schema changed in the one before; each runs once, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateColumn

from token_budget.ledger.tables import LEDGER_TABLES
from token_budget.storage_tables import (
    estimator_state,
    kept_attempt,
    metadata,
    mined_commit,
    new_origin,
    state_origin,
    thinking_state,
)
from token_budget.telemetry.tables import (
    TELEMETRY_TABLES,
    telemetry_phase,
    telemetry_reason,
    telemetry_sum,
)

Migration = Callable[[Connection], None]


def _first(connection: Connection) -> None:
    metadata.create_all(connection, tables=[mined_commit, estimator_state])


def _second(connection: Connection) -> None:
    metadata.create_all(connection, tables=[thinking_state, state_origin])
    connection.execute(sa.insert(state_origin).values(origin=new_origin(), own=True))


def _third(connection: Connection) -> None:
    metadata.create_all(connection, tables=LEDGER_TABLES)


def _fourth(connection: Connection) -> None:
    metadata.create_all(connection, tables=TELEMETRY_TABLES)


def _fifth(connection: Connection) -> None:
    metadata.create_all(connection, tables=[kept_attempt])


def _sixth(connection: Connection) -> None:
    """Contexts in telemetry; a database made by this release has these columns already."""
    metadata.create_all(connection, tables=[telemetry_reason])
    for table in (telemetry_phase, telemetry_sum):
        _add_missing_columns(connection, table)


def _add_missing_columns(connection: Connection, table: sa.Table) -> None:
    known = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    for column in table.c:
        if column.name not in known:
            definition = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {definition}")


def _seventh(connection: Connection) -> None:
    """What a context left out, and paths that summaries stood for."""
    for table in (telemetry_phase, telemetry_sum):
        _add_missing_columns(connection, table)


MIGRATIONS: tuple[Migration, ...] = (
    _first,
    _second,
    _third,
    _fourth,
    _fifth,
    _sixth,
    _seventh,
)
"""What each version changed in the one before; version 0 is an empty database."""

SCHEMA_VERSION = len(MIGRATIONS)
