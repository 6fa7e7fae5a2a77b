from __future__ import annotations

from token_budget.context.query import ContextQuery
from token_budget.context.signals.path_names import (
    FILE_NAME,
    STEM,
    WHOLE_PATH,
    named_files,
    path_matches,
    scoped_files,
)
from token_budget.context.surroundings import Surroundings

AROUND = Surroundings(
    ["src/token_estimator.py", "src/cli/main.py", "docs/Changes.md", "src/url.py"]
)


def test_words_of_a_title_find_the_parts_of_a_file_name():
    found = path_matches(ContextQuery("", {"token": 1.0, "estimator": 1.0}), AROUND)
    assert list(found) == ["src/token_estimator.py"]


def test_a_path_is_surer_than_a_name_and_a_name_than_its_stem():
    names = frozenset({"src/cli/main.py", "changes.md", "token_estimator"})
    assert named_files(ContextQuery("", {}, names=names), AROUND) == {
        "src/cli/main.py": WHOLE_PATH,
        "docs/Changes.md": FILE_NAME,
        "src/token_estimator.py": STEM,
    }


def test_a_short_stem_is_a_plain_word():
    assert named_files(ContextQuery("", {}, names=frozenset({"url"})), AROUND) == {}


def test_a_scope_is_a_file_a_folder_or_everything():
    assert scoped_files(ContextQuery("", {}, scope=("src",)), AROUND).keys() == {
        path for path in AROUND.paths if path.startswith("src/")
    }
    assert list(scoped_files(ContextQuery("", {}, scope=("src/url.py",)), AROUND)) == ["src/url.py"]
    assert scoped_files(ContextQuery("", {}, scope=(".",)), AROUND).keys() == set(AROUND.paths)
    assert scoped_files(ContextQuery("", {}), AROUND) == {}
