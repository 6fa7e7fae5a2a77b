from __future__ import annotations

import pytest

from ndjson.errors import InvalidPattern
from ndjson.path_rules import PathRules


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("infra/", "infra/main.tf"),
        ("infra", "infra/a/b"),
        ("*.lock", "a/poetry.lock"),
        ("/setup.py", "setup.py"),
        ("./setup.py", "setup.py"),
        ("!important", "!important"),
        ("#notes", "#notes"),
        ("Secret.env", "secret.ENV"),
        ("ca\u0301fe", "cáfe"),
    ],
)
def test_protected_paths_are_refused_and_the_pattern_named(pattern: str, path: str) -> None:
    refusal = PathRules(["other", pattern]).refusal(path)
    assert refusal is not None
    assert repr(pattern) in refusal


def test_paths_under_no_pattern_are_fine() -> None:
    rules = PathRules(["/setup.py", "docs/*.md", "", "./"])
    assert rules.refusal("src/setup.py") is None
    assert rules.refusal("docs/a.txt") is None


def test_a_negated_pattern_lifts_no_protection() -> None:
    assert PathRules(["*.env", "!a.env"]).refusal("a.env")


def test_only_allowed_paths_may_be_changed() -> None:
    rules = PathRules(["src/b.py"], allowed=["src/"])
    assert rules.refusal("src/a.py") is None
    assert "'src/'" in (rules.refusal("tests/a.py") or "")
    assert "protected" in (rules.refusal("src/b.py") or "")


def test_allowed_does_not_reach_twins() -> None:
    assert PathRules(allowed=["src/"]).refusal("SRC/a.py")


def test_nothing_is_allowed_by_no_pattern() -> None:
    assert "none" in (PathRules(allowed=[]).refusal("a") or "")


@pytest.mark.parametrize("pattern", ["[z-a]", "\\"])
def test_a_pattern_that_means_nothing_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(InvalidPattern, match=r"expected a pattern as in \.gitignore") as caught:
        PathRules(["docs/", pattern])
    assert caught.value.pattern == pattern
