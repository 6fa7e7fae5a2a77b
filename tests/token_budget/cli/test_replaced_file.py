from __future__ import annotations

import pytest

from token_budget.cli.replaced_file import replaced_file
from token_budget.errors import ConfigError


def test_a_file_gets_its_name_when_the_block_ends(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    with replaced_file(path, "argument") as file:
        file.write(b"one ")
        file.write(b"two")
        assert path.read_text(encoding="utf-8") == "old"
    assert path.read_text(encoding="utf-8") == "one two"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_what_stood_there_stays_if_the_block_fails(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), replaced_file(path, "argument") as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("name", ["missing/report.html", "file/report.html", "folder"])
def test_a_place_that_cannot_be_written_is_found_before_the_block(tmp_path, name):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    entered = False
    with (
        pytest.raises(ConfigError, match=r"argument --report: .* cannot be written"),
        replaced_file(tmp_path / name, "argument --report"),
    ):
        entered = True
    assert not entered


def test_an_error_of_the_block_is_not_blamed_on_the_file(tmp_path):
    with pytest.raises(OSError, match="elsewhere"), replaced_file(tmp_path / "a", "argument"):
        raise OSError("elsewhere")
