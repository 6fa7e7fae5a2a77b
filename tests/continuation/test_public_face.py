from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import continuation

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "continuation").glob("*.py"))


def run_python(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout.split()


@pytest.mark.parametrize("name", continuation.__all__)
def test_every_public_name_is_there(name):
    assert getattr(continuation, name) is not None
    assert name in dir(continuation)


def test_every_error_is_public():
    from continuation import errors

    drawn = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.ContinuationError)
    }
    assert drawn <= set(continuation.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'resume'"):
        continuation.resume  # noqa: B018 - reading it is the test


def test_names_are_loaded_when_they_are_used():
    loaded = "print('pydantic' in sys.modules, 'ndjson.parser' in sys.modules)"
    code = f"import sys, continuation; {loaded}; continuation.Continuation; {loaded}"
    assert run_python(code) == ["False", "False", "True", "True"]


def test_unwrap_is_the_function_whoever_imports_its_module_first():
    code = (
        "import continuation.unwrap, continuation; print(callable(continuation.unwrap));"
        "print(continuation.unwrap('```\\nx\\n```'))"
    )
    assert run_python(code) == ["True", "x"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_nothing_here_imports_the_packages_above(source):
    imported = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert not imported & {"token_budget", "estimators"}
