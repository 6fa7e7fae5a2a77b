from __future__ import annotations

from ndjson.errors import Conflict
from ndjson.file_state import FileState, content_hash
from ndjson.operations import Create, Delete
from ndjson.results import Applied, Change, Outcome, Preview, Result, Status

CREATE = Create(path="a", content="x\n")
DELETE = Delete(path="b")
FINE = Result(1, CREATE, Outcome.APPLIED, notes=("a note",))
FAILED = Result(2, DELETE, Outcome.FAILED, "why", error=Conflict("b", "why"))
CHANGES = (
    Change("a", None, FileState(b"x\n")),
    Change("b", FileState(b"x\n"), None),
    Change("c", FileState(b"x\n"), FileState(b"y\n")),
)


def test_a_result_reads_as_one_line_with_its_notes_below() -> None:
    assert str(FINE) == "1. create a: applied\n   note: a note"
    assert str(FAILED) == "2. delete b: failed: why"


def test_the_summary_of_a_success_names_the_files() -> None:
    assert Applied((FINE,), CHANGES, Status.APPLIED).summary == (
        "applied: 1 operation (1 applied)\n  creates a\n  deletes b\n  changes c\n"
        "1. create a: applied\n   note: a note"
    )


def test_the_summary_of_a_failure_gives_the_reasons() -> None:
    summary = Applied((FAILED,), (), Status.FAILED).summary
    assert summary.startswith("failed, nothing was written: 1 operation (1 failed)")
    assert summary.endswith("2. delete b: failed: why")


def test_a_preview_is_told_apart_from_an_apply() -> None:
    assert Preview((FINE,), CHANGES).summary.startswith("can be applied")
    assert Preview((FAILED,), ()).summary.startswith("cannot be applied")
    assert Preview((), ()).summary == "can be applied: no operations"


def test_the_diff_is_that_of_all_changes() -> None:
    assert Preview((FINE,), CHANGES).diff == "".join(change.diff for change in CHANGES)


def test_a_missing_file_has_no_hash() -> None:
    assert content_hash(None) is None
    assert content_hash(FileState(b"")) == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
