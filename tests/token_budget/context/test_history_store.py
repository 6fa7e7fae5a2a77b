from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from token_budget.context import history_store
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.change_history import FileChange
from token_budget.context.history_store import HISTORY_PART, HistoryStore
from token_budget.context.touched_lines import HunkPlace

CHANGES = st.lists(
    st.builds(
        FileChange,
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
        st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
        st.lists(st.builds(HunkPlace, *[st.integers(0, 2**31)] * 4)).map(tuple),
    )
).map(tuple)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.text("abcdef0123456789", min_size=4), CHANGES, min_size=1))
def test_what_is_kept_comes_back(changes):
    store = HistoryStore(CacheDatabase("sqlite://", HISTORY_PART))
    store.keep(changes)
    assert store.changes([*changes, "unknown"]) == changes


def test_a_commit_kept_twice_is_there_once(tmp_path):
    database = CacheDatabase(f"sqlite:///{tmp_path}/cache.db", HISTORY_PART)
    store = HistoryStore(database)
    for _ in range(2):
        store.keep({"abc": (FileChange("a"),)})
    assert store.changes(["abc"]) == {"abc": (FileChange("a"),)}
    database.close()


def test_the_rows_are_bounded(monkeypatch):
    monkeypatch.setattr(history_store, "MOST_ROWS", 3)
    store = HistoryStore(CacheDatabase("sqlite://", HISTORY_PART))
    for number in range(5):
        store.keep({f"c{number}": ()})
    held = store.changes([f"c{number}" for number in range(5)])
    assert "c4" in held
    assert len(held) <= 3
