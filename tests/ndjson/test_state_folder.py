from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from ndjson.errors import NdjsonError, WorkspaceBusy
from ndjson.folder import Root
from ndjson.state_folder import StateFolder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    return StateFolder(Root(tmp_path))


def test_nothing_is_made_before_it_is_needed(state: StateFolder, tmp_path: Path) -> None:
    assert not state.exists()
    assert state.read("x") is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_can_be_read_replaced_and_removed(state: StateFolder) -> None:
    with state.locked(1):
        state.write("x", b"1")
        state.write("x", b"2")
        assert state.read("x") == b"2"
        state.remove("x")
        state.remove("x")
        assert state.read("x") is None


def test_a_folder_that_others_made_keeps_its_gitignore(state: StateFolder, tmp_path: Path) -> None:
    (tmp_path / ".token-budget").mkdir()
    (tmp_path / ".token-budget/.gitignore").write_text("mine\n")
    with state.locked(1):
        pass
    assert (tmp_path / ".token-budget/.gitignore").read_text() == "mine\n"
    assert (tmp_path / ".token-budget/edits/.gitignore").read_text() == "*\n"


def test_the_lock_is_free_after_its_holder(state: StateFolder) -> None:
    with state.locked(0), pytest.raises(WorkspaceBusy), state.locked(0):
        pass
    with state.locked(0):
        pass


def test_a_system_without_locks_is_named(
    state: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with pytest.raises(NdjsonError, match="fcntl"), state.locked(0):
        pass
