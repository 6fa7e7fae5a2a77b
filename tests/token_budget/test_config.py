from __future__ import annotations

import pytest

from token_budget.config import PolicyConfig, read_settings
from token_budget.errors import ConfigError


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")


def test_defaults_hold_without_any_file(tmp_path):
    assert read_settings(tmp_path, environment={}) == PolicyConfig()


def test_later_sources_win(tmp_path):
    write(tmp_path, "token-budget.toml", 'model = "from-file"\nfloor = 700\neffort = "low"\n')
    environment = {"TOKEN_BUDGET_MODEL": "from-environment", "TOKEN_BUDGET_FLOOR": "800"}
    config = read_settings(tmp_path, environment=environment).updated(floor=900, model=None)
    assert (config.effort, config.model, config.floor) == ("low", "from-environment", 900)


def test_the_projects_file_is_read_where_there_is_no_own_file(tmp_path):
    write(tmp_path, "pyproject.toml", "[tool.token-budget]\nfloor = 600\n")
    assert read_settings(tmp_path, environment={}).floor == 600
    write(tmp_path, "token-budget.toml", "floor = 650\n")
    assert read_settings(tmp_path, environment={}).floor == 650


def test_a_project_without_our_table_is_no_configuration(tmp_path):
    write(tmp_path, "pyproject.toml", "[project]\nname = 'x'\n")
    assert read_settings(tmp_path, environment={}) == PolicyConfig()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("flor = 500", ["unknown setting", "did you mean 'floor'", "flor"]),
        ("floor = -1", ["floor", "greater than 0", "-1"]),
        ("floor = 'many'", ["floor", "valid integer", "'many'"]),
        ("provider = 'azure'", ["provider", "'anthropic', 'bedrock' or 'vertex'", "'azure'"]),
        ("hold_quantile = 1.5", ["hold_quantile", "0.999", "1.5"]),
        ("floor = ", ["cannot be read", "well-formed TOML"]),
    ],
)
def test_a_wrong_setting_names_file_place_value_and_expectation(tmp_path, text, parts):
    write(tmp_path, "token-budget.toml", text)
    with pytest.raises(ConfigError) as error:
        read_settings(tmp_path, environment={})
    assert all(part in str(error.value) for part in ["token-budget.toml", *parts])


def test_a_wrong_variable_is_named(tmp_path):
    with pytest.raises(ConfigError, match="environment variable TOKEN_BUDGET_FLOOR"):
        read_settings(tmp_path, environment={"TOKEN_BUDGET_FLOOR": "x"})


def test_a_wrong_argument_is_named():
    with pytest.raises(ConfigError, match="argument floor"):
        PolicyConfig().updated(floor=0)


def test_a_file_that_was_asked_for_must_exist(tmp_path):
    with pytest.raises(ConfigError, match="readable file"):
        read_settings(tmp_path, tmp_path / "none.toml", environment={})


def test_a_table_that_is_no_table_is_refused(tmp_path):
    write(tmp_path, "pyproject.toml", "[tool]\ntoken-budget = 3\n")
    with pytest.raises(ConfigError, match="a table"):
        read_settings(tmp_path, environment={})
