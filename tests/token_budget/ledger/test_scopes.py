from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.errors import LedgerValueError
from token_budget.ledger.scopes import checked_scope, key_of, keys_above, scope_of, shown_scope

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
SCOPES = st.lists(NAMES, max_size=4).map(tuple)


@given(SCOPES)
def test_a_path_survives_its_key(scope):
    assert scope_of(key_of(scope)) == scope


@given(SCOPES, SCOPES)
def test_different_paths_have_different_keys(one, other):
    assert (key_of(one) == key_of(other)) == (one == other)


@given(SCOPES, SCOPES)
def test_what_sorts_between_the_bounds_of_a_scope_is_what_lies_under_it(scope, other):
    key, found = key_of(scope).encode(), key_of(other).encode()
    below = len(other) > len(scope) and other[: len(scope)] == scope
    assert (key + b"/" <= found < key + b"0") == below


def test_the_keys_above_a_scope_begin_with_the_whole_ledger_and_end_with_itself():
    assert keys_above(key_of(("a", "b/c"))) == ["", "/a", "/a/b~1c"]
    assert keys_above("") == [""]


@pytest.mark.parametrize("scope", ["run", ("a", ""), ("a", 1), ("a",) * 17, ("x" * 201,), ("\0",)])
def test_what_is_no_path_is_refused(scope):
    with pytest.raises(LedgerValueError, match="scope"):
        checked_scope(scope)


def test_a_path_is_shown_with_slashes():
    assert shown_scope(("run", "phase")) == "run/phase"
    assert shown_scope(()) == "ledger"
