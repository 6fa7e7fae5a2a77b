from __future__ import annotations

import sys
from types import ModuleType

import pytest

from ndjson.lazy import lazy_names


@pytest.fixture
def package(monkeypatch):
    """A package with one public name, which is not loaded yet."""
    made, home = ModuleType("made"), ModuleType("made.home")
    home.answer = 42
    made.__getattr__, made.__dir__ = lazy_names("made", {"answer": "home"})
    monkeypatch.setitem(sys.modules, "made", made)
    monkeypatch.setitem(sys.modules, "made.home", home)
    return made


def test_a_name_is_loaded_when_it_is_first_used_and_stays(package):
    assert "answer" not in vars(package)
    assert package.answer == 42
    assert vars(package)["answer"] == 42


def test_names_that_are_not_loaded_are_listed(package):
    assert "answer" in dir(package)


def test_an_unknown_name_is_an_attribute_error(package):
    with pytest.raises(AttributeError, match="module 'made' has no attribute 'question'"):
        package.question  # noqa: B018 - reading it is the test
