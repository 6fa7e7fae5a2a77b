from __future__ import annotations

import json

import jsonschema
import pytest

from tests.token_budget.cli.command_line import ROOT, call, start

EXAMPLE = ROOT / "examples" / "self-improvement-run.json"
EVERY_FIELD = ROOT / "examples" / "every-field.yaml"
SCHEMA = json.loads((ROOT / "docs" / "plan.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path):
    return lambda *arguments, **options: call(*arguments, cwd=tmp_path, **options)


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", EVERY_FIELD],
        ["models"],
        ["tokens", "-", "--json"],
        ["edits", "check", "-"],
        ["state", "show"],
        ["report"],
        ["ledger", "status"],
        ["calibrate"],
    ],
    ids=lambda words: words[0],
)
def test_a_process_answers_what_a_call_answers(tmp_path, arguments):
    """What the other tests see without a process is what a shell sees."""
    started, called = (
        run(*arguments, cwd=tmp_path, stdin="hé\n", COLUMNS="160") for run in (start, call)
    )
    assert called.returncode == started.returncode
    assert (called.stdout, called.stderr) == (started.stdout, started.stderr)


def spec(folder, **phase):
    path = folder / "run.json"
    document = {"run_id": "r", "phases": [{"phase_id": "one", "deliverables": ["a.py"], **phase}]}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_the_example_is_planned_from_another_folder(run):
    done = run("plan", EXAMPLE, COLUMNS="160")
    assert (done.returncode, done.stderr) == (0, "")
    for phase in json.loads(EXAMPLE.read_text(encoding="utf-8"))["phases"]:
        assert phase["phase_id"] in done.stdout
    assert "total of 3" in done.stdout


@pytest.mark.parametrize("columns", [80, 160])
def test_the_table_keeps_within_the_width(run, columns):
    done = run("plan", EXAMPLE, "--explain", COLUMNS=str(columns))
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= columns
    assert "…" not in done.stdout


@pytest.mark.parametrize("path", [EXAMPLE, EVERY_FIELD], ids=lambda path: path.name)
def test_json_is_one_object_of_the_documented_schema(run, path):
    done = run("plan", path, "--json")
    report = json.loads(done.stdout)
    jsonschema.validate(report, SCHEMA)
    assert done.returncode == (3 if report["over"] else 0)


def test_the_example_with_every_field_has_no_unknown_key(run):
    report = json.loads(run("plan", EVERY_FIELD, "--json").stdout)
    assert not [warning for warning in report["warnings"] if warning["kind"] == "spec"]


def test_explain_has_a_row_for_every_deliverable(run):
    done = run("plan", EVERY_FIELD, "--explain", COLUMNS="160")
    for text in ("src/reports/server.py", "docs/How to serve.md", "Announce the new endpoints"):
        assert text in done.stdout
    assert "phase scale" in done.stdout


def test_explain_names_the_files_that_a_folder_stands_for(run, tmp_path):
    (tmp_path / "src").mkdir()
    for name in ("a.py", "b.py"):
        (tmp_path / "src" / name).write_text("x = 1\n", encoding="utf-8")
    done = run("plan", spec(tmp_path, deliverables=["src/"]), "--explain")
    assert "src/a.py" in done.stdout
    assert "src/b.py" in done.stdout


def test_piped_output_has_no_colour_codes(run):
    assert "\x1b" not in run("plan", EXAMPLE).stdout


def test_a_chosen_phase_is_planned_alone(run):
    report = json.loads(run("plan", EVERY_FIELD, "--phase", "server", "--json").stdout)
    assert [phase["phase_id"] for phase in report["phases"]] == ["server"]
    assert report["phases"][0]["model"] == "claude-sonnet-5-5"


def test_a_phase_that_is_not_there_is_bad_usage(run):
    done = run("plan", EVERY_FIELD, "--phase", "serve")
    assert done.returncode == 2
    assert "'server'" in done.stderr


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--token-budget", "100000000", "--usd", "1000"], 0),
        (["--token-budget", "1000"], 3),
        (["--usd", "0.01"], 3),
        (["--usd", "5", "--model", "nobody-1"], 3),
    ],
)
def test_a_run_over_its_budget_exits_3_and_prints_its_rows(run, options, code):
    done = run("plan", EXAMPLE, *options)
    assert done.returncode == code
    assert ("over budget" in done.stdout) == (code == 3)
    assert "total of 3" in done.stdout


def test_an_exhausted_phase_prints_its_row_and_exits_3(run, tmp_path):
    done = run("plan", spec(tmp_path, token_budget=100))
    assert done.returncode == 3
    assert "exhausted" in done.stdout


def test_warnings_do_not_change_the_exit_code(run, tmp_path):
    done = run("plan", spec(tmp_path, max_tokens=100, unknown=1), COLUMNS="400")
    assert done.returncode == 0
    assert "unknown key" in done.stdout
    assert "may be cut off" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "none.json"],
        ["plan"],
        ["plan", EXAMPLE, "--quantile", "1.5"],
        ["plan", EXAMPLE, "--effort", "huge"],
        ["plan", EXAMPLE, "--workspace", "none"],
        ["nothing"],
        ["tokens", "none.txt"],
    ],
)
def test_bad_input_is_a_message_and_exit_2(run, arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_every_problem_of_a_spec_is_a_line(run, tmp_path):
    done = run("plan", spec(tmp_path, max_tokens=-1, effort="huge", dependencies=["x"]))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 3


def test_the_quantile_is_what_is_reserved(run):
    low, high = (
        json.loads(run("plan", EXAMPLE, "--json", "--quantile", q).stdout) for q in ("0.5", "0.99")
    )
    assert low["totals"]["reservation"] < high["totals"]["reservation"]
    assert (low["quantile"], high["quantile"]) == (0.5, 0.99)


def test_the_settings_of_the_workspace_apply(run, tmp_path):
    (tmp_path / "token-budget.toml").write_text("max_tokens = 777\n", encoding="utf-8")
    report = json.loads(run("plan", EXAMPLE, "--json").stdout)
    assert {phase["ceiling"]["tokens"] for phase in report["phases"]} == {777}


def test_models_are_listed(run):
    assert "claude-opus-5-5" in run("models").stdout
    listed = json.loads(run("models", "--json").stdout)
    [model] = [one for one in listed["models"] if one["id"] == "claude-haiku-5-5"]
    assert model["price_tiers"] == [100_000]


def test_tokens_of_files_and_standard_input(run, tmp_path):
    (tmp_path / "a.txt").write_text("hello world", encoding="utf-8")
    counted = json.loads(run("tokens", "a.txt", "-", "--json", stdin="hello").stdout)
    assert [row["tokens"] for row in counted["files"]] == [2, 1]
    assert counted["total"] == {"file": "total", "bytes": 16, "tokens": 3}
    assert "a.txt" in run("tokens", "a.txt", "--model", "claude-opus-5").stdout


def test_a_file_that_is_no_text_is_refused(run, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe")
    done = run("tokens", "a.bin")
    assert done.returncode == 2
    assert "expected UTF-8" in done.stderr


def test_shell_completion_works(tmp_path):
    asked = {"COMP_WORDS": "token-budget mo", "COMP_CWORD": "1"}
    done = start(cwd=tmp_path, _TOKEN_BUDGET_COMPLETE="complete_bash", **asked)
    assert done.stdout.split() == ["models"]


def test_names_with_brackets_are_printed_as_they_are(run, tmp_path):
    done = run("plan", spec(tmp_path, phase_id="[bold]one"), "--explain")
    assert "[bold]one" in done.stdout


def test_explain_says_how_thinking_was_estimated(run):
    done = run("plan", EXAMPLE, "--explain", COLUMNS="200")
    assert "thinking median, on top: a wide prior for effort" in done.stdout
    report = json.loads(run("plan", EXAMPLE, "--json").stdout)
    for phase in report["phases"]:
        assert phase["estimate"]["thinking_basis"].startswith("a wide prior")
