"""What pydantic cannot see: phases compared with each other, deliverables with protected paths.

Everything here works on the raw document, so that one broken phase does not hide the next one's
problems, and yields problems in the order of the document.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from estimators.errors import DeliverableError
from estimators.reading.parse import parse_deliverable, resolve
from estimators.reading.paths import safe_relative_path
from token_budget.errors import SpecProblem
from token_budget.protection import pattern_problem, protection, touched_paths
from token_budget.spec import Phase, Run, Scope
from token_budget.spec_entries import DELIVERABLE_KEYS, Entry, PlacedEntry, flatten

if TYPE_CHECKING:
    from collections.abc import Callable

RawPhase = Mapping[str, Any]

_SYNONYMS = (("phase_id", "id"), ("task_category", "category"))
_RUN_KEYS = frozenset(Run.model_fields) - {"warnings"}
_PHASE_KEYS = frozenset(Phase.model_fields) | {synonym for _, synonym in _SYNONYMS}
_SCOPE_KEYS = frozenset(Scope.model_fields)
_PATH_LISTS = ("protected_paths", "paths", "read_only_context")


def problems_between(file: str, phases: Sequence[object]) -> Iterator[SpecProblem]:
    """Everything that is wrong with ids, dependencies, paths and deliverables.

    Args:
        file: The spec as the user named it.
        phases: The raw entries of ``phases``; those that are no mappings are passed over.
    """
    placed = [(f"phases[{n}]", p) for n, p in enumerate(phases) if isinstance(p, Mapping)]
    for place, phase in placed:
        yield from _synonym_problems(file, place, phase)
        yield from _path_problems(file, place, phase)
        yield from _deliverable_problems(file, place, phase)
    yield from _identity_problems(file, placed)
    yield from _dependency_problems(file, placed)


def unknown_keys(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Place and text of a warning for every key that no field reads."""
    yield from _unknown(document, _RUN_KEYS, "")
    phases = document.get("phases")
    for number, phase in enumerate(phases if isinstance(phases, list) else ()):
        if isinstance(phase, Mapping):
            place = f"phases[{number}]."
            yield from _unknown(phase, _PHASE_KEYS, place)
            yield from _unknown(_scope(phase), _SCOPE_KEYS, f"{place}scope.")
            for found in _entries(f"phases[{number}]", phase):
                if isinstance(found.value, Mapping):
                    yield from _unknown(found.value, DELIVERABLE_KEYS, f"{found.place}.")


def _unknown(
    raw: Mapping[str, Any], known: frozenset[str], place: str
) -> Iterator[tuple[str, str]]:
    for key in raw:
        if key not in known:
            near = difflib.get_close_matches(str(key), sorted(known), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield f"{place}{key}", f"unknown key, ignored{hint}"


def _synonym_problems(file: str, place: str, phase: RawPhase) -> Iterator[SpecProblem]:
    for name, synonym in _SYNONYMS:
        if name in phase and synonym in phase and phase[name] != phase[synonym]:
            expected = (
                f"expected the same value as {name} ({phase[name]!r}), or only one of the two"
            )
            yield SpecProblem(file, f"{place}.{synonym}", phase[synonym], expected)


def _path_problems(file: str, place: str, phase: RawPhase) -> Iterator[SpecProblem]:
    scope = _scope(phase)
    for name in _PATH_LISTS:
        for where, path in _paths_of(scope.get(name), f"{place}.scope.{name}"):
            try:
                safe_relative_path(path)
            except DeliverableError as error:
                yield SpecProblem(
                    file, where, path, f"expected a path inside the workspace: {error.reason}"
                )
    for where, pattern in _paths_of(scope.get("protected_paths"), f"{place}.scope.protected_paths"):
        if problem := pattern_problem(pattern):
            yield SpecProblem(file, where, pattern, problem)


def _paths_of(value: object, place: str) -> Iterator[tuple[str, str]]:
    listed = [value] if isinstance(value, str) else value
    for number, item in enumerate(listed if isinstance(listed, list) else ()):
        path = item.get("path") if isinstance(item, Mapping) else item
        if isinstance(path, str):
            yield f"{place}[{number}]", path


def _deliverable_problems(file: str, place: str, phase: RawPhase) -> Iterator[SpecProblem]:
    patterns = (path for _, path in _paths_of(_scope(phase).get("protected_paths"), ""))
    is_protected = protection(one for one in patterns if not pattern_problem(one))
    for found in _entries(place, phase):
        expected = found.problem or _entry_problem(found.entry, is_protected)
        if expected:
            yield SpecProblem(file, found.place, found.value, expected)


def _entries(place: str, phase: RawPhase) -> Iterator[PlacedEntry]:
    """Every deliverable of a phase: those of the scope, then those beside it."""
    yield from flatten(_scope(phase).get("deliverables"), f"{place}.scope.deliverables")
    yield from flatten(phase.get("deliverables"), f"{place}.deliverables")


def _entry_problem(entry: Entry, is_protected: Callable[[str], bool]) -> str:
    try:
        read = parse_deliverable(entry) if isinstance(entry, str) else resolve(entry, None)
    except DeliverableError as error:
        return f"expected a path inside the workspace: {error.reason}"
    paths = (path for one in read.deliverables for path in touched_paths(one))
    refused = next((path for path in paths if is_protected(path)), None)
    return f"expected a path that is not protected, but {refused} is" if refused else ""


def _identity_problems(file: str, placed: Sequence[tuple[str, RawPhase]]) -> Iterator[SpecProblem]:
    first: dict[str, str] = {}
    for place, phase in placed:
        identifier = _identifier(phase)
        if identifier is None:
            continue
        if identifier in first:
            expected = f"expected an id that no other phase has, but {first[identifier]} has it"
            yield SpecProblem(file, f"{place}.phase_id", identifier, expected)
        first.setdefault(identifier, place)


def _dependency_problems(
    file: str, placed: Sequence[tuple[str, RawPhase]]
) -> Iterator[SpecProblem]:
    places = {name: place for place, phase in placed if (name := _identifier(phase))}
    needs: dict[str, list[str]] = {}
    for place, phase in placed:
        known = needs.setdefault(_identifier(phase) or place, [])
        for where, name in _paths_of(phase.get("dependencies"), f"{place}.dependencies"):
            if name in places:
                known.append(name)
            else:
                near = difflib.get_close_matches(name, places, n=1)
                hint = f" such as {near[0]!r}" if near else ""
                yield SpecProblem(file, where, name, f"expected the id of a phase{hint}")
    for cycle in _cycles(needs):
        expected = "expected no circle of dependencies"
        yield SpecProblem(file, f"{places[cycle[0]]}.dependencies", " -> ".join(cycle), expected)


def _cycles(needs: dict[str, list[str]]) -> Iterator[list[str]]:
    """Circles of the graph, each with its first node again at its end; found ones are cut open."""
    remaining = dict(needs)
    while True:
        try:
            TopologicalSorter(remaining).prepare()
        except CycleError as error:
            cycle = list(reversed(error.args[1]))
            yield cycle
            remaining = {n: d for n, d in remaining.items() if n not in cycle}
        else:
            return


def _identifier(phase: RawPhase) -> str | None:
    found = phase.get("phase_id", phase.get("id"))
    return found if isinstance(found, str) and found else None


def _scope(phase: RawPhase) -> Mapping[str, Any]:
    scope = phase.get("scope")
    return scope if isinstance(scope, Mapping) else {}
