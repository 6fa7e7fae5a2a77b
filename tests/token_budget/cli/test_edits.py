from __future__ import annotations

import json

import jsonschema
import pytest

from ndjson import Create, Delete, Done, Meta, Modify, Rename, Replace, encode
from tests.token_budget.cli.command_line import PROGRAM, ROOT, call, start

SCHEMA = json.loads((ROOT / "docs" / "edits.schema.json").read_text(encoding="utf-8"))

META, DONE = Meta(summary="Say hello.", operations=2), Done(operations=2)
CREATE = Create(path="src/new.py", content="print('hello')\n")
MODIFY = Modify(path="app.py", edits=(Replace(old="limit = 1", new="limit = 2"),))
ANSWER = encode([META, CREATE, MODIFY, DONE])


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "app.py").write_text("import os\nlimit = 1\n", encoding="utf-8")
    return folder


@pytest.fixture
def run(tmp_path):
    return lambda *arguments, stdin=b"": call("edits", *arguments, cwd=tmp_path, stdin=stdin)


@pytest.fixture
def report(run):
    """A function that runs a command with --json: the exit code and the object."""

    def command(*arguments, stdin=b""):
        done = run(*arguments, "--json", stdin=stdin)
        assert done.stderr == ""
        found = json.loads(done.stdout)
        jsonschema.validate(found, SCHEMA)
        assert done.returncode == (0 if found["ok"] else 1)
        return done.returncode, found

    return command


def tree(folder):
    """The files below a folder, without the library's own state."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and ".token-budget" not in path.parts
    }


def results(found):
    return [(one["line"], one["type"], one["path"], one["result"]) for one in found["operations"]]


def refused(done, *texts):
    assert done.returncode == 2
    assert done.stdout == ""
    message = done.stderr
    assert "Traceback" not in message
    for text in texts:
        assert text in message


def test_check_lists_the_operations_of_a_whole_answer(report):
    code, found = report("check", "-", stdin=ANSWER)
    assert code == 0
    assert (found["status"], found["summary"]) == ("valid", "Say hello.")
    assert results(found) == [
        (2, "create", "src/new.py", "valid"),
        (3, "modify", "app.py", "valid"),
    ]


def test_a_file_is_read_like_standard_input(report, tmp_path):
    (tmp_path / "answer.ndjson").write_text(ANSWER, encoding="utf-8")
    assert report("check", "answer.ndjson") == report("check", "-", stdin=ANSWER)


def test_an_answer_of_many_chunks_is_read_whole(report):
    many = [Create(path=f"{number}.txt", content="é" * 10_000) for number in range(20)]
    _, found = report("check", "-", stdin=encode([*many, Done()]))
    assert [one["path"] for one in found["operations"]] == [one.path for one in many]


def test_a_rejected_line_is_named_with_its_reason(report, run):
    answer = encode([META, CREATE]) + '{"type":"create","path":"b.py"}\n' + encode([DONE])
    code, found = report("check", "-", stdin=answer)
    assert code == 1
    [rejected] = found["rejected"]
    assert rejected["line"] == 3
    assert "content" in rejected["reason"]
    printed = run("check", "-", stdin=answer).stdout
    assert "rejected: line 3" in printed
    assert "failed: rejected: 1" in printed


def test_an_answer_that_is_cut_off_shows_what_is_left_of_its_last_file(report, run):
    long = Create(path="long.py", content="first = 1\nsecond = 2\nthird = 3\n")
    answer = encode([META, CREATE, long])[:-10]
    code, found = report("check", "-", stdin=answer)
    assert code == 1
    assert found["unfinished"] == {
        "line": 3,
        "type": "create",
        "path": "long.py",
        "kept_lines": 2,
        "last_line": "second = 2",
    }
    assert "no done" in found["cut"]
    printed = run("check", "-", stdin=answer).stdout
    assert "unfinished: line 3, create long.py; 2 whole lines" in printed


def test_notes_and_warnings_are_told_and_change_no_exit_code(report, run):
    answer = f"Here it is:\n```json\n{encode([META, CREATE, DONE])}```\n"
    code, found = report("check", "-", stdin=answer)
    assert code == 0
    assert {one["kind"] for one in found["notes"]} == {"prose", "fence"}
    assert found["warnings"]
    printed = run("check", "-", stdin=answer).stdout
    assert "warning: meta says 2 operations; 1 were read" in printed
    assert "note: line 1: prose: Here it is:" in printed


def test_an_empty_answer_is_a_failure(report):
    code, found = report("check", "-")
    assert (code, found["operations"], found["status"]) == (1, [], "failed")


def test_an_answer_beyond_a_limit_is_a_failure_that_names_it(report):
    code, found = report("check", "-", stdin=encode([CREATE]) + "{}\n" * 100_000)
    assert code == 1
    assert any("the limit of objects is 100,000" in one for one in found["problems"])
    assert len(found["operations"]) == 1
    assert found["rejected_count"] > len(found["rejected"])


def test_preview_shows_the_diff_and_touches_nothing(report, run, root):
    before = tree(root)
    code, found = report("preview", "-", "--root", root, stdin=ANSWER)
    assert (code, found["status"]) == (0, "can be applied")
    assert [one["result"] for one in found["operations"]] == ["would be applied"] * 2
    assert found["files"] == [
        {"path": "app.py", "change": "modify"},
        {"path": "src/new.py", "change": "create"},
    ]
    assert "-limit = 1\n+limit = 2\n" in found["diff"]
    printed = run("preview", "-", "--root", root, stdin=ANSWER).stdout
    assert "\n+limit = 2\n" in printed
    assert tree(root) == before
    assert not (root / ".token-budget").exists()


def test_apply_writes_every_file(report, root):
    code, found = report("apply", "-", "--root", root, stdin=ANSWER)
    assert (code, found["status"], found["diff"]) == (0, "applied", None)
    assert [one["result"] for one in found["operations"]] == ["applied"] * 2
    assert tree(root) == {"app.py": "import os\nlimit = 2\n", "src/new.py": CREATE.content}


def test_a_rename_shows_both_paths(report, run, root):
    answer = encode([Rename(path="app.py", to="main.py"), Done()])
    _, found = report("preview", "-", "--root", root, stdin=answer)
    assert found["operations"][0]["to"] == "main.py"
    assert {one["change"] for one in found["files"]} == {"create", "delete"}
    assert "app.py -> main.py" in run("check", "-", stdin=answer).stdout


def test_an_answer_that_was_applied_is_not_applied_twice(report, root):
    report("apply", "-", "--root", root, stdin=ANSWER)
    code, found = report("apply", "-", "--root", root, stdin=ANSWER)
    assert (code, found["status"]) == (0, "already applied")
    assert [one["result"] for one in found["operations"]] == ["no-op"] * 2


def test_an_answer_without_operations_has_nothing_to_do(report, root):
    for command in ("preview", "apply"):
        code, found = report(command, "-", "--root", root, stdin=encode([META, DONE]))
        assert (code, found["status"]) == (0, "nothing to do")


FAILING = {
    "an operation fails": encode([CREATE, Delete(path="none.py"), DONE]),
    "a line is rejected": encode([CREATE]) + '{"type":"explode"}\n' + encode([DONE]),
    "the answer is cut off": encode([CREATE, MODIFY]),
    "an object is unfinished": encode([CREATE, MODIFY])[:-5],
    "a path leads outside": encode([CREATE, Create(path="../escape.txt", content=""), DONE]),
}


@pytest.mark.parametrize("answer", FAILING.values(), ids=FAILING)
@pytest.mark.parametrize("command", ["preview", "apply"])
def test_what_is_not_wholly_right_is_not_written_at_all(report, run, root, command, answer):
    before = tree(root)
    code, found = report(command, "-", "--root", root, stdin=answer)
    assert (code, found["status"]) == (1, "failed")
    assert "applied" not in {one["result"] for one in found["operations"]}
    assert found["operations"][0]["result"] == "held back"
    assert found["problems"]
    printed = run("apply", "-", "--root", root, stdin=answer)
    assert printed.returncode == 1
    assert "failed, nothing was written" in printed.stdout
    assert tree(root) == before
    assert not (root.parent / "escape.txt").exists()


def test_a_failure_says_why_and_what_is_closest(report, run, root):
    wrong = Modify(path="app.py", edits=(Replace(old="limit  = 1", new="limit = 2"),))
    answer = encode([wrong, Done()])
    _, found = report("apply", "-", "--root", root, stdin=answer)
    assert "the closest is" in found["operations"][0]["reason"]
    printed = run("apply", "-", "--root", root, stdin=answer).stdout
    assert "failed: line 1, modify app.py" in printed
    assert '+"limit = 1"' in printed


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (["--protected", "app.*", "--protected", "other"], "it is protected by 'app.*'"),
        (["--allowed", "docs/", "--allowed", "src/"], "only these paths may be changed"),
    ],
)
def test_paths_that_are_kept_from_the_answer_are_refused_with_the_rule(report, root, options, rule):
    for command in ("preview", "apply"):
        _, found = report(command, "-", "--root", root, *options, stdin=ANSWER)
        assert [one["result"] for one in found["operations"]] == ["held back", "failed"]
        assert rule in found["operations"][1]["reason"]


def test_a_looser_match_is_used_when_asked_for_and_reported(report, run, root):
    (root / "app.py").write_text("first = 0  \nlimit = 1  \n", encoding="utf-8")
    edit = Replace(old="first = 0\nlimit = 1\n", new="first = 1\nlimit = 1\n")
    answer = encode([Modify(path="app.py", edits=(edit,)), Done()])
    assert report("preview", "-", "--root", root, stdin=answer)[0] == 1
    loose = ("-", "--root", root, "--matching", "trailing")
    code, found = report("preview", *loose, stdin=answer)
    assert code == 0
    assert "ignoring white space" in found["operations"][0]["notes"][0]
    assert "note: line 1, modify app.py" in run("apply", *loose, stdin=answer).stdout


def test_an_interrupted_apply_that_cannot_be_settled_is_a_failure(report, root):
    report("apply", "-", "--root", root, stdin=ANSWER)
    (root / ".token-budget" / "edits" / "journal").write_text("no journal", encoding="utf-8")
    code, found = report("apply", "-", "--root", root, stdin=encode([CREATE, DONE]))
    assert code == 1
    assert "journal" in found["problems"][0]


@pytest.mark.parametrize("command", ["check", "preview", "apply"])
def test_a_file_that_cannot_be_read_is_bad_input(run, root, command):
    options = [] if command == "check" else ["--root", root]
    refused(run(command, "none", *options), "argument FILE none", "No such file")
    refused(run(command, root, *options), "Is a directory")


@pytest.mark.parametrize(
    "arguments",
    [
        ["preview", "-"],
        ["apply", "-", "--root", "none"],
        ["apply", "-", "--root", "root/app.py"],
        ["apply", "-", "--root", "root", "--matching", "fuzzy"],
    ],
)
def test_wrong_usage_is_a_message(run, root, arguments):
    refused(run(*arguments, stdin=ANSWER))


def test_a_pattern_that_is_none_is_wrong_usage(run, root):
    done = run("apply", "-", "--root", root, "--protected", "[z-a]", stdin=ANSWER)
    refused(done, "[z-a]", "--protected")
    assert tree(root) == {"app.py": "import os\nlimit = 1\n"}


def test_a_foreign_package_of_the_name_is_refused_before_it_is_used(run, root, tmp_path):
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "ndjson.py").write_text("def loads(text): ...\n", encoding="utf-8")
    program = f"import sys; sys.path.insert(0, {str(tmp_path / 'foreign')!r}); {PROGRAM}"
    for command in (["check", "-"], ["apply", "-", "--root", root]):
        done = start("edits", *command, cwd=tmp_path, stdin=ANSWER, program=program)
        refused(done, "pip uninstall ndjson")


def test_control_characters_of_an_answer_do_not_reach_the_terminal(run, root):
    content = "\x1b[2Jcleared\n\x9b31m\u202e\n"
    answer = encode(
        [Create(path="a\x1b[31m.txt", content=content), Create(path="b", content=content), DONE]
    )
    for command in (["check", "-"], ["preview", "-", "--root", root]):
        printed = run(*command, stdin=answer).stdout
        assert not set("\x1b\x9b\u202e") & set(printed)
        assert "\\x1b[31m.txt" in printed
    shown = run(
        "preview", "-", "--root", root, stdin=encode([Create(path="b", content=content), DONE])
    )
    assert "+\\x1b[2Jcleared\n+\\x9b31m\\u202e\n" in shown.stdout


def test_an_answer_cannot_write_lines_of_ours(run):
    answer = encode([Create(path="a\nvalid; operations: 9", content=""), DONE])
    answer += '{"type":"delete","path":"a","\\nvalid; operations: 9":1}\n'
    answer += '{"type":"x",\n"path": "valid"}\n'
    printed = run("check", "-", stdin=answer).stdout.splitlines()
    assert not [line for line in printed if line.startswith(("valid", '"path"'))]


def test_long_paths_and_long_lists_are_shortened_for_people(report, run):
    long = encode([Create(path="x" * 5_000, content=""), DONE])
    assert len(run("check", "-", stdin=long).stdout) < 1_000
    answer = "{}\n" * 50 + "prose\n" * 50 + encode([DONE])
    printed = run("check", "-", stdin=answer).stdout
    assert "rejected: 30 more" in printed
    assert "note: 30 more" in printed
    _, found = report("check", "-", stdin=answer)
    assert (len(found["rejected"]), len(found["notes"])) == (50, 50)


def test_names_with_brackets_are_printed_as_they_are(run):
    answer = encode([Create(path="app/[bold]id/page.tsx", content=""), DONE])
    assert "app/[bold]id/page.tsx" in run("check", "-", stdin=answer).stdout
