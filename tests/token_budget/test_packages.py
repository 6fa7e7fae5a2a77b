from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from token_budget.errors import ForeignPackage
from token_budget.packages import our_package

ROOT = Path(__file__).resolve().parents[2]


def test_our_own_package_is_accepted():
    assert our_package("ndjson").__name__ == "ndjson"


def test_a_foreign_package_is_refused_with_what_to_do():
    with pytest.raises(ForeignPackage) as error:
        our_package("json")
    assert "pip uninstall json" in str(error.value)
    assert error.value.package == "json"


def test_a_shadowing_ndjson_is_found_on_first_use(tmp_path):
    (tmp_path / "ndjson.py").write_text("def loads(text): ...\n", encoding="utf-8")
    code = (
        f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]\n"
        "from token_budget.packages import our_package\n"
        "our_package('ndjson')\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "pip uninstall ndjson" in run.stderr
