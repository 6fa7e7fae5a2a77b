from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ndjson.applied_answers import (
    APPLIED,
    MOST_ANSWERS,
    answer_digest,
    record,
    recorded_result,
)
from ndjson.errors import JournalDamaged
from ndjson.folder import Root
from ndjson.operations import Create, Delete
from ndjson.state_folder import StateFolder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    found = StateFolder(Root(tmp_path))
    with found.locked(1):
        return found


def test_the_digest_is_that_of_the_operations_in_their_order() -> None:
    first, second = Create(path="a", content=""), Delete(path="b")
    assert answer_digest([first, second]) == answer_digest([first, second])
    assert answer_digest([first, second]) != answer_digest([second, first])


def test_what_is_recorded_is_found(state: StateFolder) -> None:
    assert recorded_result(state, "x") is None
    record(state, "x", {"a": None})
    record(state, "x", {"a": "0"})
    assert recorded_result(state, "x") == {"a": "0"}


def test_the_latest_answers_are_kept(state: StateFolder) -> None:
    for number in range(MOST_ANSWERS + 1):
        record(state, str(number), {})
    assert recorded_result(state, "0") is None
    assert recorded_result(state, "1") == {}


def test_an_answer_that_comes_again_counts_as_the_latest(state: StateFolder) -> None:
    for number in [*range(MOST_ANSWERS), 5, *range(MOST_ANSWERS, MOST_ANSWERS + 6)]:
        record(state, str(number), {})
    assert recorded_result(state, "5") == {}
    assert recorded_result(state, "6") is None


def test_a_damaged_record_is_refused(state: StateFolder) -> None:
    state.write(APPLIED, b"[]")
    with pytest.raises(JournalDamaged):
        recorded_result(state, "x")
