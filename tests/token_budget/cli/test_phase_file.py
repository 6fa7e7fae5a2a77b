from __future__ import annotations

import gzip

import pytest

from token_budget.cli.phase_file import phase_file
from token_budget.errors import ConfigError


def test_rows_are_compact_lines(tmp_path):
    path = tmp_path / "phases.jsonl"
    with phase_file(path) as write:
        write({"title": "é", "files": []})
    assert path.read_text(encoding="utf-8") == '{"title":"é","files":[]}\n'


def test_a_name_that_ends_in_gz_is_compressed_without_name_or_time(tmp_path):
    paths = [tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"]
    for path in paths:
        with phase_file(path) as write:
            write({"a": 1})
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert gzip.decompress(paths[0].read_bytes()) == b'{"a":1}\n'


def test_an_interrupted_block_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "phases.jsonl"
    path.write_text("old\n")

    def interrupted():
        with phase_file(path) as write:
            write({"a": 1})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "nothing" / "phases.jsonl"
    with pytest.raises(ConfigError) as caught, phase_file(path):
        pass
    assert caught.value.value == str(path)
