from __future__ import annotations

import pytest

from estimators.deliverable import Deliverable
from estimators.errors import DeliverableError
from estimators.reading.resolve import merge_duplicates, resolve


def resolved(deliverable, workspace=None):
    (only,) = resolve(deliverable, workspace).deliverables
    return only


def test_prose_stays_as_it_is(workspace_of):
    prose = Deliverable(None, note="docs")
    assert resolve(prose, workspace_of()).deliverables == (prose,)
    assert resolve(prose, None).warnings == ()


def test_paths_become_normal():
    deliverable = resolved(Deliverable("./src//a.py", "rename", new_path="src\\b.py"))
    assert (deliverable.path, deliverable.new_path) == ("src/a.py", "src/b.py")


@pytest.mark.parametrize("field", ["path", "new_path"])
@pytest.mark.parametrize("path", ["../a.py", "/etc/passwd", "C:\\a.py", "~/a.py", "a\0b"])
def test_every_path_is_checked(field, path):
    with pytest.raises(DeliverableError):
        resolve(Deliverable(**{"path": "a.py", "action": "rename", field: path}), None)


def test_without_a_workspace_only_a_new_file_has_a_known_size():
    assert resolved(Deliverable("a.py", "create")).existing_tokens == 0
    assert resolved(Deliverable("a.py", "modify")).existing_tokens is None
    assert resolved(Deliverable("a.py")).action is None
    assert resolved(Deliverable("a.py")).existing_tokens is None


def test_the_workspace_fills_in_what_is_open(workspace_of):
    workspace = workspace_of("a.py")
    there, absent = (
        resolved(Deliverable("a.py"), workspace),
        resolved(Deliverable("b.py"), workspace),
    )
    assert (there.action, there.existing_tokens) == ("modify", 100)
    assert (absent.action, absent.existing_tokens) == ("create", 0)


def test_what_is_given_stays(workspace_of):
    given = Deliverable("a.py", "rename", existing_tokens=7, new_path="b.py")
    assert resolve(given, workspace_of("a.py")).deliverables == (given,)


def test_a_file_that_is_not_text_has_no_known_size(workspace_of):
    assert resolved(Deliverable("a.png"), workspace_of(**{"a.png": None})).existing_tokens is None


@pytest.mark.parametrize(
    ("action", "path", "tokens", "warning"),
    [
        ("create", "a.py", 100, "a.py is to be created, but exists"),
        ("modify", "b.py", None, "b.py is to be modified, but does not exist"),
        ("delete", "b.py", None, "b.py is to be deleted, but does not exist"),
    ],
)
def test_what_the_workspace_does_not_bear_out_is_kept_with_a_warning(
    action, path, tokens, warning, workspace_of
):
    found = resolve(Deliverable(path, action), workspace_of("a.py"))
    assert found.deliverables == (Deliverable(path, action, tokens),)
    assert found.warnings == (warning,)


def test_renames_are_checked_at_both_ends(workspace_of):
    workspace = workspace_of("a.py", "b.py")
    onto = resolve(Deliverable("a.py", "rename", new_path="b.py"), workspace)
    absent = resolve(Deliverable("c.py", "rename", new_path="d.py"), workspace)
    nameless = resolve(Deliverable("a.py", "rename"), None)
    assert onto.warnings == ("a.py is to be renamed to b.py, which exists",)
    assert onto.deliverables[0].existing_tokens == 100
    assert absent.warnings == ("c.py is to be renamed, but does not exist",)
    assert nameless.warnings == ("a.py is to be renamed, but not to what",)


def test_a_file_that_moves_to_a_directory_keeps_its_name(workspace_of):
    by_slash = resolved(Deliverable("src/a.py", "rename", new_path="lib/"))
    by_workspace = Deliverable("src/a.py", "rename", new_path="lib")
    assert by_slash.new_path == "lib/a.py"
    assert resolved(by_workspace).new_path == "lib"
    assert resolved(by_workspace, workspace_of("src/a.py", "lib/b.py")).new_path == "lib/a.py"


@pytest.mark.parametrize("path", ["src/", "src/*.py", "src/{a,b}.py", "."])
def test_without_a_workspace_many_files_stay_one_deliverable(path):
    found = resolve(Deliverable(path), None)
    (only,) = found.deliverables
    assert only.many
    assert only.existing_tokens is None
    assert len(found.warnings) == 1


def test_many_stays_many(workspace_of):
    assert resolved(Deliverable("src", many=True)).many
    assert resolved(Deliverable("absent", many=True), workspace_of()).many


@pytest.mark.parametrize("path", ["src/", "src", "src/*.py", "./src/"])
def test_the_workspace_expands_directories_and_globs(path, workspace_of):
    workspace = workspace_of("src/b.py", "src/a.py", "tests/c.py")
    found = resolve(Deliverable(path, note="n", counts=(("tests", 2),)), workspace)
    assert [one.path for one in found.deliverables] == ["src/a.py", "src/b.py"]
    assert {one.action for one in found.deliverables} == {"modify"}
    assert {(one.note, one.counts, one.many) for one in found.deliverables} == {
        ("n", (("tests", 2),), False)
    }
    assert found.warnings == ()


@pytest.mark.parametrize("path", ["app/[id].tsx", "src/what?.py", "src/a*.py"])
def test_a_file_whose_name_looks_like_a_glob_is_that_file(path, workspace_of):
    assert resolved(Deliverable(path), workspace_of(path, "src/ab.py")).path == path


def test_deleting_a_directory_deletes_each_file(workspace_of):
    found = resolve(Deliverable("src/", "delete"), workspace_of("src/a.py", "src/b.py"))
    assert [(one.path, one.action) for one in found.deliverables] == [
        ("src/a.py", "delete"),
        ("src/b.py", "delete"),
    ]


def test_renaming_a_directory_renames_each_file(workspace_of):
    deliverable = Deliverable("src/old/", "rename", new_path="lib/")
    found = resolve(deliverable, workspace_of("src/old/a.py", "src/old/sub/b.py"))
    assert [(one.path, one.new_path) for one in found.deliverables] == [
        ("src/old/a.py", "lib/a.py"),
        ("src/old/sub/b.py", "lib/sub/b.py"),
    ]


def test_what_a_glob_matches_moves_by_name(workspace_of):
    deliverable = Deliverable("src/*.py", "rename", new_path="lib/")
    found = resolve(deliverable, workspace_of("src/a.py", "src/b.rs"))
    assert [(one.path, one.new_path) for one in found.deliverables] == [("src/a.py", "lib/a.py")]


def test_the_workspace_itself_can_move(workspace_of):
    deliverable = Deliverable(".", "rename", new_path="old/")
    found = resolve(deliverable, workspace_of(".env", "a.py"))
    assert [one.new_path for one in found.deliverables] == ["old/.env", "old/a.py"]


@pytest.mark.parametrize("path", ["src/", "src/*.py"])
def test_files_that_are_to_be_created_are_not_those_that_exist(path, workspace_of):
    found = resolve(Deliverable(path, "create"), workspace_of("src/a.py"))
    assert [(one.many, one.action) for one in found.deliverables] == [(True, "create")]
    assert found.warnings


def test_a_glob_without_a_match_is_of_unknown_extent(workspace_of):
    found = resolve(Deliverable("src/*.rs"), workspace_of("src/a.py"))
    assert found.deliverables[0].many
    assert "no file there" in found.warnings[0]


def test_duplicates_are_merged_at_the_first_place():
    found = merge_duplicates(
        [
            Deliverable("a.py", "modify", 5, note="x", counts=(("tests", 1),), text="first"),
            Deliverable("b.py"),
            Deliverable("a.py", "delete", 5, note="y", counts=(("tests", 1), ("files", 2))),
            Deliverable(None, note="prose"),
            Deliverable(None, note="prose"),
            Deliverable(None, note="other prose"),
        ]
    )
    merged = Deliverable(
        "a.py", "delete", 5, note="x; y", counts=(("tests", 1), ("files", 2)), text="first"
    )
    assert found.deliverables == (
        merged,
        Deliverable("b.py"),
        Deliverable(None, note="prose"),
        Deliverable(None, note="other prose"),
    )
    assert found.warnings == (
        "a.py is listed 2 times (delete, modify; kept: delete): merged into one",
        "'prose' is listed 2 times: merged into one",
    )


def test_a_rename_that_comes_twice_keeps_its_new_path():
    rename = Deliverable("a.py", "rename", new_path="b.py")
    assert merge_duplicates([Deliverable("a.py"), rename]).deliverables == (rename,)
