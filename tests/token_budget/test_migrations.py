from __future__ import annotations

import pytest
import sqlalchemy as sa

from token_budget.migrations import SCHEMA_VERSION
from token_budget.storage import Database
from token_budget.storage_tables import schema_version
from token_budget.telemetry.context_facts import CONTEXT_COUNTS, CONTEXT_MODES, ContextFacts
from token_budget.telemetry.report import report_of
from token_budget.telemetry.tables import telemetry_phase, telemetry_reason, telemetry_sum

BEFORE_CONTEXTS = 5
PHASE = {
    "scope": "/run/phase/1", "day": "2027-01-15", "at": 1_800_014_400.0, "model": "m",
    "category": "", "calibration": "", "bound": "contract", "outcome": "complete",
    "request_ids": "[]",
    **dict.fromkeys((
        "estimated_median", "estimated_upper", "ceiling", "reserved", "used", "output", "thinking",
        "continuation_tokens", "wasted", "operations_kept", "operations_rejected", "rounds",
        "visible", "operations_applied",
    ), 7),
}  # fmt: skip


def _columns(database, table):
    with database.reading() as connection:
        return {column["name"] for column in sa.inspect(connection).get_columns(table.name)}


@pytest.fixture
def without_contexts(url):
    """A database of the version before contexts, with a phase and a compacted one."""
    database = Database(url)
    with database.writing() as connection:
        telemetry_reason.drop(connection)
        for name in ContextFacts.__slots__:
            connection.exec_driver_sql(f"ALTER TABLE telemetry_phase DROP COLUMN {name}")
        for name in ("contexts", *CONTEXT_MODES.values(), *CONTEXT_COUNTS):
            connection.exec_driver_sql(f"ALTER TABLE telemetry_sum DROP COLUMN {name}")
        connection.execute(sa.update(schema_version).values(version=BEFORE_CONTEXTS))
        connection.execute(sa.insert(telemetry_phase), PHASE)
        old = {"day": "2027-01-14", "model": "m", "category": "", "phases": 3}
        connection.execute(sa.insert(telemetry_sum), old)
    database.close()
    return url


def test_a_database_without_contexts_gets_their_columns_and_keeps_its_records(without_contexts):
    for _ in range(2):
        database = Database(without_contexts)
        assert set(ContextFacts.__slots__) <= _columns(database, telemetry_phase)
        assert {"contexts", *CONTEXT_COUNTS} <= _columns(database, telemetry_sum)
        found = report_of(database)
        assert (found["whole"]["phases"], found["whole"]["context"]["phases"]) == (4, 0)
        assert found["context_reasons"] == {}
        database.close()


def test_a_database_without_what_a_context_left_out_gets_that(url):
    database = Database(url)
    with database.writing() as connection:
        for name in ("files_omitted", "substituted_paths"):
            connection.exec_driver_sql(f"ALTER TABLE telemetry_phase DROP COLUMN {name}")
        connection.exec_driver_sql("ALTER TABLE telemetry_sum DROP COLUMN files_omitted")
        connection.execute(sa.update(schema_version).values(version=6))
    database.close()
    database = Database(url)
    assert _columns(database, telemetry_phase) == set(telemetry_phase.c.keys())
    assert _columns(database, telemetry_sum) == set(telemetry_sum.c.keys())
    database.close()


def test_a_new_database_has_the_newest_schema(url):
    database = Database(url)
    with database.reading() as connection:
        assert connection.scalar(sa.select(schema_version.c.version)) == SCHEMA_VERSION
    assert _columns(database, telemetry_phase) == set(telemetry_phase.c.keys())
    assert _columns(database, telemetry_sum) == set(telemetry_sum.c.keys())
    database.close()
