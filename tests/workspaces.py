"""A small workspace for tests of contexts: a git repository whose files depend on each other."""

from __future__ import annotations

from token_budget.spec import Phase

MODULES = 8
FUNCTIONS = 20
GUIDE = "# Guide\n\nHow to greet people.\n"


def module(number, functions=FUNCTIONS):
    """A Python file of some thousand tokens."""
    greetings = (
        f'def greet_{number}_{one}(name):\n    """Say hello, the way {one}."""\n'
        f'    text = "hello " * {one}\n    return text + name\n\n\n'
        for one in range(functions)
    )
    return f'"""Greetings of the kind {number}."""\n\n\n' + "".join(greetings)


def fill(repository, modules=MODULES):
    """Write the files, and a history in which two of them change together."""
    for number in range(modules):
        repository.write(f"src/module_{number}.py", module(number))
    repository.write("docs/guide.md", GUIDE)
    repository.commit("First")
    for number in range(3):
        for name in ("src/module_1.py", "src/module_2.py"):
            text = (repository.folder / name).read_text(encoding="utf-8")
            repository.write(name, f"{text}LEVEL_{number} = {number}\n")
        repository.commit(f"Greet better than {number}")
    return repository


def greeting_phase(*deliverables, pinned=(), **fields):
    """A phase about two of the modules."""
    known = {
        "phase_id": "greet",
        "run_id": "run",
        "description": "Make greet_1_3 polite, and greet_2_4 too.",
        "deliverables": list(deliverables) or ["src/polite.py"],
        "scope": {"read_only_context": list(pinned)},
    }
    return Phase(**{**known, **fields})
