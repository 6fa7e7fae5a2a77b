from __future__ import annotations

import pytest

from token_budget.context.query import query_for
from token_budget.context.signals.kinds import WORDS_OF_KIND, files_of_kind, kinds_asked
from token_budget.context.words import words_of
from token_budget.spec import Phase

PATHS = {
    "tests": [
        "tests/a.py",
        "src/test_a.py",
        "pkg/a_test.go",
        "web/a.spec.ts",
        "src/ParserTest.java",
    ],
    "documents": ["README.md", "docs/conf.py", "doc/a.rst"],
    "packaging": ["package.json", "sub/Cargo.toml", "src/pkg/__init__.py", "requirements-dev.txt"],
    "automation": [".github/workflows/ci.yml", ".travis.yml"],
}
CODE = ["src/contest.py", "src/attestation/a.go", "src/documents.py", "src/docs.py", "lib/a.rb"]


def asking(text):
    return query_for(Phase(phase_id="x", description=text))


@pytest.mark.parametrize(
    ("title", "kinds"),
    [
        ("docs: fix typos in the guide", {"documents"}),
        ("Add tests for the parser", {"tests"}),
        ("Bump ruff", {"packaging"}),
        ("v2.31.0", {"packaging"}),
        ("Run pre-commit in CI with GitHub Actions", {"automation"}),
        ("Parse nested generics", set()),
        ("", set()),
    ],
)
def test_a_title_names_kinds_of_work(title, kinds):
    assert kinds_asked(asking(title)) == kinds


def test_only_the_title_counts():
    assert kinds_asked(asking("Parse generics\n\nWith tests and docs.")) == set()


@pytest.mark.parametrize("kind", list(PATHS))
def test_files_of_a_kind_are_found_when_it_is_asked_for(kind):
    title = sorted(WORDS_OF_KIND[kind])[0]
    found = files_of_kind(asking(title), [*PATHS[kind], *CODE], kind)
    assert found == dict.fromkeys(PATHS[kind], 1.0)


def test_what_is_not_asked_for_is_not_found():
    assert files_of_kind(asking("Parse generics"), PATHS["tests"], "tests") == {}


def test_words_of_kinds_are_written_as_words_are():
    words = {word for kind in WORDS_OF_KIND.values() for word in kind}
    assert {word for word in words if word not in words_of(word)} == set()
