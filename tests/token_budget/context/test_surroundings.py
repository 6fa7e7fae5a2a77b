from __future__ import annotations

import pytest

from token_budget.context.bm25 import Bm25
from token_budget.context.surroundings import Surroundings, subject_of

PATHS = ["src/token_estimator.py", "src/cli/Main.py", "README.md"]
AROUND = Surroundings(PATHS, {"src/cli/Main.py": frozenset({"src/token_estimator.py"})})


def test_files_are_grouped_by_folder_name_and_path():
    assert AROUND.by_folder == {
        "src": ["src/token_estimator.py"],
        "src/cli": ["src/cli/Main.py"],
        "": ["README.md"],
    }
    assert AROUND.by_file_name["main.py"] == AROUND.by_stem["main"] == ["src/cli/Main.py"]
    assert AROUND.by_lower_path["src/cli/main.py"] == ["src/cli/Main.py"]


def test_importers_are_the_imports_the_other_way_round():
    assert AROUND.importers == {"src/token_estimator.py": ["src/cli/Main.py"]}
    assert Surroundings(PATHS).importers == {}


def test_words_of_paths_score_where_they_are():
    found = AROUND.word_scores({"token": 1.0, "cli": 1.0}, Bm25())
    assert found.keys() == {"src/token_estimator.py", "src/cli/Main.py"}
    assert AROUND.word_scores({}, Bm25()) == {}
    assert Surroundings([]).word_scores({"token": 1.0}, Bm25()) == {}


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        ("src/reader.py", "reader"),
        ("tests/test_reader.py", "reader"),
        ("reader.spec.ts", "reader"),
        ("test/ReaderTest.java", "reader"),
        (".gitignore", ".gitignore"),
        ("Makefile", "makefile"),
    ],
)
def test_a_test_has_the_subject_of_what_it_tests(path, subject):
    assert subject_of(path) == subject
