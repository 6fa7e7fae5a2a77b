from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.cli.output import PIPED_WIDTH, plain_console, print_json, usd


def test_json_is_one_object_with_text_as_it_is(capsys):
    value = {"name": "Grüße", "list": [1, None, True]}
    print_json(value)
    printed = capsys.readouterr()
    assert json.loads(printed.out) == value
    assert "Grüße" in printed.out
    assert printed.out.endswith("}\n")
    assert printed.err == ""


@pytest.mark.parametrize(("micro_usd", "dollars"), [(None, None), (0, 0.0), (1_234_567, 1.234567)])
def test_money_is_told_in_dollars_and_unknown_stays_unknown(micro_usd, dollars):
    assert usd(micro_usd) == dollars


@given(st.integers(0, 10**12))
def test_no_millionth_is_lost_between_units(micro_usd):
    assert round(usd(micro_usd) * 1_000_000) == micro_usd


@pytest.mark.parametrize(
    ("columns", "width"),
    [("", PIPED_WIDTH), ("160", 160), ("wide", PIPED_WIDTH), ("0", PIPED_WIDTH)],
)
def test_piped_output_is_as_wide_as_columns_says(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    assert plain_console().width == width


def test_piped_output_has_no_colour_codes(capsys):
    plain_console().print("[bold red]a[/] 12 'text'")
    assert capsys.readouterr().out == "a 12 'text'\n"
