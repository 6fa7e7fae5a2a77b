from __future__ import annotations

import pytest

from benchmarks.edit_answers import MEGABYTE, operations, source_files
from ndjson import Create, Delete, Modify, Rename, Workspace, encode

TEXT = "".join(f"    self.value_{number} = {number}\n" for number in range(40))
FILES = [(f"m{number}.py", TEXT) for number in range(5)]


def test_files_are_text_and_mixed_the_same_way_every_time(tmp_path):
    for number in range(20):
        (tmp_path / f"m{number:02}.py").write_text(f"{number}\n")
    (tmp_path / "latin.py").write_bytes(b"# \xe9")
    (tmp_path / "note.txt").write_text("no source\n")
    found = list(source_files(tmp_path))
    assert found == list(source_files(tmp_path))
    assert {path for path, _ in found} == {f"m{number:02}.py" for number in range(20)}
    assert found != sorted(found)


def test_the_installed_packages_are_the_default():
    assert sum(1 for _, one in zip(source_files(), range(50), strict=False)) == 50


def test_operations_stop_at_the_size_that_was_asked_for():
    made = operations(FILES, 0.05)
    size = len(encode(made).encode())
    assert 0.05 * MEGABYTE <= size < 0.05 * MEGABYTE + 2 * len(TEXT) + 200


def test_there_are_operations_of_every_kind_and_no_two_are_equal():
    made = operations(FILES, 0.05)
    assert {type(one) for one in made} == {Create, Modify, Rename, Delete}
    assert len(set(made)) == len(made) > len(FILES)


def test_the_edits_are_of_real_lines(tmp_path):
    made = next(one for one in operations(FILES, 0.05) if isinstance(one, Modify))
    (tmp_path / made.path).parent.mkdir(parents=True)
    (tmp_path / made.path).write_text(TEXT)
    assert Workspace(tmp_path).preview([made]).ok


def test_no_files_are_an_error():
    with pytest.raises(ValueError, match="at least one"):
        operations([], 1)
