from __future__ import annotations

import tempfile

import pytest

from estimators.errors import RepositoryError
from estimators.mining.git_log import Selection, read_commits


def test_without_a_temporary_folder_the_error_names_the_repository(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(RepositoryError, match="expected a temporary folder") as caught:
        next(read_commits(tmp_path, Selection()))
    assert caught.value.source == str(tmp_path)
