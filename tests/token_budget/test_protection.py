from __future__ import annotations

import pytest

from token_budget.errors import SpecError
from token_budget.protection import pattern_problem, protection


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("src/models.py", "src/models.py", True),
        ("./src/models.py", "src/models.py", True),
        ("src/models.py", "src/models.pyi", False),
        ("src/frontend/", "src/frontend/app.tsx", True),
        ("src/frontend", "src/frontend/app.tsx", True),
        ("src/frontend/", "src/frontend2/app.tsx", False),
        ("src/frontend/", "src/frontend/", True),
        ("src/frontend/", "src/frontend", True),
        ("*.lock", "deep/poetry.lock", True),
        ("src/*.py", "src/deep/a.py", False),
        ("!src/a.py", "src/a.py", False),
        ("!odd.py", "!odd.py", True),
        ("", "src/a.py", False),
    ],
)
def test_protected_files_folders_and_patterns(pattern, path, expected):
    assert protection([pattern])(path) is expected


def test_one_pattern_never_lifts_another():
    assert protection(["src/", "!src/a.py"])("src/a.py")


def test_patterns_that_mean_nothing_are_refused_all_at_once():
    with pytest.raises(SpecError) as caught:
        protection(["docs/", "[z-a]", "\\"])
    assert [problem.value for problem in caught.value.problems] == ["[z-a]", "\\"]
    assert "as in .gitignore: bad character range" in pattern_problem("[z-a]")
    assert pattern_problem("") == pattern_problem("*.lock") == ""
