from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.classify import KINDS, kind_of, language_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/a.py", "code"),
        ("cmd/main.go", "code"),
        ("bin/deploy", "code"),
        ("tests/test_a.py", "test"),
        ("pkg/server_test.go", "test"),
        ("src/app.test.tsx", "test"),
        ("src/user.spec.ts", "test"),
        ("src/main/java/UserTest.java", "test"),
        ("conftest.py", "test"),
        ("tests/fixtures/sample.json", "test"),
        ("docs/guide.md", "documentation"),
        ("tests/README.md", "documentation"),
        ("LICENSE", "documentation"),
        ("notes.txt", "documentation"),
        ("db/migrate/001_users.rb", "migration"),
        ("alembic/versions/ab12.py", "migration"),
        ("migrations/0001.sql", "migration"),
        ("app/site.scss", "style"),
        ("pyproject.toml", "configuration"),
        (".github/workflows/ci.yml", "configuration"),
        ("Dockerfile", "configuration"),
        ("Dockerfile.dev", "configuration"),
        (".env.example", "configuration"),
        (".gitignore", "configuration"),
        ("requirements-dev.txt", "configuration"),
        ("CMakeLists.txt", "configuration"),
        ("data/blob", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_kind_follows_the_conventions_of_the_tools(path, kind):
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    "path",
    [
        "src/models/authors.py",
        "src/notice.ts",
        "tools/dockerfile_parser.py",
        "src/Latest.java",
        "src/contest.py",
        "src/address_book.py",
    ],
)
def test_a_module_is_code_though_its_name_holds_a_telling_word(path):
    assert kind_of(path) == "code"


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("src/a.py", "python"),
        ("src/A.TSX", "typescript"),
        ("Dockerfile", "docker"),
        ("sub/Makefile", "make"),
        ("CMakeLists.txt", "cmake"),
        ("README.md", "markdown"),
        ("go.mod", "go-module"),
        ("no_extension", "unknown"),
        (".py", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_language_follows_name_and_extension(path, language):
    assert language_of(path) == language


@given(st.none() | st.text())
def test_any_text_has_a_kind_and_a_language(path):
    assert kind_of(path) in KINDS
    assert language_of(path)
