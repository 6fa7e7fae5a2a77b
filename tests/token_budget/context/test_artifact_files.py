from __future__ import annotations

import hashlib
import json

import pytest

from token_budget.context.artifact_files import EARLIER_RUNS, read_artifacts, write_artifact
from token_budget.context.artifacts import Artifact
from token_budget.errors import ConfigError

SUMMARY = Artifact("BUILD_HISTORY.md", "aa", "It was built.")
RUN = "search-20251219-123543"
OLD_LAYOUT = f"{EARLIER_RUNS}/{RUN}"
NEW_LAYOUT = f"{EARLIER_RUNS}/shop/runs/search/{RUN}"
REPORTS = {
    "run_summary.md": f"# Run Summary: {RUN}\n\n## Status\n- **State:** DONE_SUCCESS\n",
    "tiers/tier_00_Foundation.md": "# Tier Summary: T1 - Foundation\n\n## Phases\n- **Total:** 2\n",
    "phases/phase_00_search-index.md": (
        "# Phase Summary: search-index - Index\n\n## Execution\n- wrote src/index.py\n"
    ),
    "diagnostics/diagnostic_summary.json": '{"ledger": ["first"], "commands": {"git": 0}}',
    "diagnostics/handoff_01.md": "What is left to do.\n",
}
"""What the agent platform leaves of a run: none of it says of which content it speaks."""


def put(workspace, files):
    for path, text in files.items():
        file = workspace / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def about(path, content, text):
    """A Markdown report about one content of one file."""
    return f"---\npath: {path}\nsha256: {hashlib.sha256(content).hexdigest()}\n---\n{text}\n"


def below(folder):
    return {f"{folder}/{path}": text for path, text in REPORTS.items()}


def test_what_is_written_is_read(tmp_path):
    write_artifact(tmp_path, "run-1", SUMMARY)
    assert read_artifacts(tmp_path, "run-1").artifacts == (SUMMARY,)
    assert read_artifacts(tmp_path, "run-2").artifacts == ()


@pytest.mark.parametrize("layout", [OLD_LAYOUT, NEW_LAYOUT])
def test_reports_that_name_a_file_and_its_content_are_found_in_either_layout(tmp_path, layout):
    content = b"# History\n"
    report = about("docs/BUILD_HISTORY.md", content, "# Phase Summary: docs\n\n- built")
    json_report = json.dumps({"path": "a.md", "sha256": "AB", "summary": "Short."})
    put(tmp_path, below(layout))
    put(tmp_path, {f"{layout}/phases/phase_01_docs.md": report})
    put(tmp_path, {f"{layout}/history_pack.json": json_report})
    found = read_artifacts(tmp_path, RUN)
    digest = hashlib.sha256(content).hexdigest()
    assert set(found.artifacts) == {
        Artifact("docs/BUILD_HISTORY.md", digest, "# Phase Summary: docs\n\n- built"),
        Artifact("a.md", "ab", "Short."),
    }
    assert found.folders == (layout,)


def test_a_run_that_is_its_own_family_has_one_folder(tmp_path):
    put(tmp_path, {f"{EARLIER_RUNS}/shop/runs/alone/run_summary.md": about("a", b"", "A.")})
    assert [one.summary for one in read_artifacts(tmp_path, "alone").artifacts] == ["A."]


def test_reports_that_do_not_say_what_they_are_about_are_counted_and_stand_for_nothing(tmp_path):
    put(tmp_path, below(OLD_LAYOUT))
    found = read_artifacts(tmp_path, RUN)
    assert found.artifacts == ()
    assert found.unaddressed == sum(path.endswith(".md") for path in REPORTS)


def test_only_the_reports_of_the_run_itself_are_read(tmp_path):
    for run in ("other", f"{RUN}-2", "phases"):
        put(tmp_path, {f"{EARLIER_RUNS}/{run}/run_summary.md": about("a", b"", "A.")})
    put(tmp_path, {f"{OLD_LAYOUT}/phases/{RUN}.md": about("b", b"", "B.")})
    assert [one.summary for one in read_artifacts(tmp_path, RUN).artifacts] == ["B."]
    assert read_artifacts(tmp_path, "search-index").artifacts == ()


def test_a_report_of_the_run_is_known_by_its_path(tmp_path):
    put(tmp_path, below(OLD_LAYOUT))
    found = read_artifacts(tmp_path, RUN)
    assert found.holds(f"{OLD_LAYOUT}/phases/phase_00_search-index.md")
    assert not found.holds(f"{OLD_LAYOUT}-2/run_summary.md")
    assert not found.holds("docs/run_summary.md")


@pytest.mark.parametrize(
    "front",
    ["path: a.md\n", "sha256: aa\n", "path:\nsha256: aa\n", "PATH: a.md\nsha256: aa\n", ""],
)
def test_markdown_without_both_fields_is_about_nothing(tmp_path, front):
    put(tmp_path, {f"{OLD_LAYOUT}/run_summary.md": f"---\n{front}---\nText.\n"})
    found = read_artifacts(tmp_path, RUN)
    assert (found.artifacts, found.unaddressed) == ((), 1)


def test_front_matter_may_be_quoted_and_end_its_lines_as_windows_does(tmp_path):
    file = tmp_path / OLD_LAYOUT / "history_pack.md"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"---\r\nauthor: me\r\npath: 'a.md'\r\nsha256: \"AB\"\r\n---\r\nText.\r\n")
    assert read_artifacts(tmp_path, RUN).artifacts == (Artifact("a.md", "ab", "Text."),)


@pytest.mark.parametrize("content", ["", "[1]", "{", '{"path": 1}', '{"path": "a"}', "[" * 10_000])
def test_what_is_no_summary_is_passed_over(tmp_path, content):
    folder = write_artifact(tmp_path, "run-1", SUMMARY).parent
    (folder / "0.json").write_text(content)
    (folder / "1.md").write_bytes(b"\xff\xfe\x00")
    assert read_artifacts(tmp_path, "run-1").artifacts == (SUMMARY,)


def test_links_out_of_a_run_are_not_followed(tmp_path):
    put(tmp_path, {"elsewhere/a.md": about("a.md", b"", "A.")})
    (tmp_path / EARLIER_RUNS).mkdir()
    (tmp_path / OLD_LAYOUT).symlink_to(tmp_path / "elsewhere")
    put(tmp_path, {f"{NEW_LAYOUT}/b.md": about("b.md", b"", "B.")})
    (tmp_path / NEW_LAYOUT / "c.md").symlink_to(tmp_path / "elsewhere" / "a.md")
    assert [one.summary for one in read_artifacts(tmp_path, RUN).artifacts] == ["B."]


@pytest.mark.parametrize("run_id", ["", ".", "..", "../other", "a/b", "a\\b", "a\nb"])
def test_the_id_of_a_run_names_one_folder(tmp_path, run_id):
    with pytest.raises(ConfigError):
        read_artifacts(tmp_path, run_id)


def test_the_id_of_a_run_is_no_pattern(tmp_path):
    put(tmp_path, below(OLD_LAYOUT))
    assert read_artifacts(tmp_path, "*").folders == ()
