from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ndjson.diffs import unified_diff

if TYPE_CHECKING:
    from pathlib import Path


def test_created_and_deleted_files_name_no_file() -> None:
    assert unified_diff("a", None, b"x\n").startswith("--- /dev/null\n+++ b/a\n@@")
    assert unified_diff("a", b"x\n", None).startswith("--- a/a\n+++ /dev/null\n@@")


def test_empty_files_have_a_header_only() -> None:
    assert unified_diff("a", None, b"") == "--- /dev/null\n+++ b/a\n"


def test_a_missing_final_line_end_is_said() -> None:
    assert "+b\n\\ No newline at end of file\n" in unified_diff("a", b"a\n", b"b")


def test_lines_end_at_line_feeds_alone() -> None:
    assert "-a\x0cb\u2028c\r\n" in unified_diff("a", "a\x0cb\u2028c\r\n".encode(), b"x\n")


def test_bytes_are_not_shown() -> None:
    assert unified_diff("a", b"\xff", b"x") == "Binary files a/a and b/a differ\n"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from("a b c".split())),
    st.lists(st.sampled_from("a b d".split())),
    st.booleans(),
)
def test_git_applies_the_diff(tmp_path: Path, old: list[str], new: list[str], ended: bool) -> None:
    before, after = "\n".join(old).encode(), "\n".join(new + [""] * ended).encode()
    (tmp_path / "f").write_bytes(before)
    diff = unified_diff("f", before, after)
    if before == after:
        return
    command = ["git", "apply", "--unidiff-zero", "-"]
    subprocess.run(command, input=diff.encode(), cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "f").read_bytes() == after
