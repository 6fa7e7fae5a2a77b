from __future__ import annotations

import pytest

from estimators.mining.git_command import (
    environment,
    find_git_directory,
    first_complaint,
    repository_name,
)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/owner/name.git", "owner/name"),
        ("https://user:secret@example.org/owner/name", "owner/name"),
        ("git@example.org:owner/name.git", "owner/name"),
        ("ssh://git@example.org:22/group/sub/name/", "sub/name"),
        ("/srv/git/name.git", "repository"),
    ],
)
def test_a_repository_goes_by_its_remote(repository, url, name):
    repository.git("remote", "add", "origin", url)
    assert repository_name(find_git_directory(repository.folder)) == name


def test_without_a_remote_it_goes_by_its_folder(repository, tmp_path):
    assert repository_name(repository.folder / ".git") == "repository"
    bare = tmp_path / "thing.git"
    repository.git("clone", "--quiet", "--bare", str(repository.folder), str(bare))
    repository.git("-C", str(bare), "remote", "remove", "origin")
    assert repository_name(find_git_directory(bare)) == "thing"


def test_nothing_of_git_is_inherited(monkeypatch):
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "evil")
    monkeypatch.setenv("GIT_TRACE", "1")
    assert "GIT_EXTERNAL_DIFF" not in environment()
    assert "GIT_TRACE" not in environment()
    assert environment()["LC_ALL"] == "C"


@pytest.mark.parametrize(
    ("stderr", "complaint"),
    [
        (b"warning: x\nfatal: bad object HEAD\nmore", "bad object HEAD"),
        (b"something else", "something else"),
        (b"", "git failed and did not say why"),
    ],
)
def test_the_fatal_line_is_what_git_said(stderr, complaint):
    assert first_complaint(stderr) == complaint
