"""Phases that tests carry out against the server: known files, and both clients of the SDK."""

from __future__ import annotations

import asyncio

import anthropic

from tests.messages_authors import AUTHORS, Target
from token_budget.executor import arun_phase, run_phase
from token_budget.executor.work import Settings
from token_budget.spec import Phase

FUNCTIONS = 10


def content(name, functions=FUNCTIONS):
    """A Python file of some hundred tokens."""
    return "".join(
        f"def {name}_{number}():\n    return {number}\n\n" for number in range(functions)
    )


def creates(*names, functions=FUNCTIONS):
    return [
        {"type": "create", "path": f"src/{name}.py", "content": content(name, functions)}
        for name in names
    ]


THREE = creates("a", "b", "c")
"""Some 500 tokens of the server's models."""

CUT = 250
"""A ceiling that cuts the answer of `THREE` off, more than once."""


def faithful(operations=THREE, author="faithful"):
    return AUTHORS[author](Target.ndjson(operations))


def phase_of(operations=THREE, **fields):
    given = {"phase_id": "one", "run_id": "run", "description": "Write files."}
    paths = [one["path"] for one in operations]
    return Phase(**{**given, "deliverables": paths, **fields})


def files_in(folder):
    """Every file but the library's own state, by its path."""
    paths = (one.relative_to(folder) for one in folder.rglob("*") if one.is_file())
    return {
        path.as_posix(): (folder / path).read_text(encoding="utf-8")
        for path in paths
        if path.parts[0] != ".token-budget"
    }


def files_of(operations=THREE):
    return {one["path"]: one["content"] for one in operations}


def client_of(server, **settings):
    given = {"api_key": "any", "max_retries": 0, "timeout": 10, **settings}
    return anthropic.Anthropic(base_url=server.url, **given)


def carry_out(server, policy, phase, *, client=None, apply=True, **settings):
    """A phase with the sync client."""
    with client_of(server, **(client or {})) as sdk:
        return run_phase(sdk, policy, phase, apply=apply, settings=Settings(**settings))


def acarry_out(server, policy, phase, *, client=None, apply=True, **settings):
    """The same with the async one."""

    async def drive():
        given = {"api_key": "any", "max_retries": 0, "timeout": 10, **(client or {})}
        async with anthropic.AsyncAnthropic(base_url=server.url, **given) as sdk:
            return await arun_phase(sdk, policy, phase, apply=apply, settings=Settings(**settings))

    return asyncio.run(drive())


def answer_of(sdk, request):
    """The whole response to a request, streamed: its ceiling may be high."""
    with sdk.messages.stream(**request) as stream:
        return stream.get_final_message()
