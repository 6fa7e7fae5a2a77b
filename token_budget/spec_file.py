"""Run specs from files: JSON, YAML and TOML, read with every problem named at once."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ValidationError

from token_budget.errors import SpecError, SpecProblem
from token_budget.spec import Phase, Run
from token_budget.spec_checks import problems_between, unknown_keys

if TYPE_CHECKING:
    import os

MAXIMUM_BYTES = 20_000_000
"""A larger file is no run spec: bytes."""

MAXIMUM_VALUES = 2_000_000
"""A YAML file can name one list many times over; a document that grows beyond this is refused."""

_REQUIRED = "expected this key to be present"


def load_run(path: str | os.PathLike[str]) -> Run:
    """Read a run spec.

    Args:
        path: A ``.json``, ``.yaml``, ``.yml`` or ``.toml`` file of at most `MAXIMUM_BYTES`, UTF-8.

    Returns:
        The run; ``run.warnings`` has what was odd but could be used.

    Raises:
        SpecError: The file cannot be read or does not hold a usable run; has every problem found.
    """
    name = str(path)
    return parse_run(_parse(name, _read(Path(path))), name)


def parse_run(document: object, name: str = "run spec") -> Run:
    """A run from the document of a spec, such as parsed JSON.

    Args:
        document: Mappings, lists and scalars.
        name: What messages call it.

    Raises:
        SpecError: The document does not hold a usable run; has every problem found.
    """
    if not isinstance(document, dict):
        raise SpecError([SpecProblem(name, "", document, "expected a mapping with 'phases'")])
    phases = document.get("phases")
    if not isinstance(phases, list) or not phases:
        raise SpecError([SpecProblem(name, "phases", phases, "expected a list of phases")])
    header = {key: value for key, value in document.items() if key != "phases"}
    checked = [_validated(Phase, raw, name, f"phases[{n}]") for n, raw in enumerate(phases)]
    run = _validated(Run, {**header, "phases": [_ANY_PHASE]}, name, "")
    problems = [*_problems([run, *checked]), *problems_between(name, phases)]
    if problems:
        raise SpecError(_merged(problems))
    return _assembled(cast("Run", run), cast("list[Phase]", checked), document, name)


_ANY_PHASE = Phase(phase_id="any")


def _assembled(run: Run, checked: list[Phase], document: Mapping[str, Any], name: str) -> Run:
    owner = {"run_id": run.run_id, "goal": run.goal}
    warnings = tuple(f"{name}: {place}: {text}" for place, text in unknown_keys(document))
    phases = tuple(phase.model_copy(update=owner) for phase in checked)
    return run.model_copy(update={"phases": phases, "warnings": warnings})


def _validated(
    model: type[BaseModel], raw: object, name: str, place: str
) -> BaseModel | list[SpecProblem]:
    if not isinstance(raw, Mapping):
        return [SpecProblem(name, place, raw, "expected a mapping")]
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        return [_problem(name, place, dict(found)) for found in error.errors(include_url=False)]


def _problem(name: str, place: str, found: Mapping[str, Any]) -> SpecProblem:
    where = place
    for part in found["loc"]:
        where += f"[{part}]" if isinstance(part, int) else f".{part}" if where else str(part)
    if found["type"] == "missing":
        return SpecProblem(name, where, None, _REQUIRED)
    message = str(found["msg"]).removeprefix("Value error, ")
    expected = message.replace("Input should be", "expected")
    return SpecProblem(name, where, found["input"], expected)


def _problems(results: list[BaseModel | list[SpecProblem]]) -> Iterator[SpecProblem]:
    for result in results:
        if isinstance(result, list):
            yield from result


def _merged(problems: list[SpecProblem]) -> list[SpecProblem]:
    """One problem a place: two checks may find the same thing."""
    return list({(problem.file, problem.place): problem for problem in problems}.values())


def _read(path: Path) -> str:
    name = str(path)
    try:
        if path.is_file() and path.stat().st_size > MAXIMUM_BYTES:
            raise _refused(
                name, f"{path.stat().st_size} bytes", f"expected at most {MAXIMUM_BYTES}"
            )
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            name, error.object[error.start : error.end], f"expected UTF-8 at byte {error.start}"
        ) from error
    except OSError as error:
        raise _refused(name, error.strerror, "expected a readable file") from error
    if not text.strip():
        raise _refused(name, "an empty file", "expected a run spec")
    return text


def _parse(name: str, text: str) -> object:
    readers: dict[str, Callable[[str], object]] = {
        ".json": _read_json,
        ".toml": tomllib.loads,
        ".yaml": _read_yaml,
        ".yml": _read_yaml,
    }
    reader = readers.get(Path(name).suffix.lower())
    if reader is None:
        raise _refused(name, Path(name).suffix, f"expected one of {', '.join(readers)}")
    try:
        return reader(text)
    except RecursionError as error:
        raise _refused(name, "a document nested too deeply", "expected a run spec") from error
    except ValueError as error:
        raise _refused(
            name, str(error), f"expected well-formed {Path(name).suffix[1:].upper()}"
        ) from error


def _refused(name: str, value: object, expected: str) -> SpecError:
    return SpecError([SpecProblem(name, "", value, expected)])


def _read_json(text: str) -> object:
    return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


def _unique(pairs: list[tuple[Hashable, Any]]) -> dict[Hashable, Any]:
    """A mapping of its pairs; a key given twice would otherwise lose its first value unseen."""
    found: dict[Hashable, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one mapping")
        found[key] = value
    return found


def _read_yaml(text: str) -> object:
    import yaml

    class UniqueKeyLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """The safe loader, refusing a key given twice."""

    def construct_mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
        loader.flatten_mapping(node)
        build = partial(loader.construct_object, deep=True)
        return _unique([(build(key), build(value)) for key, value in node.value])

    UniqueKeyLoader.add_constructor("tag:yaml.org,2002:map", construct_mapping)
    try:
        document = yaml.load(text, UniqueKeyLoader)  # noqa: S506 - derived from the safe loader
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    if _values_in(document, {}) > MAXIMUM_VALUES:
        raise ValueError(f"aliases multiply: at most {MAXIMUM_VALUES} values can be read")
    return document


def _values_in(value: object, known: dict[int, int]) -> int:
    """How many values there are once every alias is followed; each container is counted once."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_values_in(item, known) for item in inner)
    return known[id(value)]
