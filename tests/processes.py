"""Processes of their own for what several do at once, and for what is killed.

They are forked from a server that has loaded the library, so that each costs a fork and not the
second in which an interpreter loads everything; nothing of the tests' own process is in them.
There is one such server, so it loads what the benchmarks' processes need as well.
"""

from __future__ import annotations

import multiprocessing

PATIENCE = 120.0
"""Seconds after which a process that should have ended has not."""

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "pytest",
        "anthropic",
        "benchmarks.ledger_load_worker",
        "benchmarks.unlocked_counters",
        "token_budget.ledger",
        "token_budget.storage_driver",
        "token_budget.context.embeddings.vector_cache",
        "token_budget.context.index",
    ]
)


def start(function, *arguments):
    """A process that calls a function of a test module."""
    process = _CONTEXT.Process(target=function, args=arguments)
    process.start()
    return process


def exit_codes(function, arguments):
    """What processes end with that call a function at once, each with arguments of its own."""
    processes = [start(function, *one) for one in arguments]
    for process in processes:
        process.join(PATIENCE)
    return [process.exitcode for process in processes]


def pipe():
    """Two ends of a pipe between a test and a process that it starts."""
    return _CONTEXT.Pipe()


def received(end):
    """What a process sent; one that ended before it did fails the test."""
    assert end.poll(PATIENCE)
    return end.recv()
