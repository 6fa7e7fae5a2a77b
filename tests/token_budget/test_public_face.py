from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import token_budget

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


def run(code, cwd=ROOT):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=cwd
    )
    return done.stdout


def test_the_first_example_of_the_readme_plans_a_phase():
    tokens, bound, reservation, median = run(examples()[0]).split()
    assert int(tokens) > float(median) > 0
    assert bound in {"runaway", "model"}
    assert int(reservation) > float(median)


def test_the_second_example_of_the_readme_learns_from_a_history(repository):
    repository.commit("Start", a_py="x = 1\n")
    repository.commit("Fill it", a_py="x = compute(1)\n" * 100)
    assert (
        run(examples()[1] + "print(estimator.adaptations['ndjson'].phases)", repository.folder)
        == "1\n"
    )


def test_the_third_example_of_the_readme_reads_an_answer_and_applies_it(tmp_path):
    answer = '{"type":"create","path":"a.py","content":"x = 1\\n"}\n{"type":"done"}\n'
    printed = run(f"deltas = {[answer[:20], answer[20:]]!r}\n{examples()[2]}", tmp_path)
    assert printed.startswith("1 create\n2 done\n--- /dev/null\n")
    assert "applied: 1 operation" in printed
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == "x = 1\n"


def test_the_fourth_example_of_the_readme_keeps_books(tmp_path):
    usage = {"input_tokens": 1_000, "output_tokens": 200}
    response = f"from types import SimpleNamespace as S\nresponse = S(usage={usage}, id='r')"
    printed = run(f"{response}\n{examples()[3]}", tmp_path)
    assert "limit=2000000, spent=1200, held=0" in printed


def test_the_settings_of_the_readme_are_settings(tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [settings] = re.findall(r"```toml\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "token-budget.toml").write_text(settings, encoding="utf-8")
    policy = token_budget.BudgetPolicy.from_file(workspace=tmp_path)
    assert policy.models.resolve("my-model").max_output == 64_000
    named = set(tomllib.loads(settings))
    assert named == set(token_budget.PolicyConfig.model_fields)
