from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest

from tests.messages_authors import ChosenByText, Scripted, Written
from tests.messages_server import MessagesServer, internal_error
from tests.phases import creates, faithful, files_in, files_of
from token_budget.cli import main

OPERATIONS = {name: creates(name, functions=2) for name in "ab"}
REFUSES = Scripted((Written("No.", stop_reason="refusal"),))
SPEC = {
    "run_id": "run",
    "phases": [
        {"phase_id": "one", "display_name": "<a>", "deliverables": ["src/a.py"]},
        {
            "phase_id": "two",
            "display_name": "<b>",
            "deliverables": ["src/b.py"],
            "dependencies": ["one"],
        },
    ],
}
BOTH = files_of(OPERATIONS["a"]) | files_of(OPERATIONS["b"])


def server_of(**others):
    authors = {f"<{name}>": faithful(one) for name, one in OPERATIONS.items()}
    return MessagesServer(ChosenByText({**authors, **others}))


@pytest.fixture
def server():
    with server_of() as started:
        yield started


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def spec(tmp_path):
    file = tmp_path / "phases.json"
    file.write_text(json.dumps(SPEC), encoding="utf-8")
    return file


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def run(root, spec, monkeypatch, capsys):
    """A function that runs the command; it answers with what was printed."""

    def command(*arguments, server=None, code=0, said=None, key="any", of=spec):
        monkeypatch.setenv("ANTHROPIC_API_KEY", key)
        if not key:
            for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE"):
                monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url if server else "http://127.0.0.1:9")
        monkeypatch.setattr(sys, "stdin", io.StringIO() if said is None else Terminal(said))
        words = ["token-budget", "run", str(of), "--workspace", str(root), *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
            raise SystemExit(0)
        printed = capsys.readouterr()
        assert (ended.value.code or 0) == code, printed.err
        assert "Traceback" not in printed.err
        return printed

    return command


def test_a_run_writes_its_files_and_says_so(run, server, root):
    printed = run("--yes", server=server)
    assert files_in(root) == BOTH
    assert len(server.requests) == 2
    assert "complete" in printed.out
    assert "one" in printed.out
    assert "create src/a.py" in printed.err


def test_a_dry_run_sends_nothing_and_writes_nothing(run, root):
    printed = run("--dry-run", "--json", key="")
    report = json.loads(printed.out)
    assert report["dry_run"] is True
    assert [one["phase_id"] for one in report["phases"]] == ["one", "two"]
    assert {one["outcome"] for one in report["phases"]} == {"new"}
    assert all(one["ceiling"] > 0 and one["usd"] > 0 for one in report["phases"])
    assert list(root.iterdir()) == []
    assert "new" in run("--dry-run").out
    assert list(root.iterdir()) == []


def test_a_dry_run_says_what_earlier_calls_left(run, root):
    faults = {2: internal_error(), 3: internal_error(), 4: internal_error()}
    with MessagesServer(server_of()._author, faults=faults) as server:
        run("--yes", server=server, code=1)
    [one, two] = json.loads(run("--dry-run", "--json").out)["phases"]
    assert (one["outcome"], two["outcome"]) == ("finished", "new")
    [fresh, _] = json.loads(run("--dry-run", "--json", "--fresh").out)["phases"]
    assert fresh["outcome"] == "new"


def test_a_dry_run_names_what_is_unfinished_and_what_does_not_fit(run, server):
    run(server=server, code=1)
    [one, two] = json.loads(run("--dry-run", "--json").out)["phases"]
    assert (one["outcome"], two["outcome"]) == ("unfinished", "new")
    report = json.loads(run("--dry-run", "--json", "--token-budget", "10").out)
    assert {phase["outcome"] for phase in report["phases"]} == {"exhausted"}
    assert "the budget of the run is exhausted" in report["phases"][0]["reason"]


def test_without_a_terminal_nothing_is_changed(run, server, root):
    printed = run(server=server, code=1)
    assert "+def a_0():" in printed.out
    assert "say --yes" in printed.out
    assert files_in(root) == {}
    run("--yes", server=server)
    assert files_in(root) == BOTH
    assert len(server.requests) == 2


@pytest.mark.parametrize(("said", "code"), [("y\ny\n", 0), ("n\n", 1)])
def test_who_is_asked_decides(run, server, root, said, code):
    run(server=server, said=said, code=code)
    assert files_in(root) == (BOTH if code == 0 else {})


def test_the_report_as_json_is_one_object_and_nothing_else(run, server):
    report = json.loads(run("--yes", "--json", server=server).out)
    assert report["complete"] is True
    [one, two] = report["phases"]
    assert one["files_changed"] == ["src/a.py"]
    assert one["usage"]["output"] == server.responses[0].usage["output_tokens"]
    assert one["usd"] > 0
    assert (two["rounds"], two["operations"], two["error"]) == (1, 1, None)


def test_a_second_run_asks_for_nothing(run, server):
    run("--yes", server=server)
    report = json.loads(run("--yes", "--json", server=server).out)
    assert report["complete"] is True
    assert all(one["resumed"] and one["rounds"] == 0 for one in report["phases"])
    assert len(server.requests) == 2
    run("--yes", "--fresh", server=server)
    assert len(server.requests) == 4


def test_a_phase_that_failed_exits_with_1_and_its_reason(run, root):
    with server_of(**{"<a>": REFUSES}) as server:
        printed = run("--yes", server=server, code=1)
    assert "the model refused" in printed.out
    assert "skipped" in printed.out
    assert files_in(root) == {}


def test_a_failure_in_json_names_its_error(run):
    with server_of(**{"<a>": REFUSES}) as server:
        report = json.loads(run("--yes", "--json", server=server, code=1).out)
    assert report["complete"] is False
    assert [one["outcome"] for one in report["phases"]] == ["failed", "skipped"]
    assert report["phases"][0]["error"] == "Refused"


@pytest.mark.parametrize("option", [("--token-budget", "600"), ("--usd", "0.0001")])
def test_a_budget_that_is_exhausted_exits_with_3(run, server, root, option):
    printed = run("--yes", *option, server=server, code=3)
    assert "exhausted" in printed.out
    assert server.requests == []
    assert files_in(root) == {}


def test_a_missing_key_is_a_message(run, root):
    printed = run("--yes", key="", code=2)
    assert printed.err.startswith("token-budget: environment variable ANTHROPIC_API_KEY: ")
    assert printed.out == ""
    assert files_in(root) == {}


def test_a_spec_that_does_not_exist_is_a_message(run, tmp_path):
    printed = run("--yes", of=tmp_path / "none.json", code=2)
    assert "none.json" in printed.err


def test_a_phase_that_does_not_exist_is_a_message(run):
    printed = run("--yes", "--phase", "three", code=2)
    assert "--phase: no such phase" in printed.err
    assert "'three'" in printed.err


def test_one_phase_alone_can_be_chosen(run, server, root):
    run("--yes", "--phase", "two", server=server)
    assert files_in(root) == files_of(OPERATIONS["b"])


def test_json_needs_somebody_who_said_yes(run):
    printed = run("--json", code=2)
    assert "--yes or --dry-run" in printed.err


def test_the_model_and_the_effort_are_those_of_the_options(run, server):
    run("--yes", "--model", "claude-opus-5", "--effort", "low", server=server)
    assert {one.body["model"] for one in server.requests} == {"claude-opus-5"}
    assert server.requests[0].body["output_config"] == {"effort": "low"}


def test_the_rounds_are_limited_by_the_option(run, root):
    cut = {**SPEC, "phases": [{**SPEC["phases"][0], "max_tokens": 20}]}
    spec = root.parent / "cut.json"
    spec.write_text(json.dumps(cut), encoding="utf-8")
    with server_of(**{"<a>": faithful(creates("a"))}) as server:
        run("--yes", "--rounds", "1", server=server, of=spec, code=1)
        assert len(server.requests) == 1


def test_the_command_works_as_a_process(server, root, spec):
    environment = {
        **os.environ,
        "ANTHROPIC_API_KEY": "any",
        "ANTHROPIC_BASE_URL": server.url,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    program = "from token_budget.cli import main; main()"
    words = [sys.executable, "-c", program, "run", str(spec), "--workspace", str(root), "--yes"]
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert files_in(root) == BOTH
