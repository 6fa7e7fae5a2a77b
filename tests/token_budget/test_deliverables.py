from __future__ import annotations

import pytest

from token_budget.deliverables import resolved_deliverables
from token_budget.errors import SpecError
from token_budget.spec import Phase
from token_budget.workspace import WorkspaceFiles


@pytest.fixture
def files(tmp_path):
    (tmp_path / "src").mkdir()
    for name in ("a.py", "b.py", "kept.py"):
        (tmp_path / "src" / name).write_text("x", encoding="utf-8")
    return WorkspaceFiles(tmp_path, len)


def resolved(files, *entries, protected=()):
    scope = {"protected_paths": list(protected)}
    return resolved_deliverables(
        Phase(phase_id="p", deliverables=list(entries), scope=scope), files
    )


def test_every_problem_of_a_phase_is_named_at_once(files):
    with pytest.raises(SpecError) as error:
        resolved(files, "../x.py", "src/a.py", "src/kept.py", protected=["src/kept.py"])
    assert [problem.value for problem in error.value.problems] == ["../x.py", "src/kept.py"]


def test_a_protected_file_is_left_out_of_a_folder_but_not_of_a_text_that_names_it(files):
    found = resolved(files, "src/", protected=["src/kept.py"])
    assert [one.path for one in found.deliverables] == ["src/a.py", "src/b.py"]
    assert found.warnings == ("src/kept.py is protected: left out of 'src/'",)


def test_a_folder_and_one_of_its_files_are_merged(files):
    found = resolved(files, "src/", "delete src/a.py")
    assert [(one.path, one.action) for one in found.deliverables] == [
        ("src/a.py", "delete"),
        ("src/b.py", "modify"),
        ("src/kept.py", "modify"),
    ]
    assert len(found.warnings) == 1


def test_parts_given_by_name_are_resolved_like_texts(files):
    [one] = resolved(files, {"path": "./src/a.py"}).deliverables
    assert (one.path, one.action, one.existing_tokens) == ("src/a.py", "modify", 1)
