from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest

from benchmarks import processes
from benchmarks.ledger_load_worker import Task
from benchmarks.processes import Crew
from benchmarks.unlocked_counters import calls_in_json, count_in_json, new_json


@pytest.fixture
def tasks(tmp_path):
    """A function that makes the tasks of workers that count in a file for some seconds."""
    counter = tmp_path / "counter.json"
    new_json(counter)

    def make(seconds):
        first = Task(str(counter), str(tmp_path), "worker", time.monotonic() + seconds, 0)
        return lambda number: replace(first, name=f"worker-{number}")

    return make


def test_all_workers_come_to_their_end(tasks, tmp_path):
    task_of = tasks(1.0)
    crew = Crew(count_in_json, task_of)
    crew.run(2, task_of(0).until, None)
    assert (crew.died, crew.failed) == (0, 0)
    assert (calls_in_json(tmp_path / "counter.json") or 0) >= 0
    assert len(list(tmp_path.glob("*.log"))) == 2


def test_who_is_killed_is_replaced(tasks, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "LIFE_SECONDS", 0.3)
    processes.ready()
    task_of = tasks(2.0)
    crew = Crew(count_in_json, task_of)
    crew.run(1, task_of(0).until, random.Random(0))
    assert crew.died > 0
    assert len(list(tmp_path.glob("*.log"))) > 1


def test_a_worker_that_fails_is_counted(tasks):
    task_of = tasks(0.5)
    nowhere = replace(task_of(0), folder="/nowhere/at/all")
    crew = Crew(count_in_json, lambda _: nowhere)
    crew.run(1, task_of(0).until, None)
    assert crew.failed > 0
