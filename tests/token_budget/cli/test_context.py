from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.embedding_server import DIMENSION, EmbeddingServer, status
from tests.workspaces import MODULES, fill
from token_budget import BudgetPolicy
from token_budget.cli import main
from token_budget.cli.context import no_room
from token_budget.context.artifact_files import write_artifact
from token_budget.context.artifacts import Artifact
from token_budget.context.rendering import HEAD
from token_budget.spec import Phase

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs" / "context.schema.json").read_text(encoding="utf-8"))
PHASE = {
    "phase_id": "greet",
    "description": "Make greet_1_3 polite, and greet_2_4 too.",
    "deliverables": ["src/polite.py"],
}
HOSTILE = "src/\x1b[31mred\u202e\n2 files\x07.py"


@pytest.fixture
def workspace(make_repository):
    return fill(make_repository("workspace")).folder


@pytest.fixture
def spec(tmp_path):
    """A function that writes a run spec; the run has one phase unless told otherwise."""

    def write(*others, **fields):
        file = tmp_path / "phases.json"
        document = {"run_id": "run", "phases": [{**PHASE, **fields}, *others]}
        file.write_text(json.dumps(document), encoding="utf-8")
        return file

    return write


@pytest.fixture
def run(workspace, spec, monkeypatch, capsys):
    """A function that runs the command; it answers with what was printed."""

    def command(*arguments, code=0, of=None, where=workspace):
        words = ["token-budget", "context", of or spec(), "--workspace", where, *arguments]
        monkeypatch.setattr(sys, "argv", [str(one) for one in words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert (ended.value.code or 0) == code, printed.err
        assert "Traceback" not in printed.err
        return printed

    return command


@pytest.fixture
def report(run):
    """A function that runs the command and reads what it says in JSON."""

    def command(*arguments, **more):
        printed = run(*arguments, "--json", **more)
        found = json.loads(printed.out)
        jsonschema.validate(found, SCHEMA)
        assert printed.err == ""
        return found

    return command


@pytest.fixture
def words():
    started = EmbeddingServer()
    yield started
    started.close()


def named(server):
    return f"openai:words@{DIMENSION}={server.url}"


def paths(found):
    return {one["path"] for one in found["items"]}


def reasons(found):
    return {one["path"]: one["reason"] for one in found["left_out"]}


def test_what_the_plan_behind_it_warned_of_is_said(run, report):
    assert report()["warnings"] == []
    printed = run("--model", "nonesuch-9")
    assert "\nthe model nonesuch-9 is unknown: planned with a window" in printed.out


def test_the_table_says_what_is_in_as_what_how_large_and_why(run):
    lines = run("--budget", 3_000).out.splitlines()
    assert lines[0].split() == "file as cl100k tokens first reason lines".split()
    [row] = [line for line in lines if line.startswith("src/module_1.py")]
    assert "chunks" in row or "whole" in row
    [sums] = [line for line in lines if " of 3,000 tokens: " in line]
    assert f"; {MODULES + 1} files considered" in sums
    assert "mode: lexical: no embedder is configured" in lines


def test_explain_names_every_reason_and_what_was_left_out(run, workspace):
    (workspace / "uv.lock").write_text("locked\n")
    (workspace / "loop").symlink_to("loop")
    short, long = run("--budget", 3_000).out, run("--budget", 3_000, "--explain").out
    assert "2 " not in short.partition("left out before ranking: ")[2].splitlines()[0]
    assert "  uv.lock: lock file" not in short
    assert "  uv.lock: lock file" in long
    assert "  loop: symbolic link in a loop" in long
    assert "recent changes" in long
    assert "why" in long.splitlines()[0]


def test_json_is_one_object_of_the_documented_schema(report):
    found = report("--budget", 3_000)
    assert found["phase_id"] == "greet"
    assert 0 < found["tokens"] <= found["budget"] == 3_000
    assert [one["path"] for one in found["items"][:2]] == ["src/module_1.py", "src/module_2.py"]
    assert all(one["signals"] for one in found["items"])
    assert found["over_soft_cap"] is False


def test_render_prints_the_section_and_nothing_else(run, workspace):
    printed = run("--budget", 3_000, "--render")
    policy = BudgetPolicy.from_file(workspace=workspace, context_budget=3_000)
    phase = Phase(**PHASE, run_id="run")
    assert printed.out == policy.context(phase, policy.plan(phase)).rendered
    assert printed.out.startswith(HEAD)
    assert printed.err == ""


def test_what_is_rendered_is_what_the_report_counts(run, report):
    found = report("--budget", 2_000)
    text = run("--budget", 2_000, "--render").out
    policy = BudgetPolicy()
    limits = policy.models.resolve(policy.config.model)
    assert policy.prompt_tokens(text, limits) == found["tokens"]


def test_a_budget_over_what_the_plan_leaves_is_what_the_plan_leaves(report, spec, workspace):
    free = BudgetPolicy(workspace).plan(Phase(**PHASE, run_id="run"))
    left = free.prompt_tokens + free.ceiling.tokens + 900
    found = report("--budget", 30_000, of=spec(token_budget=left))
    assert found["budget"] == 900
    assert found["tokens"] <= 900


def test_no_budget_shows_nothing(report, run):
    found = report("--budget", 0)
    assert (found["budget"], found["tokens"], found["items"]) == (0, 0, [])
    assert run("--budget", 0, "--render").out == ""
    assert run("--budget", 0).out.startswith("0 of 0 tokens: nothing")


@pytest.mark.parametrize("option", [(), ("--json",), ("--render",), ("--explain",)])
def test_a_phase_that_is_exhausted_exits_with_3(run, spec, option):
    printed = run(*option, code=3, of=spec(token_budget=100))
    assert printed.out == ""
    assert printed.err.startswith("token-budget: the budget of the phase is exhausted")


def test_an_answer_that_takes_all_that_is_left_exits_with_3(run, spec):
    printed = run(code=3, of=spec(token_budget=9_000))
    assert printed.out == ""
    assert "the budget of the phase is exhausted: 9,000 tokens left" in printed.err
    assert "leave no token for context" in printed.err


def test_no_room_is_that_of_the_tightest_budget(tmp_path):
    policy = BudgetPolicy(tmp_path).from_file(workspace=tmp_path, token_budget=9_000)
    error = no_room(policy.plan(Phase(phase_id="one", run_id="run", token_budget=20_000)))
    assert (error.scope, error.left, error.asked) == ("run", 9_000, 9_001)
    free = BudgetPolicy(tmp_path)
    assert no_room(free.plan(Phase(phase_id="one", run_id="run"))) is None


def test_several_phases_and_none_named_is_bad_usage(run, spec):
    several = spec({"phase_id": "leave"})
    printed = run(code=2, of=several)
    assert "--phase" in printed.err
    assert "one of greet, leave" in printed.err


def test_one_of_several_phases_is_chosen_by_its_id(report, spec):
    several = spec({"phase_id": "leave"})
    assert report("--phase", "leave", of=several)["phase_id"] == "leave"


def test_a_phase_that_is_not_there_is_bad_usage(run):
    printed = run("--phase", "great", code=2)
    assert "no such phase" in printed.err
    assert "'greet'" in printed.err


def test_json_and_render_cannot_be_joined(run):
    printed = run("--json", "--render", code=2)
    assert "--json and --render" in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    "wrong",
    [
        ("--budget", "-1"),
        ("--budget", "many"),
        ("--cap", "-2"),
        ("--embedder", "words"),
        ("--embedder", "openai:words@0=http://127.0.0.1:1"),
        ("--embedder", "openai:words@8=http://user:secret@127.0.0.1:1"),
        ("--embedder", "local:/does/not/exist"),
        ("--embedder", "voyage:voyage-code-3@1024"),
    ],
)
def test_a_wrong_option_is_a_message(run, wrong):
    printed = run(*wrong, code=2)
    assert printed.out == ""
    assert printed.err
    assert "secret" not in printed.err


def test_a_workspace_that_is_missing_is_a_message(run, tmp_path):
    printed = run(code=2, where=tmp_path / "missing")
    assert "missing" in printed.err
    assert printed.out == ""


def test_a_workspace_that_is_a_file_is_bad_usage(run, spec):
    assert run(code=2, where=spec()).err


def test_an_empty_workspace_shows_nothing(report, run, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    found = report(where=empty)
    assert (found["items"], found["tokens"], found["files_considered"]) == ([], 0, 0)
    assert "nothing; 0 files considered" in run(where=empty).out


def test_a_folder_without_git_is_read(report, tmp_path):
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "a.py").write_text("A = 1\n")
    found = report(where=folder)
    assert paths(found) == {"a.py"}
    assert found["history"].startswith("0 commits; no history")


def test_links_in_circles_and_what_cannot_be_read_are_told(report, workspace, monkeypatch):
    (workspace / "loop").symlink_to("loop")
    (workspace / "src" / "up").symlink_to("..")
    (workspace / "picture.dat").write_bytes(bytes(range(256)) * 40)
    opened = os.open

    def refusing(path, *arguments, **more):
        if str(path).endswith("module_3.py"):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **more)

    monkeypatch.setattr(os, "open", refusing)
    found = report("--budget", 30_000)
    assert reasons(found)["loop"] == "symbolic link in a loop"
    assert "unreadable" in reasons(found)["src/module_3.py"]
    assert {"src/up", "picture.dat"} <= reasons(found).keys()
    assert found["files_considered"] == MODULES


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_sources_in_other_encodings_are_shown_as_text(run, workspace, encoding):
    text = "# Grüße\nGREETING = 'Schöne Grüße'\n"
    (workspace / "greeting.py").write_bytes(text.encode(encoding))
    assert "Schöne Grüße" in run("--render", "--budget", 30_000).out


def test_a_hostile_name_does_not_reach_the_terminal(run, report, workspace):
    (workspace / HOSTILE).write_text("RED = 1\n")
    (workspace / f"{HOSTILE}.lock").write_text("locked\n")
    for options in ((), ("--explain",)):
        printed = run("--budget", 30_000, *options)
        assert not {"\x1b", "\u202e", "\x07"} & set(printed.out + printed.err)
        assert not any(line.startswith("2 files") for line in printed.out.splitlines())
        assert "\\x1b[31mred" in printed.out
    assert HOSTILE in paths(report("--budget", 30_000))


def test_a_name_in_markup_is_shown_as_it_is(run, workspace):
    (workspace / "[bold]x.py").write_text("X = 1\n")
    assert "[bold]x.py" in run("--budget", 30_000).out


def test_a_hostile_name_that_is_pinned_does_not_reach_the_terminal(run, spec, workspace):
    pinned = "src/\x1b[31mred.py"
    (workspace / pinned).write_text("RED = 1\n" * 1_000)
    of = spec(scope={"read_only_context": [pinned, "gone\x1b[2J.py"]})
    printed = run("--budget", 400, "--explain", of=of)
    assert "does not fit whole" in printed.out
    assert "\x1b" not in printed.out


def test_a_hostile_name_in_an_error_does_not_reach_the_terminal(run, spec, workspace):
    (workspace / HOSTILE).write_text("RED = 1\n" * 1_000)
    of = spec(scope={"read_only_context": [HOSTILE]})
    printed = run("--budget", 400, "--strict", code=2, of=of)
    assert "\\x1b[31mred" in printed.err
    assert not {"\x1b", "\u202e", "\x07"} & set(printed.err)
    assert len(printed.err.splitlines()) == 1


def test_pinned_files_that_are_too_large_are_a_warning_or_with_strict_an_error(run, report, spec):
    of = spec(scope={"read_only_context": ["src/module_0.py"]})
    found = report("--budget", 600, of=of)
    assert any("src/module_0.py is pinned" in one for one in found["warnings"])
    printed = run("--budget", 600, "--strict", code=2, of=of)
    assert "pinned files need" in printed.err
    assert "of 600: src/module_0.py" in printed.err
    assert printed.out == ""


def test_a_pinned_file_that_is_missing_is_told(report, spec):
    found = report(of=spec(scope={"read_only_context": ["gone.md"]}))
    assert reasons(found)["gone.md"] == "pinned, and not there"


def test_an_embedder_is_asked_once_and_the_second_call_asks_for_nothing(report, run, words):
    first = report("--budget", 3_000, "--embedder", named(words))
    assert (first["mode"], first["reason"]) == ("embedded", "")
    assert first["embedding"]["calls"] == len(words.requests) > 0
    second = report("--budget", 3_000, "--embedder", named(words))
    assert second["embedding"]["calls"] == second["embedding"]["misses"] == 0
    assert second["embedding"]["hits"] == first["embedding"]["texts_embedded"]
    assert second["items"] == first["items"]
    table = run("--budget", 3_000, "--embedder", named(words)).out
    assert "mode: embedded" in table.splitlines()
    assert " kept, 0 not, 0 calls, 0 texts embedded, cap -1" in table
    assert first["embedding"]["calls"] == len(words.requests)


@pytest.mark.parametrize("cap", [0, 4])
def test_a_cap_is_kept_to_and_said(report, words, cap):
    found = report("--embedder", named(words), "--cap", cap)
    assert found["mode"] == "lexical"
    assert "cap" in found["reason"]
    assert found["embedding"]["cap"] == cap
    assert sum(len(one["input"]) for one in words.requests) <= cap


def test_an_outage_is_a_mode_with_its_reason_and_no_failure(run, report, words):
    words.fault = status(503, '{"error": {"message": "\x1b[2Jdown"}}')
    found = report("--embedder", named(words))
    assert found["mode"] == "lexical"
    assert "HTTP 503" in found["reason"]
    assert found["items"]
    printed = run("--embedder", named(words))
    assert "mode: lexical: " in printed.out
    assert "HTTP 503" in printed.out
    assert "\x1b" not in printed.out


def test_an_embedder_that_nobody_listens_for_is_no_failure(report):
    found = report("--embedder", f"openai:words@{DIMENSION}=http://127.0.0.1:9/v1")
    assert found["mode"] == "lexical"
    assert found["reason"]
    assert found["items"]


def test_the_key_of_an_embedder_is_a_setting_and_never_printed(run, words, monkeypatch):
    monkeypatch.setenv("TOKEN_BUDGET_EMBEDDER_KEY", "hidden-key")
    words.fault = status(401)
    printed = run("--embedder", named(words), "--explain")
    assert words.headers[0]["Authorization"] == "Bearer hidden-key"
    assert "hidden-key" not in printed.out + printed.err


def test_summaries_are_used_where_the_settings_say_so(report, run, spec, workspace, monkeypatch):
    log = "built again\n" * 400
    (workspace / "HISTORY.md").write_text(log)
    sha256 = hashlib.sha256(log.encode()).hexdigest()
    write_artifact(workspace, "run", Artifact("HISTORY.md", sha256, "It was built often."))
    of = spec(scope={"read_only_context": ["HISTORY.md"]})
    assert report(of=of)["substituted"]["files"] == 0
    monkeypatch.setenv("TOKEN_BUDGET_ARTIFACTS", "true")
    found = report(of=of)["substituted"]
    assert (found["files"], found["paths"]) == (1, ["HISTORY.md"])
    assert 0 < found["tokens"] < found["avoided_tokens"]
    assert "summaries: 1 files" in run(of=of).out
    assert "It was built often." in run("--render", of=of).out


def test_the_model_is_that_of_the_option(report):
    newer, older = (
        report("--budget", 2_000, "--model", model)
        for model in ("claude-opus-5-5", "claude-opus-4-6")
    )
    shown = [sum(one["tokens"] for one in found["items"]) for found in (newer, older)]
    assert shown[0] < shown[1]


def test_a_price_that_rises_is_in_the_report(report):
    found = report("--model", "claude-haiku-5-5", "--budget", 3_000)
    assert 90_000 < found["soft_cap"] < 100_000


def test_the_command_works_as_a_process_without_colours(workspace, spec):
    program = "from token_budget.cli import main; main()"
    words = [sys.executable, "-c", program, "context", str(spec()), "--budget", "2000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    done = subprocess.run(
        words, cwd=workspace, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "src/module_1.py" in done.stdout
