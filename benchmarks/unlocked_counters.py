"""What is usually used in place of a ledger: a JSON file, and LiteLLM's budget manager."""

from __future__ import annotations

import json
import os
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.ledger_load_log import WorkerLog

if TYPE_CHECKING:
    from benchmarks.ledger_load_worker import Task

LITELLM = "litellm"
USER = "load"
LITELLM_MODEL = "gpt-4o-mini"
LITELLM_FILE = "user_cost.json"
"""Where LiteLLM keeps what was spent, in the current folder."""


def count_in_json(task: Task) -> None:
    """Read a JSON file, add one, write it, say so, until the time is over."""
    path, log = Path(task.place), WorkerLog(task.log)
    while task.going:
        try:
            spent = json.loads(path.read_text(encoding="utf-8"))["calls"]
        except (FileNotFoundError, json.JSONDecodeError):
            # Another one is writing it; a program that starts at 0 here loses everything.
            log.write({"call": "add", "outcome": "unreadable"})
            continue
        path.write_text(json.dumps({"calls": spent + 1}), encoding="utf-8")
        log.write({"call": "add", "outcome": "done", "ms": 0})


def new_json(path: Path) -> None:
    """A counter that stands at 0."""
    path.write_text(json.dumps({"calls": 0}), encoding="utf-8")


def calls_in_json(path: Path) -> int | None:
    """What the counter says; None: it is damaged."""
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["calls"])
    except json.JSONDecodeError:
        return None


def has_litellm() -> bool:
    """Whether LiteLLM is installed."""
    return find_spec(LITELLM) is not None


def spend_with_litellm(task: Task) -> None:
    """Enter the cost of one call after another, and say so; a worker needs some seconds to load."""
    os.chdir(task.place)
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    manager, log = _manager(), WorkerLog(task.log)
    until = time.monotonic() + task.until
    while time.monotonic() < until:
        before = manager.get_current_cost(USER)
        manager.update_cost(
            user=USER, model=LITELLM_MODEL, input_text="a prompt", output_text="an answer"
        )
        cost = manager.get_current_cost(USER) - before
        log.write({"call": "add", "outcome": "done", "ms": 0, "usd": cost})


def new_litellm(folder: Path) -> None:
    """A budget of which nothing is spent."""
    budget = {"total_budget": 1_000_000.0, "duration": None, "current_cost": 0, "model_cost": {}}
    entry = {USER: {**budget, "created_at": time.time(), "last_updated_at": time.time()}}
    (folder / LITELLM_FILE).write_text(json.dumps(entry), encoding="utf-8")


def usd_in_litellm(folder: Path) -> float | None:
    """What LiteLLM says was spent; None: its file is damaged."""
    try:
        kept = json.loads((folder / LITELLM_FILE).read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return None
    return float(kept[USER]["current_cost"])


def _manager() -> Any:  # noqa: ANN401 - of a package that may not be there
    """LiteLLM's manager, on its file in the current folder."""
    return import_module(LITELLM).BudgetManager(project_name="load", client_type="local")
