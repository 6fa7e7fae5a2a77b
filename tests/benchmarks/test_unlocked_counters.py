from __future__ import annotations

import time

import pytest

from benchmarks.ledger_load_log import DONE, read_logs, told_by
from benchmarks.ledger_load_worker import Task
from benchmarks.unlocked_counters import (
    calls_in_json,
    count_in_json,
    new_json,
    new_litellm,
    usd_in_litellm,
)


@pytest.fixture
def counter(tmp_path):
    path = tmp_path / "counter.json"
    new_json(path)
    return path


def test_alone_a_json_file_counts_right(counter, tmp_path):
    count_in_json(Task(str(counter), str(tmp_path), "alone", time.monotonic() + 0.1, 0))
    entered = told_by(read_logs(tmp_path)).count(DONE)
    assert calls_in_json(counter) == entered > 0


def test_a_damaged_json_file_is_told(counter):
    counter.write_text('{"calls": ', encoding="utf-8")
    assert calls_in_json(counter) is None


def test_a_new_budget_of_litellm_is_unspent(tmp_path):
    new_litellm(tmp_path)
    assert usd_in_litellm(tmp_path) == 0.0
