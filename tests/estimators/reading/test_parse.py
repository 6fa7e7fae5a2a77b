from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from estimators.deliverable import Deliverable
from estimators.errors import DeliverableError
from estimators.reading.parse import parse_deliverable, parse_deliverables
from estimators.reading.paths import safe_relative_path


def parsed(text, workspace=None):
    """Path and action of each deliverable in a text."""
    return [(one.path, one.action) for one in parse_deliverable(text, workspace).deliverables]


def only(text, workspace=None):
    (deliverable,) = parse_deliverable(text, workspace).deliverables
    return deliverable


def created(path, note, text):
    return Deliverable(path, "create", 0, note=note, text=text)


def modified(path, note, text):
    return Deliverable(path, "modify", note=note, text=text)


RUN_SPEC = [
    created(
        "src/autopack/token_estimator.py",
        "new module with estimate_output_tokens",
        "src/autopack/token_estimator.py (new module with estimate_output_tokens)",
    ),
    modified(
        "src/autopack/anthropic_clients.py",
        "modifications (integrate estimator at line 160)",
        "src/autopack/anthropic_clients.py modifications (integrate estimator at line 160)",
    ),
    modified(
        "src/autopack/manifest_generator.py",
        "modifications (call estimator in _enhance_phase)",
        "src/autopack/manifest_generator.py modifications (call estimator in _enhance_phase)",
    ),
    Deliverable(
        "tests/test_token_estimator.py",
        note="15 tests covering all deliverable types",
        counts=(("tests", 15),),
        text="tests/test_token_estimator.py (15 tests covering all deliverable types)",
    ),
    Deliverable(
        "docs/BUILD-129_PHASE1_OUTPUT_SIZE_PREDICTOR.md",
        text="docs/BUILD-129_PHASE1_OUTPUT_SIZE_PREDICTOR.md",
    ),
    created(
        "src/autopack/continuation_handler.py",
        "new module with handle_truncation_with_continuation",
        "src/autopack/continuation_handler.py "
        "(new module with handle_truncation_with_continuation)",
    ),
    modified(
        "src/autopack/autonomous_executor.py",
        "modifications (integrate continuation at line 3800)",
        "src/autopack/autonomous_executor.py modifications (integrate continuation at line 3800)",
    ),
    modified(
        "src/autopack/anthropic_clients.py",
        "modifications (add continuation prompt support)",
        "src/autopack/anthropic_clients.py modifications (add continuation prompt support)",
    ),
    Deliverable(
        "tests/test_continuation_recovery.py",
        note="12 tests for diff and JSON continuation",
        counts=(("tests", 12),),
        text="tests/test_continuation_recovery.py (12 tests for diff and JSON continuation)",
    ),
    Deliverable(
        "docs/BUILD-129_PHASE2_CONTINUATION_RECOVERY.md",
        text="docs/BUILD-129_PHASE2_CONTINUATION_RECOVERY.md",
    ),
    created(
        "src/autopack/ndjson_handler.py",
        "new module with parse_ndjson_structured_edit",
        "src/autopack/ndjson_handler.py (new module with parse_ndjson_structured_edit)",
    ),
    modified(
        "src/autopack/anthropic_clients.py",
        "modifications (add NDJSON format selection)",
        "src/autopack/anthropic_clients.py modifications (add NDJSON format selection)",
    ),
    modified(
        "src/autopack/apply_handler.py",
        "modifications (NDJSON operation applier)",
        "src/autopack/apply_handler.py modifications (NDJSON operation applier)",
    ),
    modified(
        "src/autopack/autonomous_executor.py",
        "modifications (select NDJSON for multi-file)",
        "src/autopack/autonomous_executor.py modifications (select NDJSON for multi-file)",
    ),
    Deliverable(
        "tests/test_ndjson_structured_edit.py",
        note="20 tests including truncation",
        counts=(("tests", 20),),
        text="tests/test_ndjson_structured_edit.py (20 tests including truncation)",
    ),
    Deliverable(
        "docs/BUILD-129_PHASE3_NDJSON_FORMAT.md", text="docs/BUILD-129_PHASE3_NDJSON_FORMAT.md"
    ),
]


@pytest.mark.parametrize("expected", RUN_SPEC, ids=lambda one: one.text[:40])
def test_every_entry_of_the_example_run_is_read_exactly(expected):
    found = parse_deliverable(expected.text)
    assert found.deliverables == (expected,)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("src/a.py", [("src/a.py", None)]),
        ("Create src/a.py", [("src/a.py", "create")]),
        ("delete src/a.py", [("src/a.py", "delete")]),
        ("`src/a.py`: adds x", [("src/a.py", None)]),
        ("src/address_book.py", [("src/address_book.py", None)]),
        ("Upgrade to v2.0 in src/a.py", [("src/a.py", "modify")]),
        ("Update src/a.py to add caching", [("src/a.py", "modify")]),
        ("New file: src/a.py", [("src/a.py", "create")]),
        ("add tests to tests/test_a.py", [("tests/test_a.py", None)]),
        ("src/a.py (modified)", [("src/a.py", "modify")]),
        ("src/a.py [NEW]", [("src/a.py", "create")]),
        ("src/a.py (delete)", [("src/a.py", "delete")]),
        ("remove src/a.py", [("src/a.py", "delete")]),
        ("- src/a.py", [("src/a.py", None)]),
        ("* src/a.py", [("src/a.py", None)]),
        ("1. src/a.py", [("src/a.py", None)]),
        ("- [ ] src/a.py", [("src/a.py", None)]),
        ("src/a.py - adds x", [("src/a.py", None)]),
        ("src/a.py — adds x", [("src/a.py", None)]),
        ("src/a.py:120", [("src/a.py", None)]),
        ("src/a.py:10-20", [("src/a.py", None)]),
        ("Makefile", [("Makefile", None)]),
        ("Dockerfile", [("Dockerfile", None)]),
        ("LICENSE", [("LICENSE", None)]),
        ("README", [("README", None)]),
        (".gitignore", [(".gitignore", None)]),
        (".github/workflows/x.yml", [(".github/workflows/x.yml", None)]),
        ("app/[id]/page.tsx", [("app/[id]/page.tsx", None)]),
        ("app/(group)/page.tsx", [("app/(group)/page.tsx", None)]),
        ("pages/[...slug].tsx", [("pages/[...slug].tsx", None)]),
        ("src/a.py and src/b.py", [("src/a.py", None), ("src/b.py", None)]),
        ("src/a.py, src/b.py", [("src/a.py", None), ("src/b.py", None)]),
        ("src/a.py\nsrc/b.py", [("src/a.py", None), ("src/b.py", None)]),
        ("@scope/pkg/src/x.ts", [("@scope/pkg/src/x.ts", None)]),
        ("c++/a.cpp", [("c++/a.cpp", None)]),
        ("src/日本語.py", [("src/日本語.py", None)]),
        ('"src/my file.py" (new)', [("src/my file.py", "create")]),
        ("`src/my file.py`: adds x", [("src/my file.py", None)]),
        ("./src/a.py", [("src/a.py", None)]),
        ("src//a.py", [("src/a.py", None)]),
        ("src\\a.py", [("src/a.py", None)]),
        ("create `bin/run`", [("bin/run", "create")]),
    ],
)
def test_the_ways_people_write_a_deliverable(text, found):
    assert parsed(text) == found


@pytest.mark.parametrize(
    "text", ["src/a.py -> src/b.py", "src/a.py => src/b.py", "rename src/a.py to src/b.py"]
)
def test_a_rename_has_both_paths(text):
    assert only(text) == Deliverable(
        "src/a.py", "rename", new_path="src/b.py", note=text.split("src")[0].strip(), text=text
    )


@pytest.mark.parametrize(
    "text",
    [
        "see https://x.y/z.html",
        "v2.0",
        "3.11",
        "e.g.",
        "i.e.",
        "Node.js",
        "Comprehensive documentation",
        "Improve client/server communication",
        "CI/CD",
        "add tests",
    ],
)
def test_prose_is_kept_as_prose(text):
    deliverable = only(text)
    assert (deliverable.path, deliverable.action, deliverable.text) == (None, None, text)
    assert deliverable.note


def test_amounts_in_prose_are_counted():
    assert only("15 tests for the parser").counts == (("tests", 15),)


@pytest.mark.parametrize("text", ["", "  ", "\n", "-", "- ", "..."])
def test_an_empty_entry_is_left_out_with_a_warning(text):
    found = parse_deliverable(text)
    assert found.deliverables == ()
    assert found.warnings == ("an empty deliverable is left out",)


@pytest.mark.parametrize(
    "text",
    [
        "/etc/passwd",
        "delete /etc/hosts.conf",
        "../x.py",
        "src/../../x.py",
        "C:\\x\\y.py",
        "\\\\server\\share\\x.py",
        "~/x.py",
        "src/a\0.py",
        "src/a.py -> ../b.py",
        "src/a.py, /etc/passwd",
        "`/etc/passwd`",
    ],
)
def test_a_path_outside_the_workspace_is_refused(text):
    with pytest.raises(DeliverableError):
        parse_deliverable(text)


@pytest.mark.parametrize(
    "text",
    ["Add GET /api/users to src/a.py", "src/a.py (reads /etc/hosts)", "Use ../x.py in src/a.py"],
)
def test_a_path_that_is_only_referred_to_may_lie_anywhere(text):
    assert [path for path, _ in parsed(text)] == ["src/a.py"]


def test_the_workspace_decides_what_words_leave_open(workspace_of):
    workspace = workspace_of("src/a.py", "src/my file.py")
    assert parsed("src/a.py (integrate estimator)", workspace) == [("src/a.py", "modify")]
    assert parsed("add tests to src/b.py", workspace) == [("src/b.py", "create")]
    assert parsed("src/my file.py (new)", workspace) == [("src/my file.py", "create")]


def test_a_file_to_be_modified_that_is_absent_has_an_unknown_size(workspace_of):
    assert only("Update src/a.py", workspace_of()).existing_tokens is None
    assert only("Create src/a.py", workspace_of()).existing_tokens == 0
    assert only("Update src/a.py", workspace_of("src/a.py")).existing_tokens == 100


def test_a_directory_is_expanded_where_there_is_a_workspace(workspace_of):
    workspace = workspace_of("src/ui/a.py", "src/ui/b.py")
    assert parsed("Update all files in src/ui/", workspace) == [
        ("src/ui/a.py", "modify"),
        ("src/ui/b.py", "modify"),
    ]
    found = parse_deliverable("Update all files in src/ui/")
    assert [one.many for one in found.deliverables] == [True]
    assert len(found.warnings) == 1


def test_a_list_in_one_entry_is_read_item_by_item_under_its_heading():
    text = "New files:\n- src/a.py\n- src/b.py - 3 tests\n"
    found = parse_deliverable(text).deliverables
    assert [(one.path, one.action, one.counts) for one in found] == [
        ("src/a.py", "create", ()),
        ("src/b.py", "create", (("tests", 3),)),
    ]
    assert {one.text for one in found} == {text}


def test_the_items_below_a_path_are_its_notes():
    found = parse_deliverable("src/a.py:\n- adds x from src/b.py\n- 3 tests")
    assert [(one.path, one.counts) for one in found.deliverables] == [("src/a.py", (("tests", 3),))]
    assert found.warnings == ()


def test_a_list_of_prose_is_one_deliverable():
    assert only("Make it better:\n- fast\n- robust").path is None


def test_an_unquoted_space_between_two_paths_is_pointed_out():
    found = parse_deliverable("src/my file.py")
    assert len(found.deliverables) == 2
    assert "backticks" in found.warnings[0]


def test_entries_keep_their_order_and_duplicates_are_merged():
    found = parse_deliverables(
        ["b.py", "a.py (15 tests)", "prose", "delete b.py", "a.py (15 tests)"]
    )
    assert [(one.path, one.action) for one in found.deliverables] == [
        ("b.py", "delete"),
        ("a.py", None),
        (None, None),
    ]
    assert found.deliverables[1].counts == (("tests", 15),)
    assert [warning.split()[0] for warning in found.warnings] == ["b.py", "a.py"]


def test_thousands_of_entries_are_normal():
    found = parse_deliverables(f"src/m{number}.py ({number} tests)" for number in range(2, 2002))
    assert len(found.deliverables) == 2000
    assert found.warnings == ()


ODD = "ab.-+@#()[]{}<>$%&'\",;:=!^~ é日ß💡*?|_1"
ODD_NAME = st.text(alphabet=ODD, min_size=1, max_size=12).map(str.strip).filter(bool)


@given(st.lists(ODD_NAME, min_size=1, max_size=4).map("/".join))
def test_any_legal_path_in_backticks_comes_back_as_it_was(path):
    assume(not path.startswith("~") and path[1:2] != ":")
    assume(not {".", ".."} & set(path.split("/")))
    # A number behind a colon is a line, and what follows a file's name is a place in it.
    assume(":" not in path and "#" not in path)
    assert only(f"`{path}`").path == path


PLAIN_NAME = st.from_regex(r"[a-z_][a-z0-9_+-]{0,8}", fullmatch=True)
PLAIN_PATH = st.tuples(st.lists(PLAIN_NAME, max_size=3), PLAIN_NAME).map(
    lambda parts: "/".join([*parts[0], f"{parts[1]}.py"])
)
TEMPLATES = [
    ("{}", None),
    ("`{}`", None),
    ("{}: adds x", None),
    ("Update {} to add caching", "modify"),
    ("create {}", "create"),
    ("{} (new module)", "create"),
    ("{} (call it)", None),
    ("{}:12 - remove", "delete"),
    ("Remove dead code from {}.", "modify"),
    ("({})", None),
    ("**{}** modifications", "modify"),
]
ACTION_NAME = st.sampled_from(
    ["add", "new", "create", "delete", "remove", "update", "move", "rename"]
)


@given(PLAIN_PATH, st.sampled_from(TEMPLATES))
def test_any_plain_path_is_found_in_any_template(path, template):
    pattern, action = template
    assert parsed(pattern.format(path)) == [(path, action)]


@given(st.lists(ACTION_NAME, min_size=1, max_size=4), st.sampled_from(TEMPLATES))
def test_action_words_inside_a_path_never_matter(names, template):
    pattern, action = template
    path = "/".join(names) + ".py"
    assert parsed(pattern.format(path)) == [(path, action)]


FRAGMENTS = st.sampled_from(
    [
        *"src/a.py a.py src/ /etc/x ../b C:\\x ~/y \0 \ud800 https://x.y [a](b) é \\".split(" "),
        *"` `` ' \" ( ) [ ] { } , ; : . - — -> → * ** ? # |".split(),
        *"and to from in create Update delete move new 15 tests line 160 1.".split(),
        "\n- ",
    ]
)


@given(st.one_of(st.text(), st.lists(FRAGMENTS).map(" ".join), st.lists(FRAGMENTS).map("".join)))
def test_any_text_is_read_or_refused(text):
    try:
        found = parse_deliverable(text)
    except DeliverableError:
        return
    assert found.deliverables or found.warnings
    for one in found.deliverables:
        assert one.text == text
        assert one.path or one.note
        assert one.path is None or safe_relative_path(one.path) == one.path
        assert one.new_path is None or (one.action == "rename" and one.path)


@given(st.lists(FRAGMENTS, max_size=12).map(" ".join))
def test_any_text_is_read_or_refused_with_a_workspace_too(text):
    class Everything:
        def exists(self, path):
            return path.endswith(".py")

        def is_directory(self, path):
            return "." not in path

        def expand(self, pattern):
            return [f"{pattern}/x.py"]

        def tokens(self, path):
            return 1

    try:
        found = parse_deliverable(text, Everything())
    except DeliverableError:
        return
    assert all(one.action for one in found.deliverables if one.path and not one.many)


PIECES = ["a/", "(", "[", "`", "'", '"', "*", "-", ".", "{,", "…", "a ", "and ", "1 tests "]
PIECES_WITH_PATHS = ["a.py ", "a.py, ", "a.py (", "a.py(b)", "a.py: x, ", "- a.py\n", "x foo/bar "]


@pytest.mark.parametrize("piece", [*PIECES, *PIECES_WITH_PATHS, "for a.py use b.py "])
def test_kilobytes_of_anything_come_to_an_end(piece):
    found = parse_deliverable(piece * (25_000 // len(piece)))
    assert found.deliverables or found.warnings


def test_a_hundred_kilobytes_of_backslashes_are_refused():
    with pytest.raises(DeliverableError, match="absolute"):
        parse_deliverable("\\" * 100_000 + " a.py")
