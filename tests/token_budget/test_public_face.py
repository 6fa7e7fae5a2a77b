from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
from contextlib import chdir, redirect_stdout
from pathlib import Path
from unittest import mock

import pytest

import token_budget
from tests.messages_authors import AUTHORS, Target
from tests.messages_server import MessagesServer

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", token_budget.__all__)
def test_every_public_name_is_there(name):
    assert getattr(token_budget, name).__name__ == name
    assert name in dir(token_budget)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        token_budget.nothing  # noqa: B018 - reading it is the test


def test_importing_loads_no_heavy_package():
    heavy = ["anthropic", "sklearn", "numpy", "pydantic", "tiktoken", "genai_prices", "rich"]
    code = (
        "import sys, token_budget, estimators, ndjson;"
        f"print(*[name for name in {heavy!r} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout.split() == []


def test_planning_loads_neither_a_model_sdk_nor_a_learning_library(tmp_path):
    code = (
        "import sys; from token_budget import BudgetPolicy, Phase;"
        f"BudgetPolicy({str(tmp_path)!r}).plan(Phase(phase_id='x', deliverables=['a.py']));"
        "print(*[n for n in ('anthropic', 'sklearn', 'scipy') if n in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout.split() == []


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == token_budget.__version__


def examples():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", readme, re.DOTALL)


def run(code, cwd=ROOT, **environment):
    """What an example prints."""
    printed = io.StringIO()
    with chdir(cwd), mock.patch.dict(os.environ, environment), redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def test_the_first_example_of_the_readme_plans_a_phase():
    tokens, bound, reservation, median = run(examples()[0]).split()
    assert int(tokens) > float(median) > 0
    assert bound in {"runaway", "model"}
    assert int(reservation) > float(median)


FILES = {"hello.py": "print('hello')\n", "a.py": "a = 1\nb = 2\n", "b.py": "c = 3\nd = 4\n"}


def served(code, folder, **files):
    """What an example prints that talks to the Messages API."""
    target = Target.ndjson(
        {"type": "create", "path": path, "content": FILES[path]} for path in files["paths"]
    )
    with MessagesServer(AUTHORS["faithful"](target)) as server:
        return run(code, folder, ANTHROPIC_BASE_URL=server.url, ANTHROPIC_API_KEY="any")


def test_the_second_example_of_the_readme_carries_a_phase_out(tmp_path):
    spec = {"phases": [{"phase_id": "one", "deliverables": ["a.py", "b.py"]}]}
    (tmp_path / "run.json").write_text(json.dumps(spec), encoding="utf-8")
    printed = served(examples()[1], tmp_path, paths=["a.py", "b.py"])
    assert printed.startswith("complete ('a.py', 'b.py') 1 ")
    assert (tmp_path / "b.py").read_text(encoding="utf-8") == FILES["b.py"]


def test_the_third_example_of_the_readme_keeps_its_own_loop(tmp_path):
    printed = served(examples()[2], tmp_path, paths=["hello.py"])
    assert printed == "complete ['hello.py']\n"


def test_the_fourth_example_of_the_readme_learns_from_a_history(repository):
    repository.commit("Start", a_py="x = 1\n")
    repository.commit("Fill it", a_py="x = compute(1)\n" * 100)
    assert (
        run(examples()[3] + "print(estimator.adaptations['ndjson'].phases)", repository.folder)
        == "1\n"
    )


def test_the_fifth_example_of_the_readme_completes_an_answer(tmp_path):
    cut = '{"type":"create","path":"a.py","content":"a = 1\\nb ='
    rest = (
        '{"type":"continue","path":"a.py","after":"a = 1","content":"b = 2\\n"}\n'
        '{"type":"create","path":"b.py","content":"c = 3\\n"}\n{"type":"done"}\n'
    )
    parts = [(cut, "max_tokens"), (rest, "end_turn")]
    setting = (
        "from types import SimpleNamespace\n"
        "model = SimpleNamespace(prefill=False, max_output=64_000)\n"
        "request = {'max_tokens': 50, 'messages': [{'role': 'user', 'content': 'Write.'}]}\n"
        f"parts = iter({parts!r})\n"
        "def send(request):\n"
        "    text, stop = next(parts)\n"
        "    return {'content': [{'type': 'text', 'text': text}], 'stop_reason': stop}\n"
    )
    assert run(setting + examples()[4], tmp_path) == "complete True ['a.py', 'b.py']\n"


def test_the_sixth_example_of_the_readme_reads_an_answer_and_applies_it(tmp_path):
    answer = '{"type":"create","path":"a.py","content":"x = 1\\n"}\n{"type":"done"}\n'
    printed = run(f"deltas = {[answer[:20], answer[20:]]!r}\n{examples()[5]}", tmp_path)
    assert printed.startswith("1 create\n2 done\n--- /dev/null\n")
    assert "applied: 1 operation" in printed
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == "x = 1\n"


def test_the_seventh_example_of_the_readme_keeps_books(tmp_path):
    usage = {"input_tokens": 1_000, "output_tokens": 200}
    response = f"from types import SimpleNamespace as S\nresponse = S(usage={usage}, id='r')"
    printed = run(f"{response}\n{examples()[6]}", tmp_path)
    assert "limit=2000000, spent=1200, held=0" in printed


def test_the_settings_of_the_readme_are_settings(tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [settings] = re.findall(r"```toml\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "token-budget.toml").write_text(settings, encoding="utf-8")
    policy = token_budget.BudgetPolicy.from_file(workspace=tmp_path)
    assert policy.models.resolve("my-model").max_output == 64_000
    named = set(tomllib.loads(settings))
    assert named == set(token_budget.PolicyConfig.model_fields)
