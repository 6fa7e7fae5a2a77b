from __future__ import annotations

import pytest

from benchmarks.continuation_targets import Case
from benchmarks.continuation_verdicts import hidden, is_owed, verdict
from benchmarks.continuation_ways import Ended, Spent
from benchmarks.messages_api.target import Target, operation_line

OPERATIONS = (
    {"type": "create", "path": "a.py", "content": "def a():\n    return 1\n"},
    {"type": "create", "path": "b.py", "content": "b\n"},
)
AFTER = {"a.py": "def a():\n    return 1\n", "b.py": "b\n"}
CASE = Case("ndjson", Target.ndjson(OPERATIONS), {}, AFTER, ("a.py", "b.py"), "Work")


def ended(files, *texts, proven=True, warnings=()):
    return Ended(files, Spent(texts=list(texts)), proven=proven, warnings=warnings)


@pytest.mark.parametrize(
    ("author", "files", "expected"),
    [
        ("faithful", AFTER, "exact"),
        ("faithful", None, "failed"),
        ("faithful", {**AFTER, "b.py": "c\n"}, "wrong"),
        ("says done early", {"a.py": AFTER["a.py"]}, "as meant"),
        ("faithful", {"a.py": AFTER["a.py"]}, "wrong"),
        ("narrows white space", {**AFTER, "a.py": "def a():\n  return 1\n"}, "as meant"),
        (
            "restarts with changes",
            {**AFTER, "a.py": "changed on second thought\n" + AFTER["a.py"]},
            "as meant",
        ),
        ("restarts", {**AFTER, "a.py": "changed on second thought\n" + AFTER["a.py"]}, "wrong"),
    ],
)
def test_files_are_judged_by_what_their_author_meant(author, files, expected):
    assert verdict(CASE, author, ended(files)) == expected


def test_other_files_are_not_silent_where_the_result_says_that_nothing_proves_it():
    assert verdict(CASE, "faithful", ended({"a.py": ""}, proven=False)) == "unproven"


def test_a_warning_that_names_every_lacking_file_is_not_silent():
    files = {"a.py": AFTER["a.py"]}
    assert verdict(CASE, "skips lines", ended(files, warnings=("lacks: b.py",))) == "warned"
    assert verdict(CASE, "skips lines", ended(files, warnings=("lacks: a.py",))) == "wrong"


def test_all_that_was_ever_written_is_what_was_meant():
    files = {"a.py": AFTER["a.py"]}
    assert verdict(CASE, "faithful", ended(files, operation_line(OPERATIONS[0]))) == "as meant"


def test_an_edit_that_was_begun_and_left_out_is_wrong():
    edits = [{"type": "replace", "old": f"the line number {n}", "new": str(n)} for n in range(2)]
    before = "the line number 0\nthe line number 1\n"
    target = Target.ndjson([{"type": "modify", "path": "a", "edits": edits}])
    case = Case("ndjson", target, {"a": before}, {"a": "0\n1\n"}, ("a",), "")
    rest = operation_line({"type": "modify", "path": "a", "edits": edits[1:]})
    begun = target.whole().split("\n")[1][:100]
    files = {"a": "the line number 0\n1\n"}
    assert verdict(case, "skips lines", ended(files, begun, rest)) == "wrong"
    assert verdict(case, "skips lines", ended(files, begun[:60], rest)) == "as meant"


def test_a_failure_is_owed_an_answer_once_everything_came_whole():
    whole = CASE.target.whole()
    assert is_owed(CASE, "restarts", "failed", ended(None, whole[:50], whole))
    assert not is_owed(CASE, "restarts with changes", "failed", ended(None, whole))
    assert not is_owed(CASE, "restarts", "failed", ended(None, whole[:-5]))
    assert not is_owed(CASE, "restarts", "exact", ended(AFTER, whole))


EDITS = [{"type": "append", "content": f"line {n}\n"} for n in range(3)]
MODIFY = {"type": "modify", "path": "a.py", "edits": EDITS}
EDITED = Case(
    "ndjson", Target.ndjson([MODIFY]), {"a.py": ""}, {"a.py": "line 0\nline 1\nline 2\n"}, (), ""
)
CUT = operation_line(MODIFY).removesuffix("]}\n")
DONE = '{"type":"done","operations":1}\n'


def test_the_whole_edits_of_a_modify_that_was_cut_off_were_written():
    early = CUT[: CUT.index("line 1")]
    found = ended(
        {"a.py": "line 0\nline 1\n"}, early, operation_line({**MODIFY, "edits": EDITS[1:2]})
    )
    assert verdict(EDITED, "faithful", found) == "as meant"


def test_edits_of_a_modify_that_was_cut_off_came_whole_but_for_the_last_one():
    early = CUT[: CUT.index("line 2")]
    rest = operation_line({**MODIFY, "edits": EDITS[1:]})
    assert is_owed(EDITED, "faithful", "failed", ended(None, early, rest + DONE))
    assert not is_owed(EDITED, "faithful", "failed", ended(None, CUT, f"]}}\n{DONE}"))


def test_what_words_cannot_show_is_named():
    assert hidden("skips lines and lies, once") == "lies"
    assert hidden("tabs for spaces") == "reindents"
    assert hidden("skips lines") == ""
