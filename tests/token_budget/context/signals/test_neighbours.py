from __future__ import annotations

import pytest

from token_budget.context.signals.neighbours import (
    MOST_NAMESAKES,
    imported,
    importing,
    namesakes,
    siblings,
)
from token_budget.context.surroundings import Surroundings

IMPORTS = Surroundings(
    ["a.py", "b.py", "c.py", "d.py", "e.py"],
    {
        "a.py": frozenset({"b.py"}),
        "c.py": frozenset({"b.py", "d.py"}),
        "e.py": frozenset({"a.py"}),
    },
)


def test_what_a_file_imports_is_found():
    assert imported(["a.py"], IMPORTS) == {"b.py": 1.0}


def test_a_file_that_imports_much_says_less_of_each():
    found = imported(["c.py"], IMPORTS)
    assert found["b.py"] == found["d.py"] < 1


def test_what_imports_a_file_is_found():
    assert importing(["b.py"], IMPORTS).keys() == {"a.py", "c.py"}
    assert importing(["a.py"], IMPORTS) == {"e.py": 1.0}


def test_seeds_are_not_their_own_neighbours():
    assert imported(["a.py", "b.py"], IMPORTS) == {}
    assert importing(["b.py", "a.py"], IMPORTS).keys() == {"c.py", "e.py"}


@pytest.mark.parametrize(
    ("source", "test"),
    [
        ("src/reader.py", "tests/test_reader.py"),
        ("reader.go", "reader_test.go"),
        ("src/reader.ts", "src/__tests__/reader.spec.ts"),
        ("main/Reader.java", "test/ReaderTest.java"),
        ("lib/reader.rb", "spec/reader_spec.rb"),
    ],
)
def test_a_test_and_what_it_tests_find_each_other(source, test):
    assert namesakes([source], Surroundings([source, test, "other.py"])) == {test: 1.0}
    assert namesakes([test], Surroundings([source, test, "other.py"])) == {source: 1.0}


def test_names_that_every_folder_has_belong_to_nothing():
    assert namesakes(["a/__init__.py"], Surroundings(["b/__init__.py"])) == {}
    many = [f"{number}/views.py" for number in range(MOST_NAMESAKES + 1)]
    assert namesakes(["x/views.py"], Surroundings(many)) == {}


def test_siblings_share_a_folder():
    paths = ["src/a.py", "src/b.py", "src/deep/c.py", "d.py"]
    found = siblings(["src/a.py"], Surroundings(paths))
    assert found == {"src/b.py": 1.0}
