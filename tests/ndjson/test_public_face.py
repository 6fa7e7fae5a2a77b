from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import ndjson

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "ndjson").glob("*.py"))


@pytest.mark.parametrize("name", ndjson.__all__)
def test_every_public_name_is_there(name):
    assert getattr(ndjson, name) is not None
    assert name in dir(ndjson)


def test_every_error_is_public():
    from ndjson import errors

    drawn = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.NdjsonError)
    }
    assert drawn <= set(ndjson.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'loads'"):
        ndjson.loads  # noqa: B018 - reading it is the test


def test_names_are_loaded_when_they_are_used():
    code = (
        "import sys, ndjson; print('pydantic' in sys.modules);"
        "print(ndjson.parse('').cut, 'pydantic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == ["False", "True", "True"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_nothing_here_imports_the_packages_above(source):
    imported = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert not imported & {"token_budget", "estimators", "continuation"}
