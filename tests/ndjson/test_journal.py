from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ndjson.errors import JournalDamaged
from ndjson.file_state import FileState
from ndjson.folder import Root
from ndjson.journal import JOURNAL, planned, read_journal, write_journal
from ndjson.results import Change
from ndjson.state_folder import StateFolder

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = [
    Change("a", FileState(b"x"), None),
    Change("new/deep/b", None, FileState(b"y")),
    Change("there/c", None, FileState(b"y")),
]


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    found = StateFolder(Root(tmp_path))
    with found.locked(1):
        return found


def test_a_plan_names_the_folders_to_be_made_outermost_first() -> None:
    journal = planned(CHANGES, lambda folder: folder == "there")
    assert journal.folders == ("new", "new/deep")
    assert [(entry.old is None, entry.new is None) for entry in journal.entries] == [
        (False, True),
        (True, False),
        (True, False),
    ]


def test_temporary_files_stand_beside_the_files_under_names_of_their_own() -> None:
    journal = planned(CHANGES, lambda _folder: True)
    names = {journal.staged(e) for e in journal.entries} | {
        journal.backup(e) for e in journal.entries
    }
    assert len(names) == 6
    assert all(name.startswith("new/deep/.token-budget-") for name in names if "deep" in name)
    assert planned(CHANGES, lambda _folder: True).transaction != journal.transaction


def test_what_is_written_is_read(state: StateFolder) -> None:
    assert read_journal(state) is None
    journal = planned(CHANGES, lambda _folder: False)
    write_journal(state, journal)
    assert read_journal(state) == journal


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"state": "done"},
        {"transaction": "../../../x"},
        {"folders": ["../x"]},
        {"folders": [""]},
        {"entries": [{"path": "/etc/x", "old": None, "new": None}]},
        {"entries": [{"path": "a/../../x", "old": None, "new": None}]},
        {"entries": [{"path": ".git/config", "old": None, "new": None}]},
        {"entries": [{"path": "a", "old": "short", "new": None}]},
        {"more": 1},
    ],
)
def test_a_journal_that_nobody_here_wrote_is_refused(
    state: StateFolder, change: dict[str, Any]
) -> None:
    journal = json.loads(planned(CHANGES, lambda _folder: True).model_dump_json())
    state.write(JOURNAL, json.dumps({**journal, **change}).encode())
    with pytest.raises(JournalDamaged, match=next(iter(change))):
        read_journal(state)
